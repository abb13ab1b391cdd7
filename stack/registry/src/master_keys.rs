//! The keys of users who called lately: their master keys, and those of the shared spaces they called in.
//!
//! A key is fetched with the caller's token and kept, for that caller alone, for at most five minutes. Before each use auth
//! is asked whether it is still the one, by its tag: after a rotation, or in zero-knowledge mode, the old one encrypts
//! nothing more, and who has left a space gets its key no more. An auth that gives no tags, such as the original's, is
//! believed for those five minutes. Dropping a key wipes it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
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
    kept: Mutex<HashMap<Name, Kept>>,
}

/// Who may use a key, and the space whose it is; none: it is the user's own.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    user: Arc<str>,
    space: Option<Arc<str>>,
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

impl Name {
    async fn fetch(&self, auth: &AuthClient, token: &str) -> Result<TaggedKey, ClientError> {
        match &self.space {
            Some(space) => auth.space_key(token, space).await,
            None => auth.tagged_key(token).await,
        }
    }

    /// None while it is the one with this tag.
    async fn fetch_unless(&self, auth: &AuthClient, token: &str, tag: &str) -> Result<Option<TaggedKey>, ClientError> {
        match &self.space {
            Some(space) => auth.space_key_unless(token, space, tag).await,
            None => auth.key_unless(token, tag).await,
        }
    }
}

impl MasterKeys {
    /// The key that the space of this call is under. Where auth knows no keys of spaces, as the original, everybody writes
    /// under their own.
    pub(crate) async fn of(&self, auth: &AuthClient, call: &ToolContext) -> Result<Arc<MasterKey>, Fault> {
        if call.shared {
            let name = Name { user: Arc::clone(&call.user_id), space: Some(Arc::clone(&call.space_id)) };
            match self.named(name, auth, call).await {
                Err(Fault::Service { source, .. }) if source.status() == Some(StatusCode::NOT_FOUND) => {}
                answer => return answer,
            }
        }
        self.own(auth, call).await
    }

    /// The caller's own key.
    pub(crate) async fn own(&self, auth: &AuthClient, call: &ToolContext) -> Result<Arc<MasterKey>, Fault> {
        self.named(Name { user: Arc::clone(&call.user_id), space: None }, auth, call).await
    }

    async fn named(&self, name: Name, auth: &AuthClient, call: &ToolContext) -> Result<Arc<MasterKey>, Fault> {
        let token = call.token.expose_secret();
        let fetched = match self.fresh(&name, call.now) {
            Some(Kept { key, tag: None, .. }) => return Ok(key),
            Some(Kept { key, tag: Some(tag), .. }) => match name.fetch_unless(auth, token, &tag).await {
                Ok(None) => return Ok(key),
                Ok(Some(fetched)) => Ok(fetched),
                Err(error) => {
                    // Where nobody answered, the next call asks again; after any other answer the key is not ours to keep.
                    if !error.is_unreachable() {
                        self.lock().remove(&name);
                    }
                    Err(error)
                }
            },
            None => name.fetch(auth, token).await,
        };
        self.keep(name, fetched.map_err(Fault::of_auth)?, call.now)
    }

    fn keep(&self, name: Name, fetched: TaggedKey, now: DateTime<Utc>) -> Result<Arc<MasterKey>, Fault> {
        let TaggedKey { key, tag } = fetched;
        let key = Arc::new(MasterKey::from_base64(&Zeroizing::new(key.master_key))?);
        let mut kept = self.lock();
        if kept.len() >= CAPACITY {
            kept.clear();
        }
        kept.insert(name, Kept { key: Arc::clone(&key), tag, fetched: now });
        Ok(key)
    }

    /// Drops the keys whose time is over. Called now and then, so that the key of a user who calls no more goes too.
    pub fn drop_stale(&self, now: DateTime<Utc>) {
        self.lock().retain(|_, kept| kept.is_fresh(now));
    }

    /// Drops one user's keys, as a rotation asks for.
    pub fn forget(&self, user_id: &str) {
        self.lock().retain(|name, _| &*name.user != user_id);
    }

    /// Drops every key.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn fresh(&self, name: &Name, now: DateTime<Utc>) -> Option<Kept> {
        let mut kept = self.lock();
        let fresh = kept.get(name).filter(|kept| kept.is_fresh(now)).cloned();
        if fresh.is_none() {
            kept.remove(name);
        }
        fresh
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Kept>> {
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
            shared: false,
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
    async fn a_shared_space_has_a_key_of_its_own_that_each_member_gets_by_an_own_token() {
        let key_of = |key: &MasterKey| json!({"masterKey": key.to_base64().as_str(), "formatVersion": 1, "kekId": "k"});
        let (own, spaces) = (MasterKey::generate(), MasterKey::generate());
        let server = auth("token-of-anna", 200, key_of(&own)).await;
        let space = routes::fill(routes::VAULT_SPACE_KEY, "space");
        let answer = async |token: &str, status: u16| {
            let answer = ResponseTemplate::new(status).set_body_json(key_of(&spaces));
            let token = header("authorization", format!("Bearer token-of-{token}"));
            Mock::given(method("GET")).and(path(space.as_str())).and(token).respond_with(answer).mount(&server).await;
        };
        answer("anna", 200).await;
        answer("ben", 403).await;
        answer("kai", 409).await;
        let anna = call(&server, "anna");
        assert_eq!(*key(&anna).await.unwrap().to_base64(), *own.to_base64());
        let shared = ToolContext { shared: true, ..anna.clone() };
        assert_eq!(*key(&shared).await.unwrap().to_base64(), *spaces.to_base64());
        assert_eq!(*key(&anna).await.unwrap().to_base64(), *own.to_base64(), "one is not taken for the other");
        let of = |name: &str| ToolContext {
            user_id: name.into(),
            token: format!("token-of-{name}").into(),
            ..shared.clone()
        };
        assert!(matches!(key(&of("ben")).await, Err(Fault::Service { service: "auth", .. })), "ben is no member");
        assert!(matches!(key(&of("kai")).await, Err(Fault::ZeroKnowledge)));
        anna.services.master_keys.forget("anna");
        assert!(anna.services.master_keys.lock().is_empty(), "both are forgotten");
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
