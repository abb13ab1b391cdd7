//! `/api/v1/internal/personas/*`: what the persona runner asks and reports.

use axum::{Json, extract::State};
use chrono::TimeDelta;
use http::StatusCode;
use stack_api::personas::{
    ClaimRequest, DueResponse, MEMORY_ACTIONS, MEMORY_FEEDBACK, PersonaMemory, Released, Written,
};

use crate::{
    app::App,
    callers::Service,
    json_body::JsonValue,
    path_id::PathId,
    refusal::{Refusal, fault},
    tables::{persona_actions, persona_feedback, personas},
    tick_form,
};

/// Most personas that `GET due` names.
const DUE_MAX: i64 = 10_000;

/// `GET due`: personas whose day has come and whom no runner plays at the moment.
pub(crate) async fn due(State(app): State<App>, _: Service) -> Result<Json<DueResponse>, Refusal> {
    let now = app.now();
    let personas = personas::due(app.db.pool(), now, DUE_MAX).await.map_err(fault("reading the personas"))?;
    Ok(Json(DueResponse { personas, server_time: now }))
}

/// `POST claims`: as `GET due`, and until the claim's time is over nobody else is given the same.
pub(crate) async fn claim(
    State(app): State<App>,
    _: Service,
    JsonValue(body): JsonValue,
) -> Result<Json<DueResponse>, Refusal> {
    let claiming = "claiming personas";
    let ClaimRequest { runner, most, for_ms } = tick_form::claim(&body).map_err(Refusal::faults)?;
    let now = app.now();
    let until = now + TimeDelta::milliseconds(for_ms);
    let mut tx = app.db.write().await.map_err(fault(claiming))?;
    let mut claimed = Vec::new();
    // On PostgreSQL another runner may take all that was read before it is ours: then others may still be due. Each
    // round that brings nothing was another's success, so the rounds have an end.
    loop {
        let due = personas::due(tx.connection(), now, most).await.map_err(fault(claiming))?;
        let none_left = due.is_empty();
        for persona in due {
            let ours = personas::claim(tx.connection(), &persona, &runner, now, until).await;
            if ours.map_err(fault(claiming))? {
                claimed.push(persona);
            }
        }
        if none_left || !claimed.is_empty() {
            break;
        }
    }
    tx.commit().await.map_err(fault(claiming))?;
    Ok(Json(DueResponse { personas: claimed, server_time: now }))
}

/// `DELETE claims/:runner`: ends what a runner still claims.
pub(crate) async fn release(
    State(app): State<App>,
    _: Service,
    PathId(runner): PathId,
) -> Result<Json<Released>, Refusal> {
    let releasing = "releasing personas";
    let mut tx = app.db.write().await.map_err(fault(releasing))?;
    let released = personas::release(tx.connection(), &runner).await.map_err(fault(releasing))?;
    tx.commit().await.map_err(fault(releasing))?;
    Ok(Json(Released { ok: true, released }))
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
    PathId(id): PathId,
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
