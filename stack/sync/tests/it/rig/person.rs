//! Somebody who pushes and pulls.

use reqwest::StatusCode;
use serde_json::{Value, json};
use stack_api::sync::EPOCH;
use url::Url;

use super::{Events, Rig};

/// Somebody who pushes and pulls.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) token: String,
    pub(super) url: Url,
    pub(super) client: Option<String>,
    pub(super) http: reqwest::Client,
}

/// A status and a body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// Status and text of an answer that says no.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), &self.text)
    }
}

impl Person {
    /// The same person in a client that names itself.
    pub(crate) fn in_client(&self, name: &str) -> Self {
        Self { client: Some(name.to_owned()), ..self.clone() }
    }

    /// The same person with another token.
    pub(crate) fn with_token(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }

    /// The same person at the service's present address.
    pub(crate) fn at(&self, rig: &Rig) -> Self {
        Self { url: rig.url.clone(), ..self.clone() }
    }

    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, self.url.join(path).unwrap()).bearer_auth(&self.token);
        match &self.client {
            Some(client) => request.header("X-Client-Id", client),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(reqwest::Method::GET, path)).await
    }

    /// Sends a body as it is.
    pub(crate) async fn send(&self, app: &str, body: impl Into<reqwest::Body>) -> Answer {
        answer(self.request(reqwest::Method::POST, &format!("/sync/{app}")).body(body)).await
    }

    /// Pushes changes to the app `todo` and expects them to be taken.
    pub(crate) async fn push(&self, changes: Value) -> Value {
        self.push_since(EPOCH, changes).await
    }

    pub(crate) async fn push_since(&self, since: &str, changes: Value) -> Value {
        self.try_push_since(since, changes).await.json()
    }

    pub(crate) async fn try_push(&self, changes: Value) -> Answer {
        self.try_push_since(EPOCH, changes).await
    }

    async fn try_push_since(&self, since: &str, changes: Value) -> Answer {
        self.send("todo", json!({ "since": since, "changes": changes }).to_string()).await
    }

    /// One page of the tasks behind a cursor.
    pub(crate) async fn pull(&self, since: &str) -> Value {
        self.get(&format!("/sync/todo/pull?collection=tasks&since={}", since.replace('+', "%2B"))).await.json()
    }

    /// All tasks' changes, page by page as a client reads them, from a cursor on; and the cursor behind them.
    pub(crate) async fn pull_all(&self, since: &str) -> (Vec<Value>, String) {
        let (mut changes, mut since) = (Vec::new(), since.to_owned());
        loop {
            let page = self.pull(&since).await;
            changes.extend(page["serverChanges"].as_array().unwrap().iter().cloned());
            page["syncedUntil"].as_str().unwrap().clone_into(&mut since);
            if page["hasMore"] == json!(false) {
                return (changes, since);
            }
        }
    }

    /// The tasks as they are now.
    pub(crate) async fn records(&self) -> Vec<Value> {
        self.records_at("/sync/todo/records?collection=tasks").await
    }

    pub(crate) async fn records_of(&self, space: &str) -> Vec<Value> {
        self.records_at(&format!("/sync/todo/records?collection=tasks&space={space}")).await
    }

    async fn records_at(&self, path: &str) -> Vec<Value> {
        self.get(path).await.json()["records"].as_array().unwrap().clone()
    }

    /// Opens a stream; `query` such as `collections=tasks`.
    pub(crate) async fn stream(&self, query: &str) -> Events {
        let request = self.request(reqwest::Method::GET, &format!("/sync/todo/stream?{query}"));
        Events::open(request).await
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer { status: response.status(), text: response.text().await.unwrap() }
}
