//! `/api/v1/admin/personas`: personas made, seen and deleted by an admin.

use axum::{Json, extract::State};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use http::StatusCode;
use secrecy::SecretString;
use stack_api::personas::{FEEDBACK_WEEKS, PersonaDeleted, PersonaDetail, PersonaList, PersonaUpsert, PersonaUpserted};

use crate::{
    app::App,
    cadence::is_due,
    callers::Admin,
    json_body::JsonValue,
    path_id::PathId,
    persona_form,
    refusal::{Refusal, fault},
    sign_up,
    sync_eraser::EraseError,
    tables::{
        invitations, login_failures, members, persona_actions, persona_feedback,
        persona_feedback::monday_of,
        personas, sessions, spaces,
        users::{self, UserRow},
    },
};

/// How far back actions are counted.
const COUNTED: TimeDelta = TimeDelta::days(7);
/// How many actions are shown.
const RECENT: i64 = 20;
/// How many ratings are shown with their notes.
const RECENT_FEEDBACK: usize = 50;
/// The plan of every persona.
const TIER: &str = "founder";

/// `POST`: makes the account through the ordinary sign-up when it is missing, and makes it a persona's.
pub(crate) async fn upsert(
    State(app): State<App>,
    _: Admin,
    JsonValue(body): JsonValue,
) -> Result<Json<PersonaUpserted>, Refusal> {
    let persona = persona_form::read(&body).map_err(Refusal::faults)?;
    let known = users::by_email(app.db.pool(), &persona.email).await.map_err(fault("reading the account"))?;
    let user = match known {
        Some(user) => {
            check_owner(&app, &user, &persona).await?;
            user
        }
        None => sign_up(&app, &persona).await?,
    };
    let storing = "storing a persona";
    let now = app.now();
    let mut tx = app.db.write().await.map_err(fault(storing))?;
    users::make_persona(tx.connection(), &user.id, &persona.name, now).await.map_err(fault(storing))?;
    let named = spaces::update_personal_of(tx.connection(), &user.id, &persona.name, TIER).await;
    named.map_err(fault(storing))?;
    personas::upsert(tx.connection(), &user.id, &persona, now).await.map_err(fault(storing))?;
    tx.commit().await.map_err(fault(storing))?;
    Ok(Json(PersonaUpserted { ok: true, user_id: user.id, email: user.email }))
}

/// Makes the account as registering does. Should the call end here, the next one goes on with the account it finds.
async fn sign_up(app: &App, persona: &PersonaUpsert) -> Result<UserRow, Refusal> {
    let storing = "storing a new account";
    let password = SecretString::from(persona.password.clone());
    let hash = app.passwords.hash(password).await.map_err(fault("hashing a password"))?;
    let user = sign_up::new_user(persona.email.clone(), persona.name.clone(), hash, app.now());
    let mut tx = app.db.write().await.map_err(fault(storing))?;
    let stored = sign_up::store(tx.connection(), &user).await.map_err(fault(storing))?;
    tx.commit().await.map_err(fault(storing))?;
    if stored { Ok(user) } else { Err(Refusal::faults(vec!["email: was registered at this moment; try again".into()])) }
}

/// An account that is no persona's yet becomes one only for who knows its password: whoever registered a persona's
/// e-mail first would else be given a persona's plan.
async fn check_owner(app: &App, user: &UserRow, persona: &PersonaUpsert) -> Result<(), Refusal> {
    if user.is_persona() {
        return Ok(());
    }
    let password = SecretString::from(persona.password.clone());
    let fits = app.passwords.verify(Some(&user.password_hash), password).await;
    if fits.map_err(fault("checking a password"))? && !user.is_admin() {
        return Ok(());
    }
    Err(Refusal::faults(vec![format!("email: {} belongs to an account that is no persona's", user.email)]))
}

/// `GET`: all personas by e-mail.
pub(crate) async fn list(State(app): State<App>, _: Admin) -> Result<Json<PersonaList>, Refusal> {
    let now = app.now();
    let mut personas = personas::all(app.db.pool(), now - COUNTED).await.map_err(fault("reading the personas"))?;
    for persona in &mut personas {
        persona.due = is_due(persona.tick_cadence, persona.last_active_at, now);
    }
    Ok(Json(PersonaList { personas }))
}

/// `GET /:id`: one persona, what it did last and what it thinks of each module.
pub(crate) async fn detail(
    State(app): State<App>,
    _: Admin,
    PathId(id): PathId,
) -> Result<Json<PersonaDetail>, Refusal> {
    let reading = "reading a persona";
    let now = app.now();
    let persona = personas::by_id(app.db.pool(), &id, now - COUNTED).await.map_err(fault(reading))?;
    let mut persona = persona.ok_or_else(unknown)?;
    persona.summary.due = is_due(persona.summary.tick_cadence, persona.summary.last_active_at, now);
    let recent_actions = persona_actions::newest(app.db.pool(), &id, RECENT).await.map_err(fault(reading))?;
    let feedback_by_module = persona_feedback::by_module(app.db.pool(), &id).await.map_err(fault(reading))?;
    let lately = persona_feedback::since(app.db.pool(), &id, first_week(now)).await.map_err(fault(reading))?;
    let feedback_by_week = persona_feedback::by_week(&lately);
    let recent_feedback = lately.into_iter().rev().take(RECENT_FEEDBACK).collect();
    Ok(Json(PersonaDetail { persona, recent_actions, feedback_by_module, feedback_by_week, recent_feedback }))
}

/// The beginning of the oldest week whose ratings are told.
fn first_week(now: DateTime<Utc>) -> DateTime<Utc> {
    let weeks = Days::new(7 * u64::from(FEEDBACK_WEEKS - 1));
    (monday_of(now) - weeks).and_time(NaiveTime::MIN).and_utc()
}

/// `DELETE /:id`: the persona and all it has.
///
/// Its sessions end first, so that it writes no more; then sync forgets its records and its spaces; the account goes
/// last, with the spaces that are its alone. Spaces that others are in stay with them. When sync fails, the account is
/// still there and the call can be made again.
pub(crate) async fn delete(
    State(app): State<App>,
    _: Admin,
    PathId(id): PathId,
) -> Result<Json<PersonaDeleted>, Refusal> {
    let deleting = "deleting a persona";
    let user = users::by_id(app.db.pool(), &id).await.map_err(fault(deleting))?.ok_or_else(unknown)?;
    if !user.is_persona() {
        let message = "refusing to delete a user that is no persona";
        return Err(Refusal::named(StatusCode::BAD_REQUEST, "NotAPersona", message)
            .with_hint("only users of kind persona are deleted here; list them with GET /api/v1/admin/personas"));
    }
    let mut tx = app.db.write().await.map_err(fault(deleting))?;
    sessions::delete_all_of(tx.connection(), &id).await.map_err(fault(deleting))?;
    tx.commit().await.map_err(fault(deleting))?;
    erase_records(&app, &id).await?;
    let mut tx = app.db.write().await.map_err(fault(deleting))?;
    members::hand_over(tx.connection(), &id).await.map_err(fault(deleting))?;
    invitations::delete_of(tx.connection(), &user.email).await.map_err(fault(deleting))?;
    login_failures::delete_of(tx.connection(), &user.email).await.map_err(fault(deleting))?;
    spaces::delete_sole_of(tx.connection(), &id).await.map_err(fault(deleting))?;
    users::delete(tx.connection(), &id).await.map_err(fault(deleting))?;
    tx.commit().await.map_err(fault(deleting))?;
    Ok(Json(PersonaDeleted { ok: true, deleted: id }))
}

async fn erase_records(app: &App, user_id: &str) -> Result<(), Refusal> {
    let Some(sync) = &app.sync else {
        tracing::warn!(user_id, "no sync service is configured; records that the persona wrote elsewhere stay");
        return Ok(());
    };
    let spaces = spaces::sole_of(app.db.pool(), user_id).await.map_err(fault("reading a persona's spaces"))?;
    let erase = async {
        sync.erase_user(user_id).await?;
        for space_id in &spaces {
            sync.erase_space(space_id).await?;
        }
        Ok::<_, EraseError>(())
    };
    erase.await.map_err(|error| {
        tracing::error!(user_id, %error, "a persona's records were not deleted");
        let message = "sync did not delete the persona's records; nothing else was deleted";
        Refusal::named(StatusCode::BAD_GATEWAY, "SyncUnavailable", message).with_hint("start sync and delete again")
    })
}

fn unknown() -> Refusal {
    Refusal::named(StatusCode::NOT_FOUND, "NotFound", "there is no such persona")
}
