//! Who is calling: each kind of caller is an extractor, so a route says in its signature whom it serves.
//!
//! A cookie or a token proves a session only as long as the session is there: each is looked up, every time.

use std::sync::Arc;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use axum::extract::FromRequestParts;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode, header, request::Parts};
use stack_api::auth::Claims;
use stack_http::bearer;

use crate::{
    app::App,
    refusal::{Refusal, fault},
    tables::sessions,
};

pub(crate) use crate::tables::sessions::LiveSession;

const TOKEN_BYTES: usize = 32;

/// A new session token, and the hash under which it is stored.
pub(crate) fn new_session_token() -> (String, String) {
    let mut bytes = [0; TOKEN_BYTES];
    rand::fill(&mut bytes).expect("the system's random generator works");
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let hash = token_hash(&token);
    (token, hash)
}

/// What is stored of a session token. It is random enough that one round of SHA-256 hides it.
fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// The session with this token, if it has not ended.
pub(crate) async fn session_of_token(app: &App, token: &str) -> Result<Option<LiveSession>, Refusal> {
    let session = sessions::live_by_token(app.db.pool(), &token_hash(token), app.now()).await;
    session.map_err(fault("reading the session"))
}

async fn session_of_claims(app: &App, claims: &Claims) -> Result<Option<LiveSession>, Refusal> {
    let session = sessions::live_by_id(app.db.pool(), &claims.sid, app.now()).await;
    session.map_err(fault("reading the session"))
}

/// The session that the request's cookie proves, if any.
pub(crate) struct MaybeCookie(pub(crate) Option<(String, LiveSession)>);

impl FromRequestParts<App> for MaybeCookie {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Some(token) = app.cookies.token(&parts.headers) else { return Ok(Self(None)) };
        Ok(Self(session_of_token(app, &token).await?.map(|live| (token, live))))
    }
}

/// The caller whose cookie proves a session: its token, and the session.
pub(crate) struct ByCookie(pub(crate) String, pub(crate) LiveSession);

impl FromRequestParts<App> for ByCookie {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let MaybeCookie(caller) = MaybeCookie::from_request_parts(parts, app).await?;
        let (token, live) = caller.ok_or_else(|| Refusal::unauthorized("no session"))?;
        Ok(Self(token, live))
    }
}

/// The caller whose access token proves a session.
pub(crate) struct ByToken(pub(crate) LiveSession, pub(crate) Arc<Claims>);

impl FromRequestParts<App> for ByToken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        by_token(app, &parts.headers).await?.map_err(Refusal::bad_token)
    }
}

/// The session that the request's access token proves, if any.
pub(crate) struct MaybeToken(pub(crate) Option<LiveSession>);

impl FromRequestParts<App> for MaybeToken {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        Ok(Self(by_token(app, &parts.headers).await?.ok().map(|ByToken(live, _)| live)))
    }
}

/// The claims of an access token that holds and whose session has not ended.
pub(crate) async fn claims_of_live_token(app: &App, token: &str) -> Result<Option<Arc<Claims>>, Refusal> {
    let Ok(claims) = app.signer.verify(token) else { return Ok(None) };
    Ok(session_of_claims(app, &claims).await?.map(|_| claims))
}

/// The outer error is a fault of ours, the inner one says what is wrong with the token.
async fn by_token(app: &App, headers: &HeaderMap) -> Result<Result<ByToken, String>, Refusal> {
    let claims = match bearer(headers).and_then(|token| app.signer.verify(token)) {
        Ok(claims) => claims,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let live = session_of_claims(app, &claims).await?;
    Ok(live.map(|live| ByToken(live, claims)).ok_or_else(|| "the session behind this token has ended".to_owned()))
}

/// The caller who proves a session by token or by cookie. A token that is named must hold: a cookie does not mend it.
pub(crate) struct ByTokenOrCookie(pub(crate) LiveSession);

impl FromRequestParts<App> for ByTokenOrCookie {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let caller = by_token(app, &parts.headers).await?.map_err(Refusal::unauthorized)?;
            return Ok(Self(caller.0));
        }
        ByCookie::from_request_parts(parts, app).await.map(|ByCookie(_, live)| Self(live))
    }
}

/// An admin: by the token's claim, and still by the account.
pub(crate) struct Admin;

impl FromRequestParts<App> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let ByToken(live, claims) = ByToken::from_request_parts(parts, app).await?;
        if claims.is_admin() && live.user.is_admin() {
            Ok(Self)
        } else {
            Err(Refusal::named(StatusCode::FORBIDDEN, "Forbidden", "Admin access required"))
        }
    }
}

/// Another service of the stack.
pub(crate) struct Service;

impl FromRequestParts<App> for Service {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if app.service_key.admits(&parts.headers) {
            Ok(Self)
        } else {
            Err(Refusal::named(StatusCode::UNAUTHORIZED, "Unauthorized", "missing or wrong service key"))
        }
    }
}
