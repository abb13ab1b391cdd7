//! The headers that every answer carries, the content security policy first.
//!
//! The policy is the second lock behind "decrypted text is only ever set as text": even if a page were tricked into
//! writing markup, no inline script or style runs and nothing can be sent to a third place.

use axum::response::Response;
use http::HeaderMap;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::Config;

/// Every header but the policy, which depends on where the services are.
const FIXED: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// The headers for a server whose app talks to the services of `config`.
pub(crate) fn headers(config: &Config) -> HeaderMap {
    let mut headers: HeaderMap =
        FIXED.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    let policy = HeaderValue::from_str(&content_security_policy(config)).expect("a URL's origin is ASCII");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers
}

/// Puts `headers` on `response`, in place of any the handler set itself.
pub(crate) fn apply(headers: &HeaderMap, mut response: Response) -> Response {
    for (name, value) in headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

fn content_security_policy(config: &Config) -> String {
    let auth = config.auth_url.origin().ascii_serialization();
    let sync = config.sync_url.origin().ascii_serialization();
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        &format!("connect-src 'self' {auth} {sync}"),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    .join("; ")
}
