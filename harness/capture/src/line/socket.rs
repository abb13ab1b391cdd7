//! DevTools' own socket: commands with their answers, and what a window tells by itself.
//!
//! A command takes a tenth of the time here that it takes through a WebDriver server. One task reads, for as long as the
//! connection lives, so that what a page pours out never waits in the socket's buffers; it keeps of it what [`Told`] has
//! room for.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use harness_model::PageErrors;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::oneshot, task::JoinHandle};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use super::{lost, refused};
use crate::{CaptureError, console};

/// A connection to one Chromium. What it made there ends with it.
#[derive(Debug)]
pub(super) struct Socket {
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    sink: tokio::sync::Mutex<SplitSink<WebSocketStream<TcpStream>, Message>>,
    last_id: AtomicU64,
    told: Mutex<Told>,
}

/// What came through the socket.
#[derive(Debug, Default)]
struct Told {
    /// Who waits for the answer to which command.
    waiting: HashMap<u64, Waiting>,
    /// Of the window that is open.
    errors: PageErrors,
    /// The session of the window that is open.
    session: Option<String>,
    /// Why the window is of no more use.
    window_lost: Option<String>,
    /// Why the connection is of no more use.
    lost: Option<String>,
}

#[derive(Debug)]
struct Waiting {
    session: Option<String>,
    answer: oneshot::Sender<Result<Value, Failure>>,
}

/// Why a command has no result.
#[derive(Debug)]
enum Failure {
    Refused(String),
    Lost(String),
}

/// A message of DevTools: an answer has the number of its command, everything else a method.
#[derive(Debug, Deserialize)]
struct Incoming {
    id: Option<u64>,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
    #[serde(default)]
    method: String,
    #[serde(default)]
    params: Value,
    #[serde(rename = "sessionId")]
    session: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    message: String,
    data: Option<Value>,
}

impl Socket {
    /// Connects to a browser's endpoint, such as `127.0.0.1:9222` and `/devtools/browser/…`.
    pub(super) async fn connect(address: &str, path: &str) -> Result<Self, CaptureError> {
        const CONNECTING: &str = "connecting to its DevTools";
        let failed = |error: &dyn std::fmt::Display| lost(CONNECTING, error.to_string());
        let stream = TcpStream::connect(address).await.map_err(|e| failed(&e))?;
        stream.set_nodelay(true).map_err(|e| failed(&e))?;
        // A picture is one message, however large.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let url = format!("ws://{address}{path}");
        let (stream, _) = client_async_with_config(url, stream, Some(config)).await.map_err(|e| failed(&e))?;
        let (sink, stream) = stream.split();
        let shared = Arc::new(Shared {
            sink: tokio::sync::Mutex::new(sink),
            last_id: AtomicU64::new(0),
            told: Mutex::default(),
        });
        let reader = tokio::spawn(read(Arc::clone(&shared), stream));
        Ok(Self { shared, reader })
    }

    /// Carries out a command, in a session or of the whole browser.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        command: &str,
        params: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError> {
        let (id, answer) = self.shared.await_answer(session).map_err(|why| lost(during, why))?;
        let answered = async {
            self.shared.send(id, session, command, params).await.map_err(Failure::Lost)?;
            answer.await.unwrap_or_else(|_| Err(Failure::Lost("its connection has ended".into())))
        };
        let answer = tokio::time::timeout(limit, answered).await;
        // Nobody waits any more, whatever came.
        self.shared.told().waiting.remove(&id);
        match answer {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(Failure::Refused(why))) => Err(refused(during, &why)),
            Ok(Err(Failure::Lost(why))) => Err(lost(during, why)),
            Err(_) => Err(CaptureError::no_answer(during, limit)),
        }
    }

    /// From now on the window of this session is the one that is open.
    pub(super) fn watch(&self, session: &str) {
        let mut told = self.shared.told();
        told.session = Some(session.to_owned());
        told.window_lost = None;
        told.errors = PageErrors::default();
    }

    /// What the open window complained of since this was last asked.
    pub(super) fn take_errors(&self) -> PageErrors {
        std::mem::take(&mut self.shared.told().errors)
    }

    /// Whether the connection is of no more use.
    pub(super) fn is_lost(&self) -> bool {
        self.shared.told().lost.is_some()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // With the reader ends the connection, for it has the other half of it.
        self.reader.abort();
    }
}

impl Shared {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a command, and where its answer will be; an error says why none will come.
    fn await_answer(&self, session: Option<&str>) -> Result<(u64, oneshot::Receiver<Result<Value, Failure>>), String> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (answer, answered) = oneshot::channel();
        let mut told = self.told();
        if let Some(why) = told.lost.clone().or_else(|| told.window_lost.clone().filter(|_| session.is_some())) {
            return Err(why);
        }
        told.waiting.insert(id, Waiting { session: session.map(str::to_owned), answer });
        Ok((id, answered))
    }

    async fn send(&self, id: u64, session: Option<&str>, command: &str, params: Value) -> Result<(), String> {
        let mut message = json!({ "id": id, "method": command, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let message = Message::text(message.to_string());
        self.sink.lock().await.send(message).await.map_err(|error| error.to_string())
    }

    fn hear(self: &Arc<Self>, incoming: Incoming) {
        let mut told = self.told();
        if let Some(id) = incoming.id {
            let Some(waiting) = told.waiting.remove(&id) else { return };
            let answer = match incoming.error {
                None => Ok(incoming.result),
                Some(Refusal { message, data }) => {
                    let data = data.as_ref().and_then(Value::as_str).map(|data| format!(": {data}"));
                    Err(Failure::Refused(message + &data.unwrap_or_default()))
                }
            };
            // Whoever waited may have given up.
            let _given_up = waiting.answer.send(answer);
            return;
        }
        if told.session.is_none() || told.session != incoming.session {
            return;
        }
        match &*incoming.method {
            "Inspector.targetCrashed" => told.lose_window("the page's process crashed"),
            "Inspector.detached" => told.lose_window("the page's window is gone"),
            // Dialogues stop a page until somebody answers. A page may be left, and else the answer is no.
            "Page.javascriptDialogOpening" => {
                let leave = incoming.params["type"] == "beforeunload";
                let shared = Arc::clone(self);
                tokio::spawn(async move {
                    let id = shared.last_id.fetch_add(1, Ordering::Relaxed) + 1;
                    let params = json!({ "accept": leave });
                    let session = incoming.session.as_deref();
                    // A connection that has ended needs no answer.
                    let _ended = shared.send(id, session, "Page.handleJavaScriptDialog", params).await;
                });
            }
            method => console::hear(&mut told.errors, method, &incoming.params),
        }
    }
}

impl Told {
    fn lose_window(&mut self, why: &str) {
        self.window_lost = Some(why.to_owned());
        let session = self.session.clone();
        let theirs = self.waiting.extract_if(|_, waiting| waiting.session == session);
        for (_, waiting) in theirs {
            let _given_up = waiting.answer.send(Err(Failure::Lost(why.to_owned())));
        }
    }

    fn lose_all(&mut self, why: &str) {
        self.lost = Some(why.to_owned());
        for (_, waiting) in self.waiting.drain() {
            let _given_up = waiting.answer.send(Err(Failure::Lost(why.to_owned())));
        }
    }
}

async fn read(shared: Arc<Shared>, mut stream: SplitStream<WebSocketStream<TcpStream>>) {
    let why = loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(incoming) => shared.hear(incoming),
                Err(error) => break format!("its DevTools speak in riddles: {error}"),
            },
            Some(Ok(Message::Close(_))) | None => break "the browser has ended".to_owned(),
            Some(Ok(_)) => {}
            Some(Err(error)) => break format!("the browser has ended: {error}"),
        }
    };
    shared.told().lose_all(&why);
}
