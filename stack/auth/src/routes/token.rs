//! Access tokens: given for a session, checked, and the public keys to check them with.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use http::StatusCode;
use stack_api::auth::{Jwks, RefreshRequest, TokenPair, TokenResponse, ValidateRequest, ValidateResponse};

use crate::{
    app::App,
    callers::{self, ByCookie, LiveSession, MaybeCookie},
    json_body::{JsonBody, OptionalJsonBody},
    refusal::{Refusal, fault},
};

/// `GET /api/auth/token`: cookie → access token.
pub(crate) async fn token(State(app): State<App>, ByCookie(_, live): ByCookie) -> Result<Json<TokenResponse>, Refusal> {
    Ok(Json(TokenResponse { token: issue(&app, &live)? }))
}

/// `POST /api/v1/auth/session-to-token`: cookie → both tokens.
pub(crate) async fn session_to_token(
    State(app): State<App>,
    ByCookie(token, live): ByCookie,
) -> Result<Json<TokenPair>, Refusal> {
    Ok(Json(TokenPair { access_token: issue(&app, &live)?, refresh_token: token }))
}

/// `POST /api/v1/auth/refresh`: refresh token, or else cookie → both tokens. The original's clients send the cookie.
pub(crate) async fn refresh(
    State(app): State<App>,
    MaybeCookie(by_cookie): MaybeCookie,
    OptionalJsonBody(body): OptionalJsonBody<RefreshRequest>,
) -> Result<Json<TokenPair>, Refusal> {
    let caller = match body {
        Some(RefreshRequest { refresh_token }) => {
            callers::session_of_token(&app, &refresh_token).await?.map(|live| (refresh_token, live))
        }
        None => by_cookie,
    };
    let (refresh_token, live) = caller.ok_or_else(|| Refusal::unauthorized("no session"))?;
    Ok(Json(TokenPair { access_token: issue(&app, &live)?, refresh_token }))
}

/// `POST /api/v1/auth/validate`: access token → its claims. One whose session ended is not valid.
pub(crate) async fn validate(
    State(app): State<App>,
    JsonBody(body): JsonBody<ValidateRequest>,
) -> Result<impl IntoResponse, Refusal> {
    let payload = callers::claims_of_live_token(&app, &body.token).await?.map(Arc::unwrap_or_clone);
    let status = if payload.is_some() { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
    Ok((status, Json(ValidateResponse { valid: payload.is_some(), payload })))
}

/// `GET /api/auth/jwks` and `GET /api/v1/auth/jwks`.
pub(crate) async fn jwks(State(app): State<App>) -> Json<Jwks> {
    Json(app.signer.jwks())
}

fn issue(app: &App, live: &LiveSession) -> Result<String, Refusal> {
    app.signer.issue(&live.user, &live.session).map_err(fault("signing a token"))
}
