//! Paths of the services. `{id}` is axum's capture; clients put the value in its place.

/// `POST` register.
pub const REGISTER: &str = "/api/v1/auth/register";
/// `POST` log-in.
pub const LOGIN: &str = "/api/v1/auth/login";
/// `POST` log-in as Better Auth's own client does it.
pub const SIGN_IN_EMAIL: &str = "/api/auth/sign-in/email";
/// `POST` log-out.
pub const LOGOUT: &str = "/api/v1/auth/logout";
/// `POST` refresh token → token pair.
pub const REFRESH: &str = "/api/v1/auth/refresh";
/// `POST` cookie → token pair.
pub const SESSION_TO_TOKEN: &str = "/api/v1/auth/session-to-token";
/// `POST` JWT → claims.
pub const VALIDATE: &str = "/api/v1/auth/validate";
/// `GET` cookie → session and user, or `null`.
pub const GET_SESSION: &str = "/api/auth/get-session";
/// `GET` cookie → JWT.
pub const TOKEN: &str = "/api/auth/token";
/// `GET` public keys.
pub const JWKS: &str = "/api/auth/jwks";
/// `GET` public keys, second address.
pub const JWKS_V1: &str = "/api/v1/auth/jwks";
/// `GET` the caller's spaces.
pub const ORGANIZATION_LIST: &str = "/api/auth/organization/list";
/// `POST` make a space.
pub const ORGANIZATION_CREATE: &str = "/api/auth/organization/create";
/// `POST` invite somebody into a space.
pub const ORGANIZATION_INVITE: &str = "/api/auth/organization/invite-member";
/// `POST` accept an invitation.
pub const ORGANIZATION_ACCEPT: &str = "/api/auth/organization/accept-invitation";
/// `POST` choose the session's space.
pub const ORGANIZATION_SET_ACTIVE: &str = "/api/auth/organization/set-active";
/// `GET` the caller's membership of the session's space.
pub const ORGANIZATION_ACTIVE_MEMBER: &str = "/api/auth/organization/get-active-member";
/// `POST` delete a space.
pub const ORGANIZATION_DELETE: &str = "/api/auth/organization/delete";
/// `POST` onboarding done.
pub const ONBOARDING_COMPLETE: &str = "/api/v1/me/onboarding/complete";
/// `GET` vault status.
pub const VAULT_STATUS: &str = "/api/v1/me/encryption-vault/status";
/// `POST` make the vault; idempotent.
pub const VAULT_INIT: &str = "/api/v1/me/encryption-vault/init";
/// `GET` the master key.
pub const VAULT_KEY: &str = "/api/v1/me/encryption-vault/key";
/// `POST` a new master key in the place of the old one.
pub const VAULT_ROTATE: &str = "/api/v1/me/encryption-vault/rotate";
/// `POST` set, `DELETE` clear what a recovery code opens.
pub const VAULT_RECOVERY_WRAP: &str = "/api/v1/me/encryption-vault/recovery-wrap";
/// `POST` enter or leave zero-knowledge.
pub const VAULT_ZERO_KNOWLEDGE: &str = "/api/v1/me/encryption-vault/zero-knowledge";
/// `GET` the key of a shared space; the original has no such route.
pub const VAULT_SPACE_KEY: &str = "/api/v1/me/encryption-vault/spaces/{id}/key";
/// `GET` list, `POST` upsert.
pub const ADMIN_PERSONAS: &str = "/api/v1/admin/personas";
/// `GET` one, `DELETE` one.
pub const ADMIN_PERSONA: &str = "/api/v1/admin/personas/{id}";
/// `GET` due personas.
pub const INTERNAL_DUE: &str = "/api/v1/internal/personas/due";
/// `POST` actions of a tick.
pub const INTERNAL_ACTIONS: &str = "/api/v1/internal/personas/{id}/actions";
/// `POST` ratings of a tick.
pub const INTERNAL_FEEDBACK: &str = "/api/v1/internal/personas/{id}/feedback";
/// `POST` claim due personas.
pub const INTERNAL_CLAIMS: &str = "/api/v1/internal/personas/claims";
/// `DELETE` end a runner's claims.
pub const INTERNAL_CLAIM: &str = "/api/v1/internal/personas/claims/{runner}";
/// `GET` what a persona did and thought lately.
pub const INTERNAL_MEMORY: &str = "/api/v1/internal/personas/{id}/memory";

/// `POST` push.
pub const SYNC_PUSH: &str = "/sync/{app_id}";
/// `GET` changes since a cursor.
pub const SYNC_PULL: &str = "/sync/{app_id}/pull";
/// `GET` folded state.
pub const SYNC_RECORDS: &str = "/sync/{app_id}/records";
/// `GET` server-sent events.
pub const SYNC_STREAM: &str = "/sync/{app_id}/stream";
/// `GET` server-sent events of collections of several apps: `?follow=app/collection@cursor,…`.
pub const SYNC_SHARED_STREAM: &str = "/sync/stream";
/// `GET` notifications of every app, over a WebSocket.
pub const SYNC_SOCKET: &str = "/ws";
/// `GET` notifications of one app, over a WebSocket.
pub const SYNC_SOCKET_OF_APP: &str = "/ws/{app_id}";
/// `POST` take changes that nobody needs any more out of the history; `X-Service-Key`.
pub const SYNC_INTERNAL_COMPACT: &str = "/internal/compact";
/// `DELETE` everything a deleted user wrote; `X-Service-Key`.
pub const SYNC_INTERNAL_USER: &str = "/internal/users/{id}";
/// `DELETE` everything of a deleted space; `X-Service-Key`.
pub const SYNC_INTERNAL_SPACE: &str = "/internal/spaces/{id}";

/// The MCP endpoint.
pub const MCP: &str = "/mcp";

/// `POST` play a tick now.
pub const DIAG_TICK: &str = "/diag/tick";
/// `GET` try a log-in.
pub const DIAG_LOGIN: &str = "/diag/login";

/// `GET` liveness, on every service; what clients of the original ask.
pub const HEALTH: &str = "/health";
/// `GET` the service's OpenAPI document; auth and sync.
pub const OPENAPI: &str = "/openapi.json";
/// `GET` liveness, on every service: whether the process answers.
pub const HEALTH_LIVE: &str = "/health/live";
/// `GET` readiness, on every service: whether it has what it needs, 200 or 503.
pub const HEALTH_READY: &str = "/health/ready";
/// `GET` figures for Prometheus, on every service.
pub const METRICS: &str = "/metrics";

/// Puts `value` in the place of a path's one capture.
#[must_use]
pub fn fill(path: &str, value: &str) -> String {
    let (head, rest) = path.split_once('{').unwrap_or((path, ""));
    let tail = rest.split_once('}').map_or("", |(_, tail)| tail);
    if rest.is_empty() { path.to_owned() } else { format!("{head}{value}{tail}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_puts_the_value_in_the_capture() {
        assert_eq!(fill(INTERNAL_ACTIONS, "u1"), "/api/v1/internal/personas/u1/actions");
        assert_eq!(fill(SYNC_PUSH, "todo"), "/sync/todo");
        assert_eq!(fill(HEALTH, "x"), "/health");
    }
}
