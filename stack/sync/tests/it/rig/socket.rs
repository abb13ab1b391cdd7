//! A WebSocket, spoken as the original's clients speak it.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use super::{Person, Rig, SOON};

/// One connection.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens `/ws…`; the service does not know yet for whom.
    pub(crate) async fn open(rig: &Rig, path: &str) -> Self {
        let mut url = rig.url.join(path).unwrap();
        url.set_scheme("ws").unwrap();
        Self(tokio_tungstenite::connect_async(url.as_str()).await.unwrap().0)
    }

    /// Opens it for somebody, who is known then.
    pub(crate) async fn of(rig: &Rig, path: &str, person: &Person) -> Self {
        let mut socket = Self::open(rig, path).await;
        socket.say(json!({"type": "auth", "token": person.token})).await;
        assert_eq!(socket.hear().await, json!({"type": "auth-ok"}));
        socket
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// What the service says next.
    pub(crate) async fn hear(&mut self) -> Value {
        self.hear_or_end().await.expect("the connection goes on")
    }

    /// What the service says next, or how it closes.
    pub(crate) async fn hear_or_end(&mut self) -> Result<Value, (u16, String)> {
        match self.next().await {
            Some(Message::Text(text)) => Ok(serde_json::from_str(&text).unwrap()),
            Some(Message::Close(Some(frame))) => Err((frame.code.into(), frame.reason.to_string())),
            other => panic!("neither a message nor the end, but {other:?}"),
        }
    }

    /// Code and reason with which the service closes.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        self.hear_or_end().await.expect_err("the connection ends")
    }

    async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(SOON * 2, self.0.next());
        next.await.expect("a message or the end comes soon").map(Result::unwrap)
    }
}
