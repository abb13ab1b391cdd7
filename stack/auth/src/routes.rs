//! The routes, one file for each group.

mod admin_personas;
mod health;
mod internal_personas;
mod invitations;
mod login;
mod onboarding;
mod organizations;
mod register;
mod session;
mod token;
mod vault;

use axum::{
    Router,
    routing::{get, post},
};
use http::StatusCode;
use stack_api::{auth::ErrorCode, routes as paths};

use crate::{app::App, refusal::Refusal};

/// Every route of the service.
pub(crate) fn all() -> Router<App> {
    Router::new()
        .route(paths::HEALTH, get(health::health))
        .route(paths::REGISTER, post(register::register))
        .route(paths::LOGIN, post(login::login))
        .route(paths::SIGN_IN_EMAIL, post(login::sign_in_email))
        .route(paths::GET_SESSION, get(session::get_session))
        .route(paths::LOGOUT, post(session::logout))
        .route(paths::TOKEN, get(token::token))
        .route(paths::SESSION_TO_TOKEN, post(token::session_to_token))
        .route(paths::REFRESH, post(token::refresh))
        .route(paths::VALIDATE, post(token::validate))
        .route(paths::JWKS, get(token::jwks))
        .route(paths::JWKS_V1, get(token::jwks))
        .route(paths::ORGANIZATION_LIST, get(organizations::list))
        .route(paths::ORGANIZATION_CREATE, post(organizations::create))
        .route(paths::ORGANIZATION_INVITE, post(invitations::invite))
        .route(paths::ORGANIZATION_ACCEPT, post(invitations::accept))
        .route(paths::ORGANIZATION_SET_ACTIVE, post(organizations::set_active))
        .route(paths::ORGANIZATION_ACTIVE_MEMBER, get(organizations::active_member))
        .route(paths::ORGANIZATION_DELETE, post(organizations::delete))
        .route(paths::ONBOARDING_COMPLETE, post(onboarding::complete))
        .route(paths::VAULT_STATUS, get(vault::status))
        .route(paths::VAULT_INIT, post(vault::init))
        .route(paths::VAULT_KEY, get(vault::key))
        .route(paths::VAULT_ROTATE, post(vault::rotate))
        .route(paths::VAULT_RECOVERY_WRAP, post(vault::set_recovery).delete(vault::clear_recovery))
        .route(paths::VAULT_ZERO_KNOWLEDGE, post(vault::zero_knowledge))
        .route(paths::ADMIN_PERSONAS, get(admin_personas::list).post(admin_personas::upsert))
        .route(paths::ADMIN_PERSONA, get(admin_personas::detail).delete(admin_personas::delete))
        .route(paths::INTERNAL_DUE, get(internal_personas::due))
        .route(paths::INTERNAL_ACTIONS, post(internal_personas::actions))
        .route(paths::INTERNAL_FEEDBACK, post(internal_personas::feedback))
        .fallback(unknown)
}

async fn unknown() -> Refusal {
    Refusal::coded(StatusCode::NOT_FOUND, ErrorCode::NotFound, "there is no such route")
}
