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

/// What PostgreSQL has no place for in a text, nor can be asked for.
const NUL: &str = "a text has a NUL in it";

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
        if escapes_nul(&bytes) {
            return Err(Refusal::faults(vec![format!("body: {NUL}")]));
        }
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
    if escapes_nul(bytes) {
        return Err(Refusal::validation(format!("the body does not fit: {NUL}")));
    }
    // Every shape is an object; serde would take a list of its fields' values for one.
    if bytes.trim_ascii().starts_with(b"[") {
        return Err(Refusal::validation("the body does not fit: it is a list and no object"));
    }
    let unfit = |e: &dyn std::fmt::Display| Refusal::validation(format!("the body does not fit: {e}"));
    // As a text: what a shape has no field for is looked at too, at least for its encoding.
    let text = str::from_utf8(bytes).map_err(|e| unfit(&e))?;
    serde_json::from_str(text).map_err(|e| unfit(&e))
}

/// Whether a text of this JSON has a NUL in it, which only an escape can put there.
fn escapes_nul(json: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = json[at..].iter().position(|byte| *byte == b'\\') {
        let escape = &json[at + found..];
        if escape.starts_with(br"\u0000") {
            return true;
        }
        // The next byte belongs to this escape, be it a backslash itself.
        at = (at + found + 2).min(json.len());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_where_it_is_one() {
        for with in [r#""\u0000""#, r#"{"a\u0000":1}"#, r#""\\\u0000""#, r#""\n\u0000""#] {
            assert!(escapes_nul(with.as_bytes()), "{with}");
        }
        for without in ["", r#""\\u0000""#, r#""u0000""#, r#""\u0001""#, r#""\"#] {
            assert!(!escapes_nul(without.as_bytes()), "{without}");
        }
    }
}
