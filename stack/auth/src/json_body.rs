//! Request bodies: JSON, read whatever content type the caller names, and refused in each route group's own words.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    response::IntoResponse,
};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stack_api::auth::ErrorCode;

use crate::{app::App, refusal::Refusal};

/// A body of a known shape; fields that the shape does not have are ignored.
pub(crate) struct JsonBody<T>(pub(crate) T);

/// A body of a known shape, or none at all.
pub(crate) struct OptionalJsonBody<T>(pub(crate) Option<T>);

/// A body that is looked at field by field, so that every fault can be named at once.
pub(crate) struct JsonValue(pub(crate) Value);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        read(&bytes(request, app).await?).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for OptionalJsonBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let bytes = bytes(request, app).await?;
        let blank = bytes.trim_ascii().is_empty();
        if blank { Ok(Self(None)) } else { read(&bytes).map(|body| Self(Some(body))) }
    }
}

impl FromRequest<App> for JsonValue {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let bytes = bytes(request, app).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|e| Refusal::faults(vec![format!("body: not JSON: {e}")]))
    }
}

async fn bytes(request: Request, app: &App) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, app).await.map_err(|rejection| {
        let status = rejection.into_response().status();
        let message =
            if status == StatusCode::PAYLOAD_TOO_LARGE { "the body is too large" } else { "the body broke off" };
        Refusal::coded(status, ErrorCode::Validation, message)
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|e| Refusal::validation(format!("the body does not fit: {e}")))
}
