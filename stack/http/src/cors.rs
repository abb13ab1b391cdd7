//! Which web pages may call a service from a browser.

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::Url;

/// Lets pages of the listed origins call with cookies and read what the stack's headers say; nobody else.
pub fn cors(origins: &[Url]) -> CorsLayer {
    let origins: Vec<HeaderValue> =
        origins.iter().filter_map(|url| url.origin().ascii_serialization().parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static(stack_api::sync::CLIENT_ID_HEADER),
            // With this a page's stream goes on where it was cut off.
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([HeaderName::from_static(stack_api::auth::AUTH_JWT_HEADER), header::RETRY_AFTER])
        .max_age(std::time::Duration::from_secs(600))
}
