//! What a call to a service can come to.

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

/// A call that did not do what it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No answer.
    #[error("{url} does not answer: {}", root_cause(source))]
    Unreachable {
        /// What was called.
        url: Url,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// An answer that says no.
    #[error("{url} answered {status}: {body}")]
    Refused {
        /// What was called.
        url: Url,
        /// With which status.
        status: StatusCode,
        /// The start of the body.
        body: String,
    },
    /// An answer of another form than the contract's.
    #[error("{url} answered something else than expected: {reason}")]
    Unexpected {
        /// What was called.
        url: Url,
        /// What does not fit.
        reason: String,
    },
    /// The user's vault is in zero-knowledge mode: only a recovery code, which no service has, opens the key.
    #[error("{url} keeps no usable key: the user's vault is in zero-knowledge mode")]
    ZeroKnowledge {
        /// What was called.
        url: Url,
    },
}

impl ClientError {
    /// The status of an answer that said no.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Unreachable { .. } | Self::Unexpected { .. } | Self::ZeroKnowledge { .. } => None,
        }
    }

    /// Whether nobody answered.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// The innermost error says what happened ("connection refused"); the outer ones repeat the URL.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

const BODY_SHOWN: usize = 500;

async fn accepted(answer: Response) -> Result<Response, ClientError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let url = answer.url().clone();
    let body = answer.text().await.unwrap_or_else(|e| format!("(unreadable body: {e})"));
    Err(ClientError::Refused { url, status, body: body.chars().take(BODY_SHOWN).collect() })
}

pub(crate) async fn json<T: DeserializeOwned>(answer: Response) -> Result<T, ClientError> {
    let url = answer.url().clone();
    let bytes = answer.bytes().await.map_err(|source| ClientError::Unreachable { url: url.clone(), source })?;
    serde_json::from_slice(&bytes).map_err(|e| ClientError::Unexpected { url, reason: e.to_string() })
}

pub(crate) async fn send(base: &Url, request: reqwest::RequestBuilder) -> Result<Response, ClientError> {
    let answer = stack_trace::carry(request).send().await.map_err(|source| {
        let url = source.url().unwrap_or(base).clone();
        ClientError::Unreachable { url, source }
    })?;
    accepted(answer).await
}
