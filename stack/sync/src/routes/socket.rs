//! `GET /ws` and `GET /ws/{appId}`: notifications over a WebSocket. What is said is told by `stack_api::notifications`.
//!
//! A browser cannot send headers with a WebSocket, so the client says who it is in its first message. No cookie counts
//! here: a foreign page that opens the socket with a visitor's cookies is nobody.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use axum::{
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    response::Response,
};
use stack_api::notifications::{AUTH_SECONDS, ClientMessage, MESSAGE_MAX, ServerMessage};

use super::parameters;
use crate::{cursor::Cursor, notices::Notices, refusal::Refusal, service::Service};

/// How long a client may take to take in a message; a slower one is cut off and comes back.
const SEND_WITHIN: Duration = Duration::from_secs(5);

pub(super) async fn every_app(State(service): State<Arc<Service>>, upgrade: WebSocketUpgrade) -> Response {
    open(service, None, upgrade)
}

pub(super) async fn one_app(
    State(service): State<Arc<Service>>,
    Path(app_id): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let app_id = parameters::name("appId", app_id)?;
    Ok(open(service, Some(app_id), upgrade))
}

fn open(service: Arc<Service>, app_id: Option<String>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    upgrade.on_upgrade(move |socket| async move {
        let stop = service.stop.clone();
        let mut connection = Connection { socket, service, app_id, notices: None };
        let end = tokio::select! {
            end = connection.run() => end,
            () = stop.cancelled() => Some((close_code::AWAY, "the service stops")),
        };
        if let Some((code, reason)) = end {
            connection.close(code, reason).await;
        }
    })
}

/// Code and reason of a connection that the service closes; `None` for one that is gone.
type End = Option<(u16, &'static str)>;

struct Connection {
    socket: WebSocket,
    service: Arc<Service>,
    app_id: Option<String>,
    /// From the moment at which the client is known.
    notices: Option<Notices>,
}

impl Connection {
    async fn run(&mut self) -> End {
        let deadline = tokio::time::sleep(Duration::from_secs(AUTH_SECONDS));
        tokio::pin!(deadline);
        loop {
            let done = tokio::select! {
                heard = self.socket.recv() => match heard {
                    Some(Ok(Message::Text(text))) => self.hear(&text).await,
                    Some(Ok(Message::Binary(bytes))) => self.hear(str::from_utf8(&bytes).unwrap_or_default()).await,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => ControlFlow::Continue(()),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => ControlFlow::Break(None),
                },
                notice = next(&mut self.notices) => match notice {
                    Ok(notice) => self.say(&notice).await,
                    Err(reason) => ended(&reason),
                },
                () = &mut deadline, if self.notices.is_none() => {
                    ControlFlow::Break(Some((close_code::POLICY, "auth timeout")))
                }
            };
            if let ControlFlow::Break(end) = done {
                return end;
            }
        }
    }

    async fn hear(&mut self, text: &str) -> ControlFlow<End> {
        match serde_json::from_str(text) {
            Ok(ClientMessage::Auth { token, since }) => self.admit(&token, since.as_deref()).await,
            Ok(ClientMessage::Ping) => self.say(&ServerMessage::Pong).await,
            Err(_) => ControlFlow::Continue(()),
        }
    }

    async fn admit(&mut self, token: &str, since: Option<&str>) -> ControlFlow<End> {
        if token.is_empty() {
            return self.complain("missing token").await;
        }
        let since = match since.filter(|since| !since.is_empty()).map(Cursor::parse) {
            Some(None) => return self.complain("invalid since").await,
            since => since.flatten(),
        };
        let admitted = async {
            let caller = self.service.bearer_of(token).await?;
            Notices::open(Arc::clone(&self.service), caller, self.app_id.clone(), since).await
        };
        match admitted.await {
            Ok(notices) => {
                self.say(&ServerMessage::AuthOk).await?;
                self.notices = Some(notices);
                ControlFlow::Continue(())
            }
            Err(Refusal::Token(_) | Refusal::SessionEnded) => {
                self.complain("invalid token").await?;
                ControlFlow::Break(Some((close_code::POLICY, "invalid token")))
            }
            Err(reason) => ended(&reason),
        }
    }

    async fn complain(&mut self, reason: &str) -> ControlFlow<End> {
        self.say(&ServerMessage::Error { tables: vec![reason.to_owned()] }).await
    }

    async fn say(&mut self, message: &ServerMessage) -> ControlFlow<End> {
        let text = serde_json::to_string(message).expect("a message always serializes into memory");
        match tokio::time::timeout(SEND_WITHIN, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
        }
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: reason.into() };
        // Whoever does not take it in is gone, or is cut off now.
        let _ = tokio::time::timeout(SEND_WITHIN, self.socket.send(Message::Close(Some(frame)))).await;
    }
}

/// The next notification; none ever for a client that is not known yet.
async fn next(notices: &mut Option<Notices>) -> Result<ServerMessage, Refusal> {
    match notices {
        Some(notices) => notices.next().await,
        None => std::future::pending().await,
    }
}

/// Why there will be no more notifications. The client comes back: with a new token, or when the service is well again.
fn ended(reason: &Refusal) -> ControlFlow<End> {
    ControlFlow::Break(Some(match reason {
        Refusal::Token(_) | Refusal::SessionEnded => (close_code::POLICY, "session ended"),
        _ => (close_code::AGAIN, "try again later"),
    }))
}
