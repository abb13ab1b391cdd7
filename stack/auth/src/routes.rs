//! The routes, one file for each group.

mod admin_personas;
mod internal_personas;
mod invitations;
mod login;
mod onboarding;
mod organizations;
mod register;
mod session;
mod space_key;
mod token;
mod vault;

use axum::Router;
use http::StatusCode;
use stack_api::{auth::ErrorCode, openapi, routes as paths};
use stack_http::Routes;

use crate::{app::App, refusal::Refusal};

/// The routes and the document that tells of them.
pub(crate) fn all() -> Router<App> {
    routes().into_router(&openapi::auth()).fallback(unknown)
}

fn routes() -> Routes<App> {
    Routes::default()
        .post(paths::REGISTER, register::register)
        .post(paths::LOGIN, login::login)
        .post(paths::SIGN_IN_EMAIL, login::sign_in_email)
        .get(paths::GET_SESSION, session::get_session)
        .post(paths::LOGOUT, session::logout)
        .get(paths::TOKEN, token::token)
        .post(paths::SESSION_TO_TOKEN, token::session_to_token)
        .post(paths::REFRESH, token::refresh)
        .post(paths::VALIDATE, token::validate)
        .get(paths::JWKS, token::jwks)
        .get(paths::JWKS_V1, token::jwks)
        .get(paths::ORGANIZATION_LIST, organizations::list)
        .post(paths::ORGANIZATION_CREATE, organizations::create)
        .post(paths::ORGANIZATION_INVITE, invitations::invite)
        .post(paths::ORGANIZATION_ACCEPT, invitations::accept)
        .post(paths::ORGANIZATION_SET_ACTIVE, organizations::set_active)
        .get(paths::ORGANIZATION_ACTIVE_MEMBER, organizations::active_member)
        .post(paths::ORGANIZATION_DELETE, organizations::delete)
        .post(paths::ONBOARDING_COMPLETE, onboarding::complete)
        .get(paths::VAULT_STATUS, vault::status)
        .post(paths::VAULT_INIT, vault::init)
        .get(paths::VAULT_KEY, vault::key)
        .post(paths::VAULT_ROTATE, vault::rotate)
        .post(paths::VAULT_RECOVERY_WRAP, vault::set_recovery)
        .delete(paths::VAULT_RECOVERY_WRAP, vault::clear_recovery)
        .post(paths::VAULT_ZERO_KNOWLEDGE, vault::zero_knowledge)
        .get(paths::VAULT_SPACE_KEY, space_key::key)
        .get(paths::ADMIN_PERSONAS, admin_personas::list)
        .post(paths::ADMIN_PERSONAS, admin_personas::upsert)
        .get(paths::ADMIN_PERSONA, admin_personas::detail)
        .delete(paths::ADMIN_PERSONA, admin_personas::delete)
        .get(paths::INTERNAL_DUE, internal_personas::due)
        .post(paths::INTERNAL_ACTIONS, internal_personas::actions)
        .post(paths::INTERNAL_FEEDBACK, internal_personas::feedback)
        .post(paths::INTERNAL_CLAIMS, internal_personas::claim)
        .delete(paths::INTERNAL_CLAIM, internal_personas::release)
        .get(paths::INTERNAL_MEMORY, internal_personas::memory)
}

async fn unknown() -> Refusal {
    Refusal::coded(StatusCode::NOT_FOUND, ErrorCode::NotFound, "there is no such route")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_is_what_the_document_says() {
        let mut documented: Vec<_> = openapi::auth_operations().iter().map(openapi::Operation::route).collect();
        let mut served = routes().served().to_vec();
        documented.sort();
        served.sort();
        assert_eq!(served, documented);
    }
}
