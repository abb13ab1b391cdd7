//! What a caller hears when the answer is no.
//!
//! A refusal has the caller's text; a fault of ours has two: the caller reads an id, the log keeps the id and the cause.
//! There is no `From` for errors: whoever turns one into a fault says what was being done.

use std::error::Error;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use stack_api::{
    auth::{ErrorBody, ErrorCode, StatusBody},
    personas::{Refused, ValidationError},
};
use stack_http::Outage;
use uuid::Uuid;

/// An answer that says no.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Coded(ErrorBody),
    Status(StatusBody),
    Named(Refused),
    Faults(ValidationError),
}

impl Refusal {
    /// `{"error":CODE,"message":…,"status":n}`.
    pub(crate) fn coded(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let (message, status_code) = (message.into(), status.as_u16());
        let body = ErrorBody { error: code, message, status: status_code, retry_after_sec: None, code: None };
        Self { status, body: Body::Coded(body) }
    }

    /// 400: a field is missing or of the wrong form.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::coded(StatusCode::BAD_REQUEST, ErrorCode::Validation, message)
    }

    /// 401: no session, or one that ended.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::coded(StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized, message)
    }

    /// 429 with the seconds after which to try again.
    pub(crate) fn locked(seconds: i64) -> Self {
        let message = "too many failed log-ins; try again later";
        let mut refusal = Self::coded(StatusCode::TOO_MANY_REQUESTS, ErrorCode::AccountLocked, message);
        if let Body::Coded(body) = &mut refusal.body {
            body.retry_after_sec = Some(seconds);
        }
        refusal
    }

    /// As [`Refusal::coded`], with the code also where clients of the original's vault and spaces read it.
    pub(crate) fn coded_twice(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let mut refusal = Self::coded(status, code, message);
        if let Body::Coded(body) = &mut refusal.body {
            body.code = Some(code);
        }
        refusal
    }

    /// 404 of the vault routes.
    pub(crate) fn no_vault() -> Self {
        Self::coded_twice(StatusCode::NOT_FOUND, ErrorCode::VaultNotInitialised, "the vault has no key yet")
    }

    /// 401 of the routes under `/api/v1/me` and `/api/v1/admin`: `{"statusCode":401,"message":…}`.
    pub(crate) fn bad_token(message: impl Into<String>) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        Self { status, body: Body::Status(StatusBody { status_code: status.as_u16(), message: message.into() }) }
    }

    /// `{"error":NAME,"message":…}` of the admin and internal routes.
    pub(crate) fn named(status: StatusCode, error: &str, message: impl Into<String>) -> Self {
        let body = Refused { error: error.to_owned(), message: message.into(), hint: None };
        Self { status, body: Body::Named(body) }
    }

    /// Says what to do instead.
    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        if let Body::Named(body) = &mut self.body {
            body.hint = Some(hint.to_owned());
        }
        self
    }

    /// 400 that names every fault at once: `{"error":"ValidationError","details":[…]}`.
    pub(crate) fn faults(details: Vec<String>) -> Self {
        let body = ValidationError { error: "ValidationError".to_owned(), details };
        Self { status: StatusCode::BAD_REQUEST, body: Body::Faults(body) }
    }

    /// 503 or 507, with the seconds after which to try again.
    fn outage(outage: Outage) -> Self {
        let (code, message) = match outage {
            Outage::Unreachable => (ErrorCode::Unavailable, "the database does not answer; try again"),
            Outage::Full => (ErrorCode::StorageFull, "the database is full; nothing was stored"),
        };
        let mut refusal = Self::coded(outage.status(), code, message);
        if let Body::Coded(body) = &mut refusal.body {
            body.retry_after_sec = Some(outage.retry_after().into());
        }
        refusal
    }

    /// 500: `doing` and its cause go to the log, under an id that the caller can quote.
    pub(crate) fn fault(doing: &'static str, cause: impl std::fmt::Display) -> Self {
        let id = Uuid::new_v4();
        tracing::error!(%id, doing, %cause, "request failed");
        let message = format!("something went wrong on our side; the log has it as {id}");
        Self::coded(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, message)
    }
}

/// For `map_err`: turns a cause into [`Refusal::fault`], or into the outage of the database that it is.
pub(crate) fn fault<E: Error + 'static>(doing: &'static str) -> impl FnOnce(E) -> Refusal {
    move |cause| match (&cause as &dyn Error).downcast_ref().and_then(Outage::of) {
        None => Refusal::fault(doing, cause),
        Some(outage) => {
            tracing::error!(doing, %cause, "the database failed");
            Refusal::outage(outage)
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let retry_after = match &self.body {
            Body::Coded(body) => body.retry_after_sec,
            Body::Status(_) | Body::Named(_) | Body::Faults(_) => None,
        };
        let mut response = match self.body {
            Body::Coded(body) => (self.status, Json(body)).into_response(),
            Body::Status(body) => (self.status, Json(body)).into_response(),
            Body::Named(body) => (self.status, Json(body)).into_response(),
            Body::Faults(body) => (self.status, Json(body)).into_response(),
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use stack_test_database::TestDatabase;

    use super::*;

    async fn told(refusal: Refusal) -> (StatusCode, Option<HeaderValue>, ErrorBody) {
        let mut response = refusal.into_response();
        let status = response.status();
        let after = response.headers_mut().remove(header::RETRY_AFTER);
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        (status, after, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_full_database_is_told_as_one_and_another_fault_is_ours() {
        let full = TestDatabase::fresh().full().await;
        let (status, after, body) = told(fault("storing")(full)).await;
        assert_eq!((status, body.error), (StatusCode::INSUFFICIENT_STORAGE, ErrorCode::StorageFull));
        assert_eq!(after.unwrap().to_str().unwrap(), body.retry_after_sec.unwrap().to_string());
        let (status, after, body) = told(fault("storing")(sqlx::Error::RowNotFound)).await;
        assert_eq!((status, after, body.error), (StatusCode::INTERNAL_SERVER_ERROR, None, ErrorCode::Internal));
    }
}
