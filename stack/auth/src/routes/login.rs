//! `POST /api/v1/auth/login` and `POST /api/auth/sign-in/email`: the same log-in in two forms.

use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse},
};
use chrono::TimeDelta;
use http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;
use stack_api::auth::{ErrorCode, LoginRequest, LoginResponse, SESSION_SECONDS, SignInResponse};

use crate::{
    app::App,
    callers,
    json_body::JsonBody,
    lockout,
    refusal::{Refusal, fault},
    sign_up,
    tables::{
        login_failures, new_id,
        sessions::{self, SessionRow},
        spaces,
        users::{self, UserRow},
    },
};

/// Logs in: session token and access token in the body, and the session cookie beside them.
pub(crate) async fn login(
    State(app): State<App>,
    JsonBody(body): JsonBody<LoginRequest>,
) -> Result<impl IntoResponse, Refusal> {
    let LoggedIn { token, session, user } = log_in(&app, body).await?;
    let access_token = app.signer.issue(&user, &session).map_err(fault("signing a token"))?;
    let cookie = AppendHeaders([(header::SET_COOKIE, app.cookies.set(&token))]);
    let refresh_token = token.clone();
    let answer = LoginResponse { redirect: false, token, user: user.to_wire(), access_token, refresh_token };
    Ok((cookie, Json(answer)))
}

/// Logs in as Better Auth's own client does.
pub(crate) async fn sign_in_email(
    State(app): State<App>,
    headers: HeaderMap,
    JsonBody(body): JsonBody<LoginRequest>,
) -> Result<impl IntoResponse, Refusal> {
    app.origins.check_browser(&headers)?;
    let LoggedIn { token, user, .. } = log_in(&app, body).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, app.cookies.set(&token))]);
    Ok((cookie, Json(SignInResponse { redirect: false, token, user: user.to_wire() })))
}

struct LoggedIn {
    token: String,
    session: SessionRow,
    user: UserRow,
}

async fn log_in(app: &App, body: LoginRequest) -> Result<LoggedIn, Refusal> {
    let email = sign_up::normalised(&body.email);
    let user = check_password(app, &email, SecretString::from(body.password)).await?;
    if app.require_verification && !user.email_verified {
        let message = "the e-mail is not verified";
        return Err(Refusal::coded(StatusCode::FORBIDDEN, ErrorCode::EmailNotVerified, message));
    }
    begin_session(app, user).await
}

/// The account that e-mail and password prove. Unknown e-mails take the same way as wrong passwords.
async fn check_password(app: &App, email: &str, password: SecretString) -> Result<UserRow, Refusal> {
    let counting = "counting failed log-ins";
    let _turn = app.lockout.turn(email).await;
    let mut db = app.db.pool().acquire().await.map_err(fault(counting))?;
    if let Some(seconds) = lockout::seconds_left(&mut db, email, app.now()).await.map_err(fault(counting))? {
        return Err(Refusal::locked(seconds));
    }
    let user = users::by_email(&mut *db, email).await.map_err(fault("reading the account"))?;
    // Hashing takes its time; the connection can serve somebody else meanwhile.
    drop(db);
    let hash = user.as_ref().map(|user| user.password_hash.as_str());
    let fits = app.passwords.verify(hash, password).await.map_err(fault("checking a password"))?;
    if let Some(user) = user.filter(|_| fits) {
        return Ok(user);
    }
    let mut tx = app.db.write().await.map_err(fault(counting))?;
    lockout::record(tx.connection(), email, app.now()).await.map_err(fault(counting))?;
    tx.commit().await.map_err(fault(counting))?;
    let message = "invalid e-mail or password";
    Err(Refusal::coded(StatusCode::UNAUTHORIZED, ErrorCode::InvalidCredentials, message))
}

async fn begin_session(app: &App, user: UserRow) -> Result<LoggedIn, Refusal> {
    let beginning = "beginning a session";
    let now = app.now();
    let (token, token_hash) = callers::new_session_token();
    let mut tx = app.db.write().await.map_err(fault(beginning))?;
    login_failures::delete_of(tx.connection(), &user.email).await.map_err(fault(beginning))?;
    sessions::delete_expired_of(tx.connection(), &user.id, now).await.map_err(fault(beginning))?;
    let active_space_id = spaces::personal_of(tx.connection(), &user.id).await.map_err(fault(beginning))?;
    let session = SessionRow {
        id: new_id(),
        user_id: user.id.clone(),
        active_space_id,
        created_at: now,
        updated_at: now,
        expires_at: now + TimeDelta::seconds(SESSION_SECONDS),
    };
    sessions::insert(tx.connection(), &session, &token_hash).await.map_err(fault(beginning))?;
    tx.commit().await.map_err(fault(beginning))?;
    Ok(LoggedIn { token, session, user })
}
