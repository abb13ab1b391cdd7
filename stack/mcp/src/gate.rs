//! Who may come in: a user with a good token, into a session of their own, in a space they are a member of.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use rmcp::model::ProtocolVersion;
use secrecy::SecretString;
use serde_json::json;
use stack_api::{
    mcp::{FOREIGN_SESSION, SPACE_HEADER},
    spaces::SpaceType,
};
use stack_http::{MembershipError, Memberships, Outage, TokenError, TokenVerifier, bearer};

use crate::sessions::{BoundSessions, Owner, SESSION_HEADER};

pub(crate) struct Gate {
    pub tokens: TokenVerifier,
    pub memberships: Memberships,
    pub sessions: Arc<BoundSessions>,
}

/// The user behind a request, as the gate found them. Rides along in the request's extensions.
#[derive(Clone)]
pub(crate) struct Caller {
    pub user_id: Arc<str>,
    pub token: SecretString,
    pub space_id: Arc<str>,
    /// Whether the space is another than the caller's personal one.
    pub shared: bool,
}

/// Why a request was turned away.
enum Refusal {
    /// No good token.
    Unauthorized(String),
    /// Not the caller's.
    Forbidden(String),
    /// A session that is over or never was.
    UnknownSession,
    /// Auth does not answer.
    Unavailable(String),
}

/// The middleware before the protocol.
pub(crate) async fn admit(State(gate): State<Arc<Gate>>, mut request: Request, next: Next) -> Response {
    match gate.check(request.headers_mut()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

impl Gate {
    async fn check(&self, headers: &mut HeaderMap) -> Result<Caller, Refusal> {
        let token = bearer(headers)?.to_owned();
        let claims = self.tokens.verify(&token).await?;
        // Nothing behind the gate needs the header, and what holds no secret cannot log one.
        headers.remove(header::AUTHORIZATION);
        self.check_session(headers, &claims.sub)?;
        let (space_id, space_type) = self.space(headers, &claims.sub, &token).await?;
        let shared = space_type != SpaceType::Personal;
        Ok(Caller { user_id: claims.sub.as_str().into(), token: token.into(), space_id, shared })
    }

    fn check_session(&self, headers: &mut HeaderMap, user_id: &str) -> Result<(), Refusal> {
        let Some(value) = headers.get(SESSION_HEADER) else { return Ok(()) };
        let owner = value.to_str().map_or(Owner::Nobody, |id| self.sessions.use_as(user_id, id));
        match owner {
            Owner::Caller => Ok(()),
            Owner::Other => Err(Refusal::Forbidden(FOREIGN_SESSION.to_owned())),
            Owner::Nobody if has_no_sessions(headers) => {
                headers.remove(SESSION_HEADER);
                Ok(())
            }
            Owner::Nobody => Err(Refusal::UnknownSession),
        }
    }

    async fn space(&self, headers: &HeaderMap, user_id: &str, token: &str) -> Result<(Arc<str>, SpaceType), Refusal> {
        let wanted = headers.get(SPACE_HEADER).filter(|value| !value.is_empty());
        if let Some(wanted) = wanted {
            let not_a_member = || Refusal::Forbidden("You are not a member of this space".to_owned());
            let wanted = wanted.to_str().map_err(|_| not_a_member())?;
            let found = self.memberships.type_of(user_id, token, wanted).await?;
            return found.map(|space_type| (wanted.into(), space_type)).ok_or_else(not_a_member);
        }
        let spaces = self.memberships.of(user_id, token).await?;
        let personal = spaces.iter().find(|space| space.metadata.space_type == SpaceType::Personal);
        let none = || Refusal::Forbidden(format!("You have no personal space; name one in {SPACE_HEADER}"));
        personal.map(|space| (space.id.as_str().into(), SpaceType::Personal)).ok_or_else(none)
    }
}

/// From 2026-07-28 on a request stands alone; an id it still carries means nothing.
fn has_no_sessions(headers: &HeaderMap) -> bool {
    let version = headers.get("mcp-protocol-version").and_then(|value| value.to_str().ok());
    version.is_some_and(|version| version >= ProtocolVersion::NO_INITIALIZE.as_str())
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::KeysUnavailable { .. } => {
                tracing::error!(%error, "cannot check a token");
                Self::Unavailable("The auth service does not answer; try again later".to_owned())
            }
            error => Self::Unauthorized(error.to_string()),
        }
    }
}

impl From<MembershipError> for Refusal {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::SessionEnded => Self::Unauthorized(error.to_string()),
            error => {
                tracing::error!(%error, "cannot tell the caller's spaces");
                Self::Unavailable("The auth service does not answer; try again later".to_owned())
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Unauthorized(fault) => (StatusCode::UNAUTHORIZED, fault),
            Self::Forbidden(fault) => (StatusCode::FORBIDDEN, fault),
            Self::UnknownSession => (StatusCode::NOT_FOUND, "Session not found".to_owned()),
            Self::Unavailable(fault) => (StatusCode::SERVICE_UNAVAILABLE, fault),
        };
        let mut response = (status, Json(json!({ "error": error }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge(&error));
        }
        if status == Outage::Unreachable.status() {
            Outage::Unreachable.tell(response.headers_mut());
        }
        response
    }
}

/// RFC 6750; a description may hold neither quotes nor backslashes nor anything beyond ASCII.
fn challenge(fault: &str) -> http::HeaderValue {
    let allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    let fault: String = fault.chars().filter(allowed).collect();
    let challenge = format!("Bearer realm=\"mcp\", error=\"invalid_token\", error_description=\"{fault}\"");
    challenge.parse().expect("printable ASCII is a header value")
}
