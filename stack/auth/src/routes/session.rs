//! `GET /api/auth/get-session` and `POST /api/v1/auth/logout`: the session itself, seen and ended.

use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse, Response},
};
use chrono::TimeDelta;
use http::{HeaderValue, header};
use serde_json::Value;
use stack_api::auth::{AUTH_JWT_HEADER, SESSION_SECONDS, SessionAndUser, Success};

use crate::{
    app::App,
    callers::{LiveSession, MaybeCookie, MaybeToken},
    refusal::{Refusal, fault},
    tables::sessions,
};

/// A session that is looked at a day after it was last prolonged goes on for its full time again.
const PROLONG_AFTER: TimeDelta = TimeDelta::days(1);

/// The session behind the cookie and its owner, with a fresh access token in a header; `null` without one.
pub(crate) async fn get_session(State(app): State<App>, MaybeCookie(caller): MaybeCookie) -> Result<Response, Refusal> {
    let Some((token, mut live)) = caller else { return Ok(Json(Value::Null).into_response()) };
    let prolonged = prolong(&app, &mut live).await?;
    let jwt = app.signer.issue(&live.user, &live.session).map_err(fault("signing a token"))?;
    let jwt = HeaderValue::from_str(&jwt).map_err(fault("putting a token in a header"))?;
    let answer = Json(SessionAndUser { session: live.session.to_wire(), user: live.user.to_wire() });
    let mut response = ([(AUTH_JWT_HEADER, jwt)], answer).into_response();
    if prolonged {
        response.headers_mut().append(header::SET_COOKIE, app.cookies.set(&token));
    }
    Ok(response)
}

async fn prolong(app: &App, live: &mut LiveSession) -> Result<bool, Refusal> {
    let now = app.now();
    if now - live.session.updated_at < PROLONG_AFTER {
        return Ok(false);
    }
    let prolonging = "prolonging a session";
    let expires_at = now + TimeDelta::seconds(SESSION_SECONDS);
    let mut tx = app.db.write().await.map_err(fault(prolonging))?;
    sessions::prolong(tx.connection(), &live.session.id, now, expires_at).await.map_err(fault(prolonging))?;
    tx.commit().await.map_err(fault(prolonging))?;
    live.session.updated_at = now;
    live.session.expires_at = expires_at;
    Ok(true)
}

/// Ends the session behind the cookie, and the one behind the access token. Without either there is nothing to end.
pub(crate) async fn logout(
    State(app): State<App>,
    MaybeCookie(by_cookie): MaybeCookie,
    MaybeToken(by_token): MaybeToken,
) -> Result<impl IntoResponse, Refusal> {
    let ending = "ending a session";
    let ended = by_cookie.map(|(_, live)| live).into_iter().chain(by_token);
    let mut tx = app.db.write().await.map_err(fault(ending))?;
    for live in ended {
        sessions::delete(tx.connection(), &live.session.id).await.map_err(fault(ending))?;
    }
    tx.commit().await.map_err(fault(ending))?;
    Ok((AppendHeaders([(header::SET_COOKIE, app.cookies.clear())]), Json(Success { success: true })))
}
