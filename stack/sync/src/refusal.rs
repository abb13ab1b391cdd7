//! What a caller is told when the answer is no: a status and one line of plain text, as in the original.
//!
//! What went wrong inside goes to the log; the caller learns only that it may try again.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use stack_api::sync::BODY_MAX;
use stack_http::{MembershipError, Outage, TokenError};

use crate::{
    incoming::{NameFault, PushFault},
    placing::Misplaced,
    writer::WriteError,
};

/// A request that gets no answer but this.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("unauthorized: {0}")]
    Token(TokenError),
    #[error("unauthorized: missing or wrong service key")]
    ServiceKey,
    #[error("unauthorized: the session behind this token has ended")]
    SessionEnded,
    #[error("auth does not answer; try again")]
    AuthUnavailable,
    #[error("{0}")]
    Push(PushFault),
    #[error("request body too large: more than {BODY_MAX} bytes")]
    TooLarge,
    #[error("request body cut short")]
    CutShort,
    #[error("missing collection or since parameter")]
    MissingCollectionOrSince,
    #[error("missing collection parameter")]
    MissingCollection,
    #[error("more than {0} collections")]
    TooManyCollections(usize),
    #[error("invalid {what} {text:?}: not an RFC 3339 time")]
    Time { what: &'static str, text: String },
    #[error("invalid follow {0:?}: write app/collection@cursor, and commas between several")]
    Follow(String),
    #[error("{0}")]
    Name(NameFault),
    #[error("{0}")]
    Misplaced(Misplaced),
    #[error("{fault} in change {index}")]
    MisplacedChange { fault: Misplaced, index: usize },
    #[error("the store does not answer; try again")]
    StoreUnavailable,
    #[error("the store is full; nothing was stored")]
    StoreFull,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Token(_) | Self::ServiceKey | Self::SessionEnded => StatusCode::UNAUTHORIZED,
            Self::AuthUnavailable | Self::StoreUnavailable => Outage::Unreachable.status(),
            Self::StoreFull => Outage::Full.status(),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Misplaced(_) | Self::MisplacedChange { .. } => StatusCode::FORBIDDEN,
            Self::Push(_)
            | Self::CutShort
            | Self::MissingCollectionOrSince
            | Self::MissingCollection
            | Self::TooManyCollections(_)
            | Self::Time { .. }
            | Self::Follow(_)
            | Self::Name(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.to_string()).into_response();
        match self {
            Self::AuthUnavailable | Self::StoreUnavailable => Outage::Unreachable.tell(response.headers_mut()),
            Self::StoreFull => Outage::Full.tell(response.headers_mut()),
            _ => {}
        }
        response
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::KeysUnavailable { .. } => {
                tracing::warn!(%error, "a token cannot be checked");
                Self::AuthUnavailable
            }
            error => Self::Token(error),
        }
    }
}

impl From<MembershipError> for Refusal {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::SessionEnded => Self::SessionEnded,
            error => {
                tracing::warn!(%error, "membership cannot be told");
                Self::AuthUnavailable
            }
        }
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Refused(refused) => Self::MisplacedChange { fault: refused.fault, index: refused.index },
            WriteError::Database(error) => error.into(),
            WriteError::Ended => Self::StoreUnavailable,
        }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database failed");
        match Outage::of(&error) {
            Some(Outage::Full) => Self::StoreFull,
            Some(Outage::Unreachable) | None => Self::StoreUnavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use stack_test_database::TestDatabase;

    use super::*;

    #[tokio::test]
    async fn a_full_store_is_told_from_one_that_does_not_answer() {
        let full = Refusal::from(TestDatabase::fresh().full().await);
        assert_eq!(full.to_string(), "the store is full; nothing was stored");
        for (refusal, status) in [(full, 507), (Refusal::from(sqlx::Error::PoolTimedOut), 503)] {
            let response = refusal.into_response();
            assert_eq!(response.status(), status);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
    }
}
