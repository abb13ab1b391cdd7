//! Which web pages may change things.
//!
//! A browser names the page behind a request in `Origin`. A page that is not ours must not log a visitor in or out, nor
//! act with the visitor's cookie; a program that is no browser sends no `Origin` and passes.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, StatusCode, header};
use stack_api::auth::ErrorCode;
use url::Url;

use crate::{app::App, refusal::Refusal};

/// The origins of our own pages.
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// The pages and the service itself.
    pub(crate) fn new(public_url: &Url, web_origins: &[Url]) -> Self {
        Self(web_origins.iter().chain([public_url]).map(|url| url.origin().ascii_serialization()).collect())
    }

    /// Refuses a request from a foreign page.
    fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let foreign = || Refusal::coded(StatusCode::FORBIDDEN, ErrorCode::InvalidOrigin, "invalid origin");
        match headers.get(header::ORIGIN) {
            Some(origin) if self.0.iter().any(|ours| ours.as_bytes() == origin.as_bytes()) => Ok(()),
            Some(_) => Err(foreign()),
            None => Ok(()),
        }
    }

    /// Refuses a request from a foreign page, and one that looks like a browser's but names no page.
    pub(crate) fn check_browser(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        self.check(headers)?;
        let browser = headers.keys().any(|name| name.as_str().starts_with("sec-fetch-"));
        if browser && !headers.contains_key(header::ORIGIN) {
            let message = "missing or null origin";
            return Err(Refusal::coded(StatusCode::FORBIDDEN, ErrorCode::MissingOrNullOrigin, message));
        }
        Ok(())
    }
}

/// The layer that holds [`Origins`] before every route that may change something.
pub(crate) async fn refuse_foreign_pages(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        app.origins.check(request.headers())?;
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &'static str)]) -> (bool, bool) {
        let origins =
            Origins::new(&"http://127.0.0.1:3001".parse().unwrap(), &["https://app.example/".parse().unwrap()]);
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        (origins.check(&headers).is_ok(), origins.check_browser(&headers).is_ok())
    }

    #[test]
    fn only_our_own_pages_pass() {
        assert_eq!(check(&[]), (true, true));
        assert_eq!(check(&[("origin", "https://app.example")]), (true, true));
        assert_eq!(check(&[("origin", "http://127.0.0.1:3001")]), (true, true));
        assert_eq!(check(&[("origin", "https://app.example"), ("sec-fetch-mode", "cors")]), (true, true));
        assert_eq!(check(&[("sec-fetch-mode", "cors")]), (true, false));
        for foreign in ["https://app.example:8443", "http://app.example", "https://evil.example", "null", ""] {
            assert_eq!(check(&[("origin", foreign)]), (false, false), "{foreign:?}");
        }
    }
}
