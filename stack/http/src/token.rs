//! Access tokens: checked against the public keys that auth serves.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::Deserialize;
use stack_api::auth::{AUDIENCE, Claims};
use tokio::sync::RwLock;
use url::Url;

use crate::Clock;

/// Unknown key ids make the keys be fetched again, but not more often than this: a flood of forged tokens must not
/// become a flood of requests to auth.
const REFETCH_AFTER: Duration = Duration::from_secs(5);
/// Seconds by which clocks of two machines may differ.
pub const LEEWAY: i64 = 5;
/// Longest token that is looked at, in bytes. Ours have some 500.
const TOKEN_MAX: usize = 8 * 1024;

/// Why a token was refused. The text is safe to show to its bearer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no `Authorization: Bearer …` header.
    #[error("missing bearer token")]
    Missing,
    /// Not a JWT of the expected form and algorithm.
    #[error("malformed token: {0}")]
    Malformed(String),
    /// Signed by a key that auth does not serve.
    #[error("token is signed by an unknown key")]
    UnknownKey,
    /// The signature does not fit, or `aud` or `iss` are another's.
    #[error("invalid token: {0}")]
    Invalid(String),
    /// Its time is over.
    #[error("token expired")]
    Expired,
    /// Its time has not come.
    #[error("token is not valid yet")]
    NotYetValid,
    /// The keys could not be fetched.
    #[error("cannot fetch the signing keys from {url}: {reason}")]
    KeysUnavailable {
        /// Where they should be.
        url: Url,
        /// What went wrong.
        reason: String,
    },
}

/// The token of an `Authorization: Bearer` header.
///
/// # Errors
/// When the header is missing or of another scheme.
pub fn bearer(headers: &HeaderMap) -> Result<&str, TokenError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).ok_or(TokenError::Missing)?;
    let (scheme, token) = value.split_once(' ').ok_or(TokenError::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() {
        Ok(token.trim())
    } else {
        Err(TokenError::Missing)
    }
}

/// Checks access tokens of one auth service.
#[derive(Clone)]
pub struct TokenVerifier(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    jwks_url: Url,
    issuer: String,
    clock: Clock,
    keys: RwLock<Keys>,
}

/// Claims as they are read. Our auth writes no `nbf`; another that does means it.
#[derive(Deserialize)]
struct Timed {
    #[serde(flatten)]
    claims: Claims,
    nbf: Option<i64>,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    fetched: Option<Instant>,
}

impl TokenVerifier {
    /// Checks tokens issued by the auth service at this base URL.
    ///
    /// # Panics
    /// When the base URL cannot have a path, such as `mailto:`.
    #[must_use]
    pub fn new(auth_url: &Url, http: reqwest::Client, clock: Clock) -> Self {
        let jwks_url = auth_url.join(stack_api::routes::JWKS).expect("a service's base URL takes a path");
        let issuer = auth_url.as_str().trim_end_matches('/').to_owned();
        Self(Arc::new(Inner { http, jwks_url, issuer, clock, keys: RwLock::default() }))
    }

    /// The claims of a good token.
    ///
    /// # Errors
    /// Says which check failed, in the order form, key, signature and issuer, time.
    pub async fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        if token.len() > TOKEN_MAX {
            return Err(TokenError::Malformed(format!("{} bytes are too many", token.len())));
        }
        let head = jsonwebtoken::decode_header(token).map_err(|e| TokenError::Malformed(e.to_string()))?;
        if head.alg != Algorithm::EdDSA {
            return Err(TokenError::Malformed(format!("algorithm {:?} is not EdDSA", head.alg)));
        }
        let kid = head.kid.ok_or_else(|| TokenError::Malformed("no key id".to_owned()))?;
        let Timed { claims, nbf } = match self.check(token, &kid).await {
            Some(result) => result?,
            None => {
                self.fetch_keys().await?;
                self.check(token, &kid).await.ok_or(TokenError::UnknownKey)??
            }
        };
        let now = self.0.clock.now().timestamp();
        if claims.exp + LEEWAY <= now {
            return Err(TokenError::Expired);
        }
        if nbf.unwrap_or(claims.iat).max(claims.iat) - LEEWAY > now {
            return Err(TokenError::NotYetValid);
        }
        Ok(claims)
    }

    /// The claims of the request's bearer token.
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`], and when there is none.
    pub async fn verify_request(&self, headers: &HeaderMap) -> Result<Claims, TokenError> {
        self.verify(bearer(headers)?).await
    }

    /// `None` when the key is not known.
    async fn check(&self, token: &str, kid: &str) -> Option<Result<Timed, TokenError>> {
        let keys = self.0.keys.read().await;
        let key = keys.by_id.get(kid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.0.issuer]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // Times are checked above, against the stack's clock instead of the system's.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        Some(
            jsonwebtoken::decode::<Timed>(token, key, &rules)
                .map(|data| data.claims)
                .map_err(|e| TokenError::Invalid(e.to_string())),
        )
    }

    async fn fetch_keys(&self) -> Result<(), TokenError> {
        let mut keys = self.0.keys.write().await;
        if keys.fetched.is_some_and(|at| at.elapsed() < REFETCH_AFTER) {
            return Ok(());
        }
        let unavailable = |reason: String| TokenError::KeysUnavailable { url: self.0.jwks_url.clone(), reason };
        let answer = stack_trace::carry(self.0.http.get(self.0.jwks_url.clone()))
            .send()
            .await
            .map_err(|e| unavailable(e.to_string()))?;
        let answer = answer.error_for_status().map_err(|e| unavailable(e.to_string()))?;
        let set: JwkSet = answer.json().await.map_err(|e| unavailable(e.to_string()))?;
        keys.by_id = set
            .keys
            .iter()
            .filter_map(|jwk| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?)))
            .collect();
        keys.fetched = Some(Instant::now());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_its_scheme() {
        let find = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(str::to_owned).ok()
        };
        assert_eq!(find("Bearer abc"), Some("abc".to_owned()));
        assert_eq!(find("bearer  abc "), Some("abc".to_owned()));
        for bad in ["abc", "Basic abc", "Bearer", "Bearer ", ""] {
            assert_eq!(find(bad), None, "{bad:?}");
        }
    }
}
