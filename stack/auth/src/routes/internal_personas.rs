//! `/api/v1/internal/personas/*`: what the persona runner asks and reports.

use axum::{Json, extract::State};
use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use http::StatusCode;
use stack_api::personas::{Cadence, DueResponse, MEMORY_ACTIONS, MEMORY_FEEDBACK, PersonaMemory, Written};

use crate::{
    app::App,
    callers::Service,
    json_body::JsonValue,
    path_id::PathId,
    refusal::{Refusal, fault},
    tables::{persona_actions, persona_feedback, personas},
    tick_form,
};

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);

/// `GET due`: personas whose day has come.
pub(crate) async fn due(State(app): State<App>, _: Service) -> Result<Json<DueResponse>, Refusal> {
    let now = app.now();
    let mut personas = personas::idle_for(app.db.pool(), HOUR, now).await.map_err(fault("reading the personas"))?;
    personas.retain(|persona| is_due(persona.tick_cadence, persona.last_active_at, now));
    Ok(Json(DueResponse { personas, server_time: now }))
}

/// Whether a persona's day has come.
pub(crate) fn is_due(cadence: Cadence, last_active_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let idle_for = |time: TimeDelta| last_active_at.is_none_or(|last| now - last > time);
    match cadence {
        Cadence::Hourly => idle_for(HOUR),
        Cadence::Daily => idle_for(DAY),
        Cadence::Weekdays => idle_for(DAY) && !matches!(now.weekday(), Weekday::Sat | Weekday::Sun),
    }
}

/// `POST /:id/actions`: a tick's tool calls. A retry writes what is missing; even a day without calls was a day.
pub(crate) async fn actions(
    State(app): State<App>,
    _: Service,
    PathId(id): PathId,
    JsonValue(body): JsonValue,
) -> Result<Json<Written>, Refusal> {
    let storing = "storing a tick's actions";
    check_persona(&app, &id).await?;
    let actions = tick_form::actions(&body).map_err(Refusal::faults)?;
    let now = app.now();
    let mut tx = app.db.write().await.map_err(fault(storing))?;
    let mut written = 0;
    for (position, action) in actions.iter().enumerate() {
        let new = persona_actions::insert_if_new(tx.connection(), &id, position, action, now).await;
        written += u64::from(new.map_err(fault(storing))?);
    }
    personas::touch(tx.connection(), &id, now).await.map_err(fault(storing))?;
    tx.commit().await.map_err(fault(storing))?;
    Ok(Json(Written { ok: true, written }))
}

/// `POST /:id/feedback`: a tick's ratings.
pub(crate) async fn feedback(
    State(app): State<App>,
    _: Service,
    PathId(id): PathId,
    JsonValue(body): JsonValue,
) -> Result<Json<Written>, Refusal> {
    let storing = "storing a tick's ratings";
    check_persona(&app, &id).await?;
    let ratings = tick_form::feedback(&body).map_err(Refusal::faults)?;
    let now = app.now();
    let mut tx = app.db.write().await.map_err(fault(storing))?;
    let mut written = 0;
    for rating in &ratings {
        let new = persona_feedback::insert_if_new(tx.connection(), &id, rating, now).await;
        written += u64::from(new.map_err(fault(storing))?);
    }
    tx.commit().await.map_err(fault(storing))?;
    Ok(Json(Written { ok: true, written }))
}

/// `GET /:id/memory`: what the persona did and thought lately.
pub(crate) async fn memory(
    State(app): State<App>,
    _: Service,
    Path(id): Path<String>,
) -> Result<Json<PersonaMemory>, Refusal> {
    let reading = "reading what a persona did";
    check_persona(&app, &id).await?;
    let actions = persona_actions::newest(app.db.pool(), &id, MEMORY_ACTIONS).await;
    let feedback = persona_feedback::newest(app.db.pool(), &id, MEMORY_FEEDBACK).await;
    Ok(Json(PersonaMemory {
        recent_actions: actions.map_err(fault(reading))?,
        recent_feedback: feedback.map_err(fault(reading))?,
    }))
}

async fn check_persona(app: &App, id: &str) -> Result<(), Refusal> {
    if personas::exists(app.db.pool(), id).await.map_err(fault("reading a persona"))? {
        Ok(())
    } else {
        Err(Refusal::named(StatusCode::NOT_FOUND, "NotFound", "there is no such persona"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `now` as RFC 3339; 2026-11-20 is a Friday.
    fn check(cadence: Cadence, idle: Option<TimeDelta>, now: &str, due: bool) {
        let now: DateTime<Utc> = now.parse().unwrap();
        assert_eq!(is_due(cadence, idle.map(|idle| now - idle), now), due, "{cadence:?} idle {idle:?} at {now}");
    }

    #[test]
    fn a_persona_is_due_by_its_cadence() {
        let (friday, saturday) = ("2026-11-20T12:00:00Z", "2026-11-21T00:00:00Z");
        let (sunday, monday) = ("2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z");
        let second = TimeDelta::seconds(1);
        for cadence in [Cadence::Hourly, Cadence::Daily, Cadence::Weekdays] {
            check(cadence, None, friday, true);
            check(cadence, Some(DAY + second), friday, true);
            check(cadence, Some(HOUR), friday, false);
        }
        check(Cadence::Hourly, Some(HOUR + second), friday, true);
        check(Cadence::Hourly, None, saturday, true);
        check(Cadence::Daily, Some(DAY), friday, false);
        check(Cadence::Daily, None, sunday, true);
        check(Cadence::Weekdays, Some(DAY), friday, false);
        check(Cadence::Weekdays, None, saturday, false);
        check(Cadence::Weekdays, Some(DAY * 3), sunday, false);
        check(Cadence::Weekdays, Some(DAY * 3), monday, true);
    }
}
