//! Calls whose answer is at hand: the list of tools, and calls that are refused for their arguments.
//!
//! The SDK hands each message through its session's task to a task of the call's own and back. That is what lets a call be
//! followed, cancelled and come back for, and it takes several times as long as these answers do, which are there at
//! once. So they are given before the SDK, in the form in which it gives them.
//!
//! Only what is beyond doubt is answered here: a known form of the protocol, in a session of the caller's that the SDK
//! heard of lately, asked in the plainest words. Whatever differs by a shade goes to the SDK, which decides about it.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority};
use rmcp::model::{CallToolRequestMethod, ConstString, ListToolsRequestMethod, ListToolsResult, ProtocolVersion};
use serde::Deserialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};

use crate::{
    gate::Caller,
    server::Server,
    sessions::{BoundSessions, SESSION_HEADER},
};

/// Bodies up to this size are looked at, in bytes.
const BODY_MAX: usize = 64 * 1024;
/// Digits of an id that every reader of JSON takes for the same number.
const DIGITS: usize = 15;

/// The headers of a server-sent event that is the whole answer, as the SDK has them.
const HEADERS: [(header::HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

/// What is answered here.
pub(crate) struct AtHand {
    server: Server,
    sessions: Arc<BoundSessions>,
    /// Hosts that are answered.
    hosts: Vec<String>,
    /// The result of `tools/list`, written once.
    tools: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoParams {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallParams<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default)]
    arguments: Map<String, Value>,
}

impl AtHand {
    pub(crate) fn new(server: Server, sessions: Arc<BoundSessions>, hosts: Vec<String>) -> Self {
        let mut list = ListToolsResult::with_all_items(server.tools().to_vec());
        list.result_type = None;
        let tools = to_raw_value(&list).expect("a list of tools can be written");
        Self { server, sessions, hosts, tools }
    }

    /// Whether a request with this head may be one of those that are answered here.
    fn may_be(&self, method: &Method, headers: &HeaderMap) -> bool {
        method == Method::POST
            && is_plain(headers)
            && headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| self.answers_to(host))
            && headers.get(SESSION_HEADER).and_then(|id| id.to_str().ok()).is_some_and(|id| self.sessions.is_awake(id))
    }

    fn answers_to(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(authority.host()))
    }

    /// The answer, if it is at hand.
    fn answer(&self, body: &[u8], caller: &Caller) -> Option<Response> {
        let message: Message<'_> = serde_json::from_slice(body).ok()?;
        if message.jsonrpc != "2.0" || !is_id(message.id) {
            return None;
        }
        if message.method == ListToolsRequestMethod::VALUE {
            if let Some(params) = message.params {
                serde_json::from_str::<NoParams>(params.get()).ok()?;
            }
            return Some(event(message.id, &self.tools));
        }
        if message.method != CallToolRequestMethod::VALUE {
            return None;
        }
        let call: CallParams<'_> = serde_json::from_str(message.params?.get()).ok()?;
        let mut refused = self.server.refused_at_once(&call.name, Value::Object(call.arguments), caller)?;
        refused.result_type = None;
        Some(event(message.id, &to_raw_value(&refused).ok()?))
    }
}

/// The middleware between the gate and the protocol.
pub(crate) async fn answer(State(at_hand): State<Arc<AtHand>>, request: Request, next: Next) -> Response {
    let Some(caller) = request.extensions().get::<Caller>().cloned() else { return next.run(request).await };
    if !at_hand.may_be(request.method(), request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        // Its length was told and is small: it was cut off, or there was more of it than told.
        return (StatusCode::BAD_REQUEST, "the body was cut short").into_response();
    };
    match at_hand.answer(&body, &caller) {
        Some(answer) => answer,
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    }
}

/// Whether these are the headers of a client of a known version of the protocol, without anything that has a meaning of
/// its own.
fn is_plain(headers: &HeaderMap) -> bool {
    let is = |name: header::HeaderName, what: fn(&str) -> bool| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(what)
    };
    let named = header::HeaderName::from_static;
    let version = headers.get("mcp-protocol-version");
    is(header::CONTENT_LENGTH, |length| length.parse().is_ok_and(|length: usize| length <= BODY_MAX))
        && is(header::CONTENT_TYPE, |form| form.trim_end_matches("; charset=utf-8") == "application/json")
        && is(header::ACCEPT, |forms| {
            let accepts = |form: &str| forms.split(',').any(|accepted| accepted.trim() == form);
            accepts("application/json") && accepts("text/event-stream")
        })
        && version.is_none_or(|version| version.to_str().is_ok_and(is_known))
        && [header::ORIGIN, named("mcp-method"), named("mcp-name"), named("last-event-id")]
            .iter()
            .all(|name| !headers.contains_key(name))
}

fn is_known(version: &str) -> bool {
    ProtocolVersion::KNOWN_VERSIONS.iter().any(|known| known.has_initialize() && known.as_str() == version)
}

/// Whether this is an id that comes back as it went: a text, or a whole number of no sign and few digits.
fn is_id(id: &RawValue) -> bool {
    let id = id.get();
    id.starts_with('"') || (id.len() <= DIGITS && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A result as the one event of an answer.
fn event(id: &RawValue, result: &RawValue) -> Response {
    let parts = [r#"data: {"jsonrpc":"2.0","id":"#, id.get(), r#","result":"#, result.get(), "}\n\n"];
    (HEADERS, Bytes::from(parts.concat())).into_response()
}
