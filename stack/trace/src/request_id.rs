//! The id of a request, the same in every service that the request leads to.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// Longest id that is taken over from a caller.
const LENGTH_MAX: usize = 128;

/// The id of a request: a caller's own, where it is safe to write into a log, else one made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The header that carries it, in requests and answers.
    pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

    /// A new one.
    #[must_use]
    pub fn made() -> Self {
        Self(Uuid::new_v4().to_string().into())
    }

    /// The one that a request brings. A new one where it brings none, or one that could forge a line of a log.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(Self::HEADER).and_then(|value| value.to_str().ok());
        given.filter(|text| is_plain(text)).map_or_else(Self::made, |text| Self(text.into()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of its header.
    #[must_use]
    pub fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("an id is printable ASCII")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(RequestId::HEADER, HeaderValue::from_bytes(given.as_bytes()).unwrap());
        RequestId::of(&headers).to_string()
    }

    #[test]
    fn a_callers_id_is_taken_over_where_a_log_can_hold_it() {
        for good in ["a", "3f2c-9_x.Z", &"9".repeat(128)] {
            assert_eq!(of(good), good);
        }
        for bad in ["", "a b", "a\tb", "id\",\"level\":\"none", "ü", &"9".repeat(129)] {
            let made = of(bad);
            assert!(Uuid::parse_str(&made).is_ok(), "{bad:?} became {made}");
        }
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
    }
}
