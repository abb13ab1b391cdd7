//! `POST /api/v1/auth/register`.

use axum::{Json, extract::State};
use http::StatusCode;
use secrecy::SecretString;
use stack_api::auth::{ErrorCode, PASSWORD_MIN, RegisterRequest, RegisterResponse};

use crate::{
    app::App,
    json_body::JsonBody,
    refusal::{Refusal, fault},
    sign_up,
};

/// Makes an account. For a known e-mail nothing is done, and the answer is that of a new account: it took the same
/// work, names what the caller gave, and its id is nobody's.
pub(crate) async fn register(
    State(app): State<App>,
    JsonBody(body): JsonBody<RegisterRequest>,
) -> Result<Json<RegisterResponse>, Refusal> {
    let email = sign_up::normalised(&body.email);
    check(&email, &body)?;
    let name = sign_up::display_name(body.name.as_deref(), &email);
    let hash = app.passwords.hash(SecretString::from(body.password)).await.map_err(fault("hashing a password"))?;
    let user = sign_up::new_user(email, name, hash, app.now());
    let storing = "storing a new account";
    let mut tx = app.db.write().await.map_err(fault(storing))?;
    sign_up::store(tx.connection(), &user).await.map_err(fault(storing))?;
    tx.commit().await.map_err(fault(storing))?;
    Ok(Json(RegisterResponse { token: None, user: user.to_wire() }))
}

fn check(email: &str, body: &RegisterRequest) -> Result<(), Refusal> {
    if let Some(fault) = sign_up::email_fault(email) {
        return Err(Refusal::validation(format!("email {fault}")));
    }
    if let Some(fault) = body.name.as_deref().and_then(sign_up::name_fault) {
        return Err(Refusal::validation(format!("name {fault}")));
    }
    if sign_up::is_weak(&body.password) {
        let message = format!("the password needs at least {PASSWORD_MIN} characters");
        return Err(Refusal::coded(StatusCode::BAD_REQUEST, ErrorCode::WeakPassword, message));
    }
    if sign_up::is_too_long(&body.password) {
        return Err(Refusal::validation(format!("password is longer than {} characters", sign_up::PASSWORD_MAX)));
    }
    Ok(())
}
