//! A connection that speaks WebDriver BiDi: commands with their answers, and what the browser tells by itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{SinkExt as _, StreamExt as _};
use harness_model::PageErrors;
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use super::super::{lost, refused};
use crate::{CaptureError, console};

/// The connection. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    commands: mpsc::UnboundedSender<Command>,
    told: Arc<Mutex<Told>>,
    documents: watch::Receiver<Documents>,
}

#[derive(Debug)]
struct Command {
    method: &'static str,
    params: Value,
    answer: oneshot::Sender<Result<Value, String>>,
}

/// What the browser tells of the window that is open.
#[derive(Debug, Default)]
struct Told {
    context: String,
    errors: PageErrors,
}

/// The documents that the open window has begun to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Documents {
    /// How many.
    pub(super) begun: u64,
    /// The address of the last one.
    pub(super) url: String,
    /// By which navigations the last of them came.
    came: Vec<String>,
    /// Which of the last navigations came to nothing.
    failed: Vec<String>,
}

impl Documents {
    /// Whether a navigation has brought its document: `None` while it is under way.
    pub(super) fn has_come(&self, navigation: &str) -> Option<bool> {
        let among = |all: &[String]| all.iter().any(|one| one == navigation);
        if among(&self.came) {
            return Some(true);
        }
        among(&self.failed).then_some(false)
    }
}

/// How many navigations are remembered: a page may add its own to the one that is waited for.
const REMEMBERED: usize = 32;

fn remember(all: &mut Vec<String>, navigation: &Value) {
    if all.len() == REMEMBERED {
        all.remove(0);
    }
    all.extend(navigation.as_str().map(str::to_owned));
}

impl Connection {
    /// Connects to the address that a session names.
    pub(super) async fn open(url: &str) -> Result<Self, CaptureError> {
        const CONNECTING: &str = "connecting to its BiDi";
        let failed = |error: &dyn std::fmt::Display| lost(CONNECTING, format!("{url}: {error}"));
        let parsed = url::Url::parse(url).map_err(|e| failed(&e))?;
        let (Some(host), Some(port), "ws") = (parsed.host_str(), parsed.port_or_known_default(), parsed.scheme())
        else {
            return Err(failed(&"only ws:// is spoken here; name the server by http://"));
        };
        let stream = TcpStream::connect((host, port)).await.map_err(|e| failed(&e))?;
        stream.set_nodelay(true).map_err(|e| failed(&e))?;
        // A picture is one message, however large.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (stream, _) = client_async_with_config(url, stream, Some(config)).await.map_err(|e| failed(&e))?;
        let (commands, asked) = mpsc::unbounded_channel();
        let (tell, documents) = watch::channel(Documents::default());
        let told = Arc::default();
        tokio::spawn(serve(stream, asked, Arc::clone(&told), tell));
        Ok(Self { commands, told, documents })
    }

    /// Carries out a command.
    pub(super) async fn call(
        &self,
        method: &'static str,
        params: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError> {
        let (answer, answered) = oneshot::channel();
        let ended = || lost(during, "the browser has ended");
        self.commands.send(Command { method, params, answer }).map_err(|_| ended())?;
        match tokio::time::timeout(limit, answered).await {
            Ok(Ok(Ok(result))) => Ok(result),
            Ok(Ok(Err(why))) => Err(refused(during, &why)),
            Ok(Err(_)) => Err(ended()),
            Err(_) => Err(CaptureError::no_answer(during, limit)),
        }
    }

    /// From now on the window that is open is this one.
    pub(super) fn watch(&self, context: &str) {
        *self.told() = Told { context: context.to_owned(), errors: PageErrors::default() };
    }

    /// The documents that the open window begins to show.
    pub(super) fn documents(&self) -> watch::Receiver<Documents> {
        self.documents.clone()
    }

    /// What the open window complained of since this was last asked.
    pub(super) fn take_errors(&self) -> PageErrors {
        std::mem::take(&mut self.told().errors)
    }

    /// Whether the connection has ended.
    pub(super) fn is_lost(&self) -> bool {
        self.commands.is_closed()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what is asked and hands out what comes, for as long as both sides are there. Who waits for an answer when one of
/// them goes is told by the end of their channel.
async fn serve(
    mut stream: WebSocketStream<TcpStream>,
    mut asked: mpsc::UnboundedReceiver<Command>,
    told: Arc<Mutex<Told>>,
    documents: watch::Sender<Documents>,
) {
    let mut waiting: HashMap<u64, oneshot::Sender<Result<Value, String>>> = HashMap::new();
    let mut last_id = 0;
    loop {
        tokio::select! {
            command = asked.recv() => {
                let Some(Command { method, params, answer }) = command else { return };
                last_id += 1;
                waiting.insert(last_id, answer);
                let message = json!({ "id": last_id, "method": method, "params": params });
                if stream.send(Message::text(message.to_string())).await.is_err() {
                    return;
                }
            }
            message = stream.next() => {
                let text = match message {
                    Some(Ok(Message::Text(text))) => text,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => continue,
                };
                let Ok(mut message) = serde_json::from_str::<Value>(&text) else { return };
                match message["id"].as_u64().and_then(|id| waiting.remove(&id)) {
                    // Whoever waited may have given up.
                    Some(answer) => drop(answer.send(result(&mut message))),
                    None => hear(&message, &told, &documents),
                }
            }
        }
    }
}

fn result(message: &mut Value) -> Result<Value, String> {
    if message["type"] == "success" {
        return Ok(message["result"].take());
    }
    let text = |name: &str| message[name].as_str().unwrap_or_default();
    Err(format!("{}: {}", text("error"), text("message")))
}

fn hear(message: &Value, told: &Mutex<Told>, documents: &watch::Sender<Documents>) {
    let params = &message["params"];
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    let context = if params["source"].is_object() { &params["source"]["context"] } else { &params["context"] };
    if *context != told.context {
        return;
    }
    match message["method"].as_str().unwrap_or_default() {
        "browsingContext.navigationCommitted" => documents.send_modify(|documents| {
            documents.begun += 1;
            documents.url = params["url"].as_str().unwrap_or_default().to_owned();
            remember(&mut documents.came, &params["navigation"]);
        }),
        "browsingContext.navigationFailed" => {
            documents.send_modify(|documents| remember(&mut documents.failed, &params["navigation"]));
        }
        event => console::hear_bidi(&mut told.errors, event, params),
    }
}
