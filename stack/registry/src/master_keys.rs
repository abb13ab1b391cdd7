//! The master keys of users who called lately.
//!
//! A key is fetched with its owner's token and kept for at most five minutes. Before each use auth is asked whether it
//! is still the user's key, by its tag: after a rotation, or in zero-knowledge mode, the old one encrypts nothing more.
//! An auth that gives no tags, such as the original's, is believed for those five minutes. Dropping a key wipes it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use stack_client::{AuthClient, ClientError, TaggedKey};
use stack_crypto::MasterKey;
use zeroize::Zeroizing;

use crate::{Fault, ToolContext};

/// How long a key is kept.
const TTL: TimeDelta = TimeDelta::minutes(5);
/// Keys kept at most; beyond it all are dropped and fetched again.
const CAPACITY: usize = 10_000;

/// A short memory of keys, by user.
#[derive(Default)]
pub struct MasterKeys {
    kept: Mutex<HashMap<Arc<str>, Kept>>,
}

#[derive(Clone)]
struct Kept {
    key: Arc<MasterKey>,
    tag: Option<String>,
    fetched: DateTime<Utc>,
}

impl Kept {
    /// A clock that was set back does not lengthen a key's life.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        (TimeDelta::zero()..TTL).contains(&(now - self.fetched))
    }
}

impl MasterKeys {
    /// The caller's key.
    pub(crate) async fn of(&self, auth: &AuthClient, call: &ToolContext) -> Result<Arc<MasterKey>, Fault> {
        let token = call.token.expose_secret();
        let fetched = match self.fresh(&call.user_id, call.now) {
            Some(Kept { key, tag: None, .. }) => return Ok(key),
            Some(Kept { key, tag: Some(tag), .. }) => match auth.key_unless(token, &tag).await {
                Ok(None) => return Ok(key),
                Ok(Some(fetched)) => Ok(fetched),
                Err(error) => {
                    // Where nobody answered, the next call asks again; after any other answer the key is not ours to keep.
                    if !error.is_unreachable() {
                        self.forget(&call.user_id);
                    }
                    Err(error)
                }
            },
            None => auth.tagged_key(token).await,
        };
        self.keep(call, fetched)
    }

    fn keep(&self, call: &ToolContext, fetched: Result<TaggedKey, ClientError>) -> Result<Arc<MasterKey>, Fault> {
        let TaggedKey { key, tag } = fetched.map_err(Fault::of_auth)?;
        let key = Arc::new(MasterKey::from_base64(&Zeroizing::new(key.master_key))?);
        let mut kept = self.lock();
        if kept.len() >= CAPACITY {
            kept.clear();
        }
        kept.insert(Arc::clone(&call.user_id), Kept { key: Arc::clone(&key), tag, fetched: call.now });
        Ok(key)
    }

    /// Drops the keys whose time is over. Called now and then, so that the key of a user who calls no more goes too.
    pub fn drop_stale(&self, now: DateTime<Utc>) {
        self.lock().retain(|_, kept| kept.is_fresh(now));
    }

    /// Drops one user's key, as a rotation asks for.
    pub fn forget(&self, user_id: &str) {
        self.lock().remove(user_id);
    }

    /// Drops every key.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn fresh(&self, user_id: &str, now: DateTime<Utc>) -> Option<Kept> {
        let mut kept = self.lock();
        let fresh = kept.get(user_id).filter(|kept| kept.is_fresh(now)).cloned();
        if fresh.is_none() {
            kept.remove(user_id);
        }
        fresh
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Kept>> {
        self.kept.lock().expect("no panic happens under this lock")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stack_api::routes;
    use wiremock::{
        Mock, MockServer, ResponseTemplate,
        matchers::{header, method, path},
    };

    use super::*;
    use crate::{Policy, Services};

    async fn auth(token: &str, status: u16, body: serde_json::Value) -> MockServer {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path(routes::VAULT_KEY))
            .and(header("authorization", format!("Bearer {token}")))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        server
    }

    fn call(server: &MockServer, user: &str) -> ToolContext {
        let url: url::Url = server.uri().parse().unwrap();
        ToolContext {
            user_id: user.into(),
            token: format!("token-of-{user}").into(),
            space_id: "space".into(),
            now: "2026-11-20T08:00:00Z".parse().unwrap(),
            policy: Policy::default(),
            services: Arc::new(Services::new(url.clone(), url, reqwest::Client::new())),
        }
    }

    async fn key(call: &ToolContext) -> Result<Arc<MasterKey>, Fault> {
        call.services.master_keys.of(&call.services.auth, call).await
    }

    async fn asked(server: &MockServer) -> usize {
        server.received_requests().await.unwrap().len()
    }

    #[tokio::test]
    async fn a_key_is_fetched_with_its_owners_token_and_kept_for_five_minutes() {
        let answer = json!({"masterKey": MasterKey::generate().to_base64().as_str(), "formatVersion": 1, "kekId": "k"});
        let server = auth("token-of-anna", 200, answer.clone()).await;
        let mut anna = call(&server, "anna");
        let first = key(&anna).await.unwrap();
        assert_eq!(first.to_base64().as_str(), answer["masterKey"].as_str().unwrap());

        let start = anna.now;
        for (seconds, fetches) in [(0, 1), (299, 1), (300, 2), (301, 2), (-1, 3)] {
            anna.now = start + TimeDelta::seconds(seconds);
            key(&anna).await.unwrap();
            assert_eq!(asked(&server).await, fetches, "after {seconds} s");
        }
        anna.services.master_keys.forget("anna");
        key(&anna).await.unwrap();
        assert_eq!(asked(&server).await, 4, "a forgotten key is fetched again");

        let ben = ToolContext { user_id: "ben".into(), token: "token-of-ben".into(), ..anna.clone() };
        assert!(matches!(key(&ben).await, Err(Fault::Service { service: "auth", .. })), "ben gets no key of anna's");
    }

    #[tokio::test]
    async fn a_tagged_key_is_used_only_while_auth_says_it_is_the_one() {
        let key_of = |key: &MasterKey| json!({"masterKey": key.to_base64().as_str(), "formatVersion": 1, "kekId": "k"});
        let (old, new) = (MasterKey::generate(), MasterKey::generate());
        let server = MockServer::start().await;
        let answer = async |status: u16, tag: &str, body: serde_json::Value| {
            server.reset().await;
            let answer = ResponseTemplate::new(status).insert_header("etag", tag).set_body_json(body);
            Mock::given(method("GET")).and(path(routes::VAULT_KEY)).respond_with(answer).mount(&server).await;
        };
        let anna = call(&server, "anna");
        let used = async || key(&anna).await.unwrap().to_base64().to_string();
        let asked_with = async || {
            let requests = server.received_requests().await.unwrap();
            assert_eq!(requests.len(), 1);
            requests[0].headers.get("if-none-match").map(|tag| tag.to_str().unwrap().to_owned())
        };

        answer(200, "\"1\"", key_of(&old)).await;
        assert_eq!((used().await, asked_with().await), (old.to_base64().to_string(), None));
        answer(304, "\"1\"", json!(null)).await;
        assert_eq!((used().await, asked_with().await), (old.to_base64().to_string(), Some("\"1\"".to_owned())));
        answer(200, "\"2\"", key_of(&new)).await;
        assert_eq!((used().await, asked_with().await), (new.to_base64().to_string(), Some("\"1\"".to_owned())));

        answer(503, "", json!({})).await;
        assert!(matches!(key(&anna).await, Err(Fault::Service { service: "auth", .. })), "no answer, no key");
        assert!(anna.services.master_keys.lock().is_empty());
    }

    #[tokio::test]
    async fn stale_keys_go_without_being_asked_for() {
        let answer = json!({"masterKey": MasterKey::generate().to_base64().as_str(), "formatVersion": 1, "kekId": "k"});
        let server = auth("token-of-anna", 200, answer).await;
        let anna = call(&server, "anna");
        let weak = Arc::downgrade(&key(&anna).await.unwrap());
        let keys = &anna.services.master_keys;
        keys.drop_stale(anna.now + TimeDelta::seconds(299));
        assert!(weak.upgrade().is_some());
        keys.drop_stale(anna.now + TTL);
        assert!(weak.upgrade().is_none(), "nobody holds the key any more");
    }

    #[tokio::test]
    async fn a_zero_knowledge_vault_is_told_apart_from_a_broken_one() {
        let locked = json!({"requiresRecoveryCode": true, "recoveryWrappedMk": "eA==", "recoveryIv": "eA==",
            "formatVersion": 1});
        let server = auth("token-of-anna", 200, locked).await;
        let fault = key(&call(&server, "anna")).await.err().expect("there is no key");
        assert!(matches!(fault, Fault::ZeroKnowledge), "{fault}");
        assert!(fault.to_string().contains("zero-knowledge mode"), "{fault}");

        let short = json!({"masterKey": "eA==", "formatVersion": 1, "kekId": "k"});
        let server = auth("token-of-anna", 200, short).await;
        assert!(matches!(key(&call(&server, "anna")).await, Err(Fault::MasterKey(_))));
    }
}
