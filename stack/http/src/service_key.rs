//! The secret shared by services, for calls that no user makes.

use axum::http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// The key that internal routes ask for in `X-Service-Key`.
#[derive(Clone)]
pub struct ServiceKey(SecretString);

impl ServiceKey {
    /// A key; an empty one admits nobody.
    #[must_use]
    pub fn new(key: SecretString) -> Self {
        Self(key)
    }

    /// Whether the request carries this key. Compared in constant time.
    #[must_use]
    pub fn admits(&self, headers: &HeaderMap) -> bool {
        let key = self.0.expose_secret().as_bytes();
        let given = headers.get(stack_api::auth::SERVICE_KEY_HEADER).map_or(&[][..], |value| value.as_bytes());
        !key.is_empty() && bool::from(key.ct_eq(given))
    }

    /// The header's value for a call to another service; `None` when the key is empty or no header can carry it.
    #[must_use]
    pub fn header_value(&self) -> Option<HeaderValue> {
        let key = self.0.expose_secret();
        let mut value = HeaderValue::from_str(key).ok().filter(|_| !key.is_empty())?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_key_is_admitted() {
        let admits = |key: &str, given: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(given) = given {
                headers.insert("X-Service-Key", given.parse().unwrap());
            }
            ServiceKey::new(key.into()).admits(&headers)
        };
        assert!(admits("secret", Some("secret")));
        for given in [None, Some(""), Some("secre"), Some("secrets"), Some("SECRET")] {
            assert!(!admits("secret", given), "{given:?}");
        }
        assert!(!admits("", Some("")) && !admits("", None), "an empty key admits nobody");
    }

    #[test]
    fn the_header_sent_is_the_header_admitted() {
        let key = ServiceKey::new("secret".into());
        let mut headers = HeaderMap::new();
        headers.insert("X-Service-Key", key.header_value().unwrap());
        assert!(key.admits(&headers));
        assert!(!format!("{headers:?}").contains("secret"));
        assert!(ServiceKey::new("".into()).header_value().is_none());
    }
}
