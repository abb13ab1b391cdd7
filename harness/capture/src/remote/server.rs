//! What is said to a WebDriver server elsewhere, over HTTP: whether it is one, sessions with it, and their end.
//!
//! fantoccini would end a session only after the command that is under way, without the server's credentials, and not
//! after a time limit. Whoever rents browsers by the minute wants each session ended, whatever became of it: so every open
//! session is noted here, and ended by a request of its own.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use futures::future::join_all;
use reqwest::{Client, RequestBuilder, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use url::Url;

use crate::CaptureError;

/// A server takes JSON in this encoding and says so; Selenium Grid refuses any other.
const JSON: &str = "application/json; charset=utf-8";
/// How long a session may take to end.
const END_LIMIT: Duration = Duration::from_secs(15);
/// How long a connection may take to come about.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// The servers that this program has spoken to.
static SERVERS: Mutex<Vec<Weak<Server>>> = Mutex::new(Vec::new());

/// A server that keeps browsers.
#[derive(Debug)]
pub(crate) struct Server {
    url: Url,
    client: Client,
    open: Mutex<BTreeSet<String>>,
    runtime: Handle,
}

/// Why a command came to nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server says so, in WebDriver's word for the kind and in its own.
    Told {
        /// Such as `session not created`.
        error: String,
        /// Its explanation.
        message: String,
    },
    /// What answers is no WebDriver server.
    Foreign(String),
    /// Nothing answers there.
    Silent(String),
    /// No answer came in time.
    Late(String),
}

impl Server {
    /// `url` may hold credentials. Must be called within a tokio runtime.
    pub(crate) fn new(url: &Url) -> Result<Arc<Self>, CaptureError> {
        let mut url = url.clone();
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let mut builder = Client::builder().connect_timeout(CONNECT_LIMIT).tcp_nodelay(true);
        if url.host_str().is_some_and(crate::world::is_loopback) {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|e| CaptureError::RemoteServer { url: shown(&url), why: format!("no client for it: {e}") })?;
        let server = Arc::new(Self { url, client, open: Mutex::default(), runtime: Handle::current() });
        SERVERS.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&server));
        Ok(server)
    }

    /// Its address for people, without credentials.
    pub(crate) fn shown(&self) -> String {
        shown(&self.url)
    }

    pub(crate) async fn status(&self, limit: Duration) -> Result<Value, Failure> {
        self.ask(|client, url| client.get(url), "status", limit).await
    }

    async fn ask(
        &self,
        method: impl FnOnce(&Client, Url) -> RequestBuilder,
        path: &str,
        limit: Duration,
    ) -> Result<Value, Failure> {
        let url = self.url.join(path).map_err(|e| Failure::Foreign(e.to_string()))?;
        let answered = async {
            let answer = method(&self.client, url).send().await?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.text().await?))
        };
        let (status, text) = match tokio::time::timeout(limit, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(Failure::Silent(root(&error.without_url()))),
            Err(_) => return Err(Failure::Late(format!("no answer within {:.1} s", limit.as_secs_f64()))),
        };
        read(status.as_u16(), &text)
    }

    fn noted(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a session and forgets it. A server that does not end it now ends it when it has idled for long enough.
    async fn end(&self, id: &str) -> Result<(), Failure> {
        let ended = self.ask(|client, url| client.delete(url), &format!("session/{id}"), END_LIMIT).await;
        self.noted().remove(id);
        match ended {
            Ok(_) => Ok(()),
            Err(Failure::Told { error, .. }) if error == "invalid session id" => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// Ends every session that is open still, with whichever server.
pub(super) async fn end_all() {
    let servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let servers: Vec<_> = servers.iter().filter_map(Weak::upgrade).collect();
    let open = servers.iter().flat_map(|server| server.noted().clone().into_iter().map(move |id| (server, id)));
    let _told_to_nobody = join_all(open.map(|(server, id)| async move { server.end(&id).await })).await;
}

/// A session. Dropping it ends it, in the background; [`Session::end`] waits for that.
#[derive(Debug)]
pub(crate) struct Session {
    server: Arc<Server>,
    id: String,
    ended: bool,
    /// A session carries out one command at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Session {
    /// Asks for a session. A server may let the request wait in a queue until a browser comes free.
    pub(crate) async fn open(
        server: &Arc<Server>,
        capabilities: Value,
        limit: Duration,
    ) -> Result<(Self, Value), Failure> {
        let server = Arc::clone(server);
        // In a task of its own: whoever gives up waiting leaves a request that may still be granted, and what is granted
        // then has to be ended.
        let asked = tokio::spawn(async move {
            let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
            let mut answer = server.ask(|client, url| posted(client, url, &body), "session", limit).await?;
            let id = answer["sessionId"].as_str().map(str::to_owned);
            let id = id.ok_or_else(|| Failure::Foreign("its answer to a new session names none".into()))?;
            server.noted().insert(id.clone());
            Ok((Self { server, id, ended: false, turn: tokio::sync::Mutex::default() }, answer["capabilities"].take()))
        });
        asked.await.unwrap_or_else(|e| Err(Failure::Silent(e.to_string())))
    }

    /// Sends a command, by its path below the session.
    pub(crate) async fn send(&self, path: &str, body: &Value, limit: Duration) -> Result<Value, Failure> {
        let path = format!("session/{}/{path}", self.id);
        let _turn = self.turn.lock().await;
        self.server.ask(|client, url| posted(client, url, body), &path, limit).await
    }

    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        self.ended = true;
        self.server.end(&self.id).await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.ended {
            let (server, id) = (Arc::clone(&self.server), self.id.clone());
            self.server.runtime.spawn(async move { server.end(&id).await });
        }
    }
}

fn posted(client: &Client, url: Url, body: &Value) -> RequestBuilder {
    client.post(url).header(CONTENT_TYPE, JSON).body(body.to_string())
}

/// What an answer says: WebDriver wraps it all in `value`.
fn read(status: u16, text: &str) -> Result<Value, Failure> {
    let foreign = || {
        let begin: String = text.trim().chars().take(60).collect();
        Failure::Foreign(format!("it answers {status} {begin:?}, which is not WebDriver's form"))
    };
    let mut answer: Value = serde_json::from_str(text).map_err(|_| foreign())?;
    let value = answer.get_mut("value").map(Value::take).ok_or_else(foreign)?;
    if status < 400 {
        return Ok(value);
    }
    let told = |name: &str| value[name].as_str().map(str::to_owned);
    Err(Failure::Told {
        error: told("error").ok_or_else(foreign)?,
        message: words(&told("message").unwrap_or_default()),
    })
}

/// A message without what a driver (its browser's version) and a grid (its host and build) append as lines of their own.
pub(crate) fn words(message: &str) -> String {
    const APPENDED: [&str; 5] = ["(Session info", "Host info", "Build info", "System info", "Driver info"];
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let own = lines.filter(|line| !APPENDED.iter().any(|words| line.starts_with(words)));
    own.collect::<Vec<_>>().join(": ")
}

/// The innermost of an error's reasons: the ones around it only say that a request failed.
fn root(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => root(source),
        None => error.to_string(),
    }
}

fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    // Fails only for addresses without a host, which have no credentials either.
    let _ = shown.set_username("").and_then(|()| shown.set_password(None));
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_value_or_an_error_or_no_webdriver_at_all() {
        assert_eq!(read(200, r#"{"value":{"ready":true}}"#), Ok(json!({ "ready": true })));
        let told =
            r#"{"value":{"error":"session not created","message":"New session request timed out \nHost info: x"}}"#;
        assert_eq!(
            read(500, told),
            Err(Failure::Told { error: "session not created".into(), message: "New session request timed out".into() })
        );
        // The reason is in the second line.
        let told =
            r#"{"value":{"error":"timeout","message":"timeout\nfrom aborted by navigation: x\n  (Session info: y)"}}"#;
        assert_eq!(
            read(500, told),
            Err(Failure::Told { error: "timeout".into(), message: "timeout: from aborted by navigation: x".into() })
        );
        for (status, text) in [(200, "<html>hello"), (200, "{}"), (404, r#"{"value":{}}"#), (502, "")] {
            assert!(matches!(read(status, text), Err(Failure::Foreign(_))), "{status} {text}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        let shown = |url: &str| shown(&url.parse().unwrap());
        assert_eq!(shown("https://user:key@hub.example/wd/hub"), "https://hub.example/wd/hub");
        assert_eq!(shown("http://localhost:4444"), "http://localhost:4444/");
    }
}
