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

use crate::{CheckedTokens, Clock};

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

/// What a token of good form, signature, issuer and audience says. Whether its time is now is another question.
struct Signed {
    claims: Arc<Claims>,
    not_before: i64,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    fetched: Option<Instant>,
    /// Tokens that these keys signed. It goes where they go, so a key that auth gave up opens nothing more.
    checked: CheckedTokens<Signed>,
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
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        self.verify_at(token, self.0.clock.now().timestamp()).await
    }

    async fn verify_at(&self, token: &str, now: i64) -> Result<Arc<Claims>, TokenError> {
        if token.len() > TOKEN_MAX {
            return Err(TokenError::Malformed(format!("{} bytes are too many", token.len())));
        }
        let known = self.0.keys.read().await.checked.get(token);
        let signed = match known {
            Some(signed) => signed,
            None => self.signed(token, now).await?,
        };
        if signed.claims.exp.saturating_add(LEEWAY) <= now {
            return Err(TokenError::Expired);
        }
        if signed.not_before - LEEWAY > now {
            return Err(TokenError::NotYetValid);
        }
        Ok(Arc::clone(&signed.claims))
    }

    /// Checks everything about a token but its time.
    async fn signed(&self, token: &str, now: i64) -> Result<Arc<Signed>, TokenError> {
        let head = jsonwebtoken::decode_header(token).map_err(|e| TokenError::Malformed(e.to_string()))?;
        if head.alg != Algorithm::EdDSA {
            return Err(TokenError::Malformed(format!("algorithm {:?} is not EdDSA", head.alg)));
        }
        let kid = head.kid.ok_or_else(|| TokenError::Malformed("no key id".to_owned()))?;
        if let Some(result) = self.check(token, &kid, now).await {
            return result;
        }
        self.fetch_keys().await?;
        self.check(token, &kid, now).await.ok_or(TokenError::UnknownKey)?
    }

    /// The claims of the request's bearer token.
    ///
    /// # Errors
    /// As [`TokenVerifier::verify`], and when there is none.
    pub async fn verify_request(&self, headers: &HeaderMap) -> Result<Arc<Claims>, TokenError> {
        self.verify(bearer(headers)?).await
    }

    /// `None` when the key is not known.
    async fn check(&self, token: &str, kid: &str, now: i64) -> Option<Result<Arc<Signed>, TokenError>> {
        let keys = self.0.keys.read().await;
        let key = keys.by_id.get(kid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[&self.0.issuer]);
        rules.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // Times are checked each time, against the stack's clock instead of the system's.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        Some(match jsonwebtoken::decode::<Timed>(token, key, &rules) {
            Ok(data) => {
                let Timed { claims, nbf } = data.claims;
                let (expires, not_before) =
                    (claims.exp.saturating_add(LEEWAY), nbf.unwrap_or(claims.iat).max(claims.iat));
                let signed = Arc::new(Signed { claims: Arc::new(claims), not_before });
                keys.checked.keep(token, Arc::clone(&signed), expires, now);
                Ok(signed)
            }
            Err(error) => Err(TokenError::Invalid(error.to_string())),
        })
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
        keys.checked = CheckedTokens::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
    use axum::{Json, Router, routing::get};
    use jsonwebtoken::{EncodingKey, Header, jwk::Jwk};
    use tokio::net::TcpListener;

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

    /// An auth that serves keys, which may change.
    struct Auth {
        served: Arc<Mutex<JwkSet>>,
        asked: Arc<AtomicUsize>,
        url: Url,
    }

    struct Key {
        id: &'static str,
        secret: EncodingKey,
    }

    fn key(id: &'static str) -> Key {
        let secret = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
        Key { id, secret: EncodingKey::from_ed_der(secret.as_ref()) }
    }

    fn served(keys: &[&Key]) -> JwkSet {
        let public = |key: &&Key| {
            let mut public = Jwk::from_encoding_key(&key.secret, Algorithm::EdDSA).unwrap();
            public.common.key_id = Some(key.id.to_owned());
            public
        };
        JwkSet { keys: keys.iter().map(public).collect() }
    }

    impl Auth {
        async fn start(keys: &[&Key]) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
            let auth = Self { served: Arc::new(Mutex::new(served(keys))), asked: Arc::default(), url };
            let (keys, asked) = (Arc::clone(&auth.served), Arc::clone(&auth.asked));
            let answer = async move || {
                asked.fetch_add(1, Ordering::SeqCst);
                Json(keys.lock().unwrap().clone())
            };
            let router = Router::new().route(stack_api::routes::JWKS, get(answer));
            tokio::spawn(axum::serve(listener, router).into_future());
            auth
        }

        fn verifier(&self) -> TokenVerifier {
            TokenVerifier::new(&self.url, reqwest::Client::new(), Clock::system())
        }

        /// A token that holds from 1,000 s to 2,000 s after 1970.
        fn token(&self, key: &Key) -> String {
            let claims = Claims {
                iat: 1000,
                sub: "anna".to_owned(),
                email: "anna@mana.test".to_owned(),
                role: "user".to_owned(),
                sid: "session".to_owned(),
                tier: "founder".to_owned(),
                exp: 2000,
                iss: self.url.as_str().trim_end_matches('/').to_owned(),
                aud: AUDIENCE.to_owned(),
            };
            let header = Header { kid: Some(key.id.to_owned()), ..Header::new(Algorithm::EdDSA) };
            jsonwebtoken::encode(&header, &claims, &key.secret).unwrap()
        }
    }

    #[tokio::test]
    async fn a_token_that_was_good_is_refused_when_its_time_is_over_or_has_not_come() {
        let key = key("k");
        let auth = Auth::start(&[&key]).await;
        let (verifier, token) = (auth.verifier(), auth.token(&key));
        for _ in 0..2 {
            assert_eq!(verifier.verify_at(&token, 1500).await.unwrap().sub, "anna");
            assert!(verifier.verify_at(&token, 2004).await.is_ok(), "within the leeway");
            assert!(matches!(verifier.verify_at(&token, 2005).await, Err(TokenError::Expired)));
            assert!(verifier.verify_at(&token, 995).await.is_ok(), "within the leeway");
            assert!(matches!(verifier.verify_at(&token, 994).await, Err(TokenError::NotYetValid)));
        }
    }

    #[tokio::test]
    async fn a_token_that_was_good_makes_no_other_good() {
        let (ours, theirs) = (key("k"), key("k"));
        let auth = Auth::start(&[&ours]).await;
        let (verifier, token) = (auth.verifier(), auth.token(&ours));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let forged = auth.token(&theirs);
        let (_, forged_signature) = forged.rsplit_once('.').unwrap();
        for _ in 0..2 {
            assert!(verifier.verify_at(&token, 1500).await.is_ok());
            for bad in [
                forged.clone(),
                format!("{signed}.{forged_signature}"),
                format!("{signed}."),
                signed.to_owned(),
                format!("{signed}A.{signature}"),
                token[..token.len() - 1].to_owned(),
                format!("{token}A"),
                format!("{token}."),
                token.to_uppercase(),
            ] {
                assert!(verifier.verify_at(&bad, 1500).await.is_err(), "{bad}");
            }
        }
    }

    #[tokio::test]
    async fn a_key_that_auth_gave_up_opens_nothing_more_once_the_keys_are_fetched_anew() {
        let (old, new) = (key("old"), key("new"));
        let auth = Auth::start(&[&old]).await;
        let verifier = auth.verifier();
        let (of_old, of_new) = (auth.token(&old), auth.token(&new));
        assert!(verifier.verify_at(&of_old, 1500).await.is_ok());
        assert!(matches!(verifier.verify_at(&of_new, 1500).await, Err(TokenError::UnknownKey)));

        *auth.served.lock().unwrap() = served(&[&new]);
        // As if the time between two fetches had passed.
        verifier.0.keys.write().await.fetched = None;
        assert!(verifier.verify_at(&of_new, 1500).await.is_ok());
        assert!(matches!(verifier.verify_at(&of_old, 1500).await, Err(TokenError::UnknownKey)));
        assert_eq!(auth.asked.load(Ordering::SeqCst), 2);
    }
}
