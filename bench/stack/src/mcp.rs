//! Calls to the gateway, as a client of the protocol makes them: a session is opened once, each call is a request.

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::HeaderValue;
use serde_json::{Value, json};
use stack_api::routes;
use url::Url;

use crate::connection::{Call, Connection, post};

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "2025-11-25";

/// A request of the protocol, ready to be sent again and again.
pub(crate) fn call(gateway: &Url, token: &str, session: Option<&str>, body: Bytes) -> Call {
    let mut call = post(gateway, routes::MCP, Some(token), body);
    let headers = call.headers_mut();
    headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    if let Some(session) = session {
        headers.insert(SESSION, session.parse().expect("a session's id is plain text"));
        headers.insert("mcp-protocol-version", HeaderValue::from_static(VERSION));
    }
    call
}

/// The body of a request.
pub(crate) fn message(method: &str, params: &Value) -> Bytes {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string().into()
}

/// Opens a session; its id.
pub(crate) async fn open_session(gateway: &Url, token: &str) -> anyhow::Result<String> {
    let mut connection = Connection::open(gateway).await?;
    let client = json!({ "name": "bench", "version": "1" });
    let hello = json!({ "protocolVersion": VERSION, "capabilities": {}, "clientInfo": client });
    let answer = connection.call(call(gateway, token, None, message("initialize", &hello))).await?;
    if !answer.status.is_success() {
        bail!("the gateway opens no session: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    let session =
        answer.headers.get(SESSION).and_then(|id| id.to_str().ok()).context("the gateway named no session")?;
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string();
    connection.call(call(gateway, token, Some(session), ready.into())).await?;
    Ok(session.to_owned())
}
