//! What is said over sync's WebSocket: `GET /ws` for every app, `GET /ws/{appId}` for one.
//!
//! A notification carries no change: it says where there is something to pull.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a client may take to say who it is, in seconds.
pub const AUTH_SECONDS: u64 = 10;
/// Longest message that a client may send, in bytes; a token has some 500.
pub const MESSAGE_MAX: usize = 64 * 1024;

/// What a client says. Anything else is ignored, as by the original.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ClientMessage {
    /// Who the client is; once more, with a new token, before the old one ends.
    Auth {
        /// An access token.
        #[serde(default)]
        token: String,
        /// The cursor of its last answer: what came behind it while the client was away is told at once. Our addition.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        since: Option<String>,
    },
    /// Is anybody there?
    Ping,
}

/// What the service says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ServerMessage {
    /// The client is known, and hears of changes from now on.
    AuthOk,
    /// There is something to pull.
    #[serde(rename_all = "camelCase")]
    SyncAvailable {
        /// In which app.
        app_id: String,
        /// In which of its collections.
        tables: Vec<String>,
    },
    /// Yes.
    Pong,
    /// No; then the connection is closed, unless another try may help.
    Error {
        /// Why. It stands in this field because that is where the original puts it.
        tables: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_written_as_the_original_writes_them() {
        let check = |message: &ServerMessage, json: &str| assert_eq!(serde_json::to_string(message).unwrap(), json);
        check(&ServerMessage::AuthOk, r#"{"type":"auth-ok"}"#);
        check(&ServerMessage::Pong, r#"{"type":"pong"}"#);
        let news = ServerMessage::SyncAvailable { app_id: "todo".into(), tables: vec!["tasks".into()] };
        check(&news, r#"{"type":"sync-available","appId":"todo","tables":["tasks"]}"#);
        check(&ServerMessage::Error { tables: vec!["no".into()] }, r#"{"type":"error","tables":["no"]}"#);
    }

    #[test]
    fn a_client_need_not_say_where_it_stands() {
        let read = |json: &str| serde_json::from_str::<ClientMessage>(json);
        assert!(
            matches!(read(r#"{"type":"auth","token":"t"}"#), Ok(ClientMessage::Auth { token, since: None }) if token == "t")
        );
        assert!(matches!(read(r#"{"type":"auth"}"#), Ok(ClientMessage::Auth { token, .. }) if token.is_empty()));
        assert!(matches!(read(r#"{"type":"ping","appId":"todo"}"#), Ok(ClientMessage::Ping)));
        assert!(read(r#"{"type":"subscribe"}"#).is_err());
    }
}
