//! One gateway with an auth and a sync of its own, and the ways to call it.

pub(crate) mod auth;
pub(crate) mod sync;

use std::{collections::HashMap, time::Duration};

use axum::Router;
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue};
use reqwest::{Method, Response};
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, CallToolResult, Tool},
    service::RunningService,
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Value, json};
use stack_http::Clock;
use stack_mcp::{Config, PolicyMode, SessionLimits};
use stack_registry::Registry;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

use auth::FakeAuth;
use sync::FakeSync;

/// The web page that may call the gateway.
pub(crate) const PAGE: &str = "http://localhost:5173";
/// How long a condition may take to come true.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The moment at which every rig's clock starts: late in the evening, so that a local date would differ.
pub(crate) fn start_of_time() -> DateTime<Utc> {
    "2031-05-04T23:30:00Z".parse().unwrap()
}

pub(crate) struct Rig {
    pub(crate) url: Url,
    pub(crate) auth: FakeAuth,
    pub(crate) sync: FakeSync,
    pub(crate) stop: CancellationToken,
    pub(crate) server: JoinHandle<std::io::Result<()>>,
    pub(crate) http: reqwest::Client,
}

/// A gateway with the standard tools.
pub(crate) async fn rig() -> Rig {
    rig_with(Registry::standard(), SessionLimits::default()).await
}

pub(crate) async fn rig_with(registry: Registry, limits: SessionLimits) -> Rig {
    rig_in_mode(registry, limits, PolicyMode::default()).await
}

pub(crate) async fn rig_in_mode(registry: Registry, limits: SessionLimits, policy_mode: PolicyMode) -> Rig {
    let clock = Clock::starting_at(start_of_time());
    let auth = FakeAuth::start(clock).await;
    let sync = FakeSync::start(&auth).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port()).parse().unwrap();
    let stop = CancellationToken::new();
    let config = Config {
        auth_url: auth.url.clone(),
        sync_url: sync.url.clone(),
        allowed_origins: vec![PAGE.parse().unwrap()],
        public_url: url.clone(),
        policy_mode,
        clock,
        stop: stop.clone(),
    };
    let router = stack_mcp::router_with(config, registry, limits).await.unwrap();
    let server = tokio::spawn(stack_http::serve::serve(listener, router, stop.clone()));
    Rig { url, auth, sync, stop, server, http: reqwest::Client::new() }
}

/// Serves a fake on a free port until the test's runtime ends.
pub(crate) async fn serve(make: impl FnOnce(Url) -> Router) -> (Url, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port()).parse().unwrap();
    let router = make(url.clone());
    (url, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}

impl Rig {
    pub(crate) fn endpoint(&self) -> String {
        self.url.join("/mcp").unwrap().into()
    }

    /// Opens a session in the user's personal space.
    pub(crate) async fn connect(&self, user: &str) -> Agent {
        self.connect_with(user, &[]).await
    }

    pub(crate) async fn connect_with(&self, user: &str, headers: &[(&'static str, &str)]) -> Agent {
        let client = ().serve(self.transport(user, headers)).await.expect("the gateway lets the client in");
        let tools = client.list_all_tools().await.unwrap();
        Agent { client, tools }
    }

    pub(crate) fn transport(
        &self,
        user: &str,
        headers: &[(&'static str, &str)],
    ) -> StreamableHttpClientTransport<reqwest::Client> {
        let headers: HashMap<_, _> = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        let config = StreamableHttpClientTransportConfig::with_uri(self.endpoint())
            .auth_header(self.auth.token(user))
            .custom_headers(headers)
            .reinit_on_expired_session(false);
        StreamableHttpClientTransport::from_config(config)
    }

    /// A plain request to the endpoint, as a well-behaved client would send it except for `headers`. An empty value
    /// takes a header away.
    pub(crate) async fn send(&self, method: Method, headers: &[(&str, &str)], body: Option<Value>) -> Response {
        let mut all = http::HeaderMap::new();
        all.insert("accept", HeaderValue::from_static("application/json, text/event-stream"));
        if body.is_some() {
            all.insert("content-type", HeaderValue::from_static("application/json"));
        }
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            match *value {
                "" => all.remove(name),
                value => all.insert(name, value.parse().unwrap()),
            };
        }
        let request = self.http.request(method, self.endpoint()).headers(all);
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub(crate) async fn post(&self, headers: &[(&str, &str)], body: Value) -> Response {
        self.send(Method::POST, headers, Some(body)).await
    }

    /// Opens a session by hand and gives its id.
    pub(crate) async fn open_session(&self, user: &str) -> String {
        let authorization = self.bearer(user);
        let answer = self.post(&[("authorization", &authorization)], initialize("2025-11-25")).await;
        assert_eq!(answer.status(), 200);
        let id = answer.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        let headers = [("authorization", authorization.as_str()), ("mcp-session-id", &id)];
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(self.post(&headers, ready).await.status(), 202);
        id
    }

    pub(crate) fn bearer(&self, user: &str) -> String {
        format!("Bearer {}", self.auth.token(user))
    }
}

pub(crate) fn initialize(version: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": version,
        "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}})
}

pub(crate) fn list_tools() -> Value {
    json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
}

/// The JSON-RPC message in an event stream that answers one request.
pub(crate) async fn message(answer: Response) -> Value {
    let text = answer.text().await.unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim).find(|data| !data.is_empty());
    serde_json::from_str(data.unwrap_or_else(|| panic!("no message in {text}"))).unwrap()
}

/// `{"error": …}` of a refusal.
pub(crate) async fn error(answer: Response) -> String {
    let body: Value = answer.json().await.unwrap();
    let error = body["error"].as_str().unwrap_or_else(|| panic!("no error in {body}")).to_owned();
    assert_eq!(body, json!({ "error": error }));
    error
}

/// An MCP client in a session.
pub(crate) struct Agent {
    pub(crate) client: RunningService<RoleClient, ()>,
    pub(crate) tools: Vec<Tool>,
}

impl Agent {
    /// What the tool answers. Holds the answer against the tool's own output schema.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let result = self.result(tool, arguments).await;
        assert_ne!(result.is_error, Some(true), "{tool}: {}", text(&result));
        let answer = result.structured_content.clone().expect("every tool answers with structured content");
        let copy: Value = serde_json::from_str(&text(&result)).expect("the text is the same answer as JSON");
        assert_eq!(copy, answer);
        let described = self.tools.iter().find(|described| described.name == tool).unwrap();
        let schema = Value::Object((**described.output_schema.as_ref().unwrap()).clone());
        jsonschema::validate(&schema, &answer).unwrap_or_else(|fault| panic!("{tool} answers {answer}: {fault}"));
        answer
    }

    /// What the tool says is wrong.
    pub(crate) async fn fault(&self, tool: &str, arguments: Value) -> String {
        let result = self.result(tool, arguments).await;
        assert_eq!(result.is_error, Some(true), "{tool} answers {}", text(&result));
        assert_eq!(result.structured_content, None);
        text(&result)
    }

    async fn result(&self, tool: &str, arguments: Value) -> CallToolResult {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.client.call_tool(call).await.expect("a failing tool is no failure of the protocol")
    }
}

fn text(result: &CallToolResult) -> String {
    result.content.iter().filter_map(|block| block.as_text()).map(|block| block.text.as_str()).collect()
}
