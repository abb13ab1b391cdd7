//! A gateway with the stack's tool names that keeps what is written and can be told to fail or hang.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult, PaginatedRequestParams,
        ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

const TOOLS: [&str; 8] = [
    "habits.create",
    "habits.list",
    "spaces.list",
    "todo.create",
    "todo.list",
    "todo.complete",
    "notes.create",
    "journal.add",
];

/// A call as it came in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub(crate) token: String,
    pub(crate) space: String,
    pub(crate) tool: String,
    pub(crate) input: Map<String, Value>,
}

/// What the gateway saw, and how it is to misbehave.
#[derive(Clone, Default)]
pub(crate) struct Gateway {
    pub(crate) calls: Arc<Mutex<Vec<Call>>>,
    /// Tools that refuse.
    pub(crate) refusing: Arc<Mutex<Vec<String>>>,
    /// Tokens for which every call hangs.
    pub(crate) hanging: Arc<Mutex<Vec<String>>>,
    /// Tokens for which the gateway is gone after the first call.
    pub(crate) dying: Arc<Mutex<Vec<String>>>,
    dead: Arc<Mutex<Vec<String>>>,
    /// Told when a call begins to hang.
    pub(crate) hung: Arc<Notify>,
}

impl Gateway {
    pub(crate) fn calls_of(&self, token: &str) -> Vec<Call> {
        self.calls.lock().unwrap().iter().filter(|call| call.token == token).cloned().collect()
    }

    pub(crate) fn router(&self) -> Router {
        let gateway = self.clone();
        let config = StreamableHttpServerConfig::default();
        let service =
            StreamableHttpService::new(move || Ok(gateway.clone()), Arc::new(LocalSessionManager::default()), config);
        let admit = middleware::from_fn_with_state(self.clone(), admit);
        Router::new().nest_service("/mcp", service).layer(admit)
    }
}

async fn admit(State(gateway): State<Gateway>, request: Request, next: middleware::Next) -> Response {
    let bearer = header(request.headers(), "authorization");
    let token = bearer.trim_start_matches("Bearer ").to_owned();
    if gateway.dead.lock().unwrap().contains(&token) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if bearer.starts_with("Bearer token-of-") {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, "{\"error\":\"missing bearer token\"}").into_response()
}

fn header(headers: &http::HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

impl ServerHandler for Gateway {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = json!({ "type": "object" }).as_object().unwrap().clone();
        let tools = TOOLS.iter().map(|name| Tool::new(*name, format!("Does {name}."), schema.clone()));
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let parts = context.extensions.get::<http::request::Parts>().expect("the transport hands them over");
        let call = Call {
            token: header(&parts.headers, "authorization").trim_start_matches("Bearer ").to_owned(),
            space: header(&parts.headers, "x-mana-space"),
            tool: request.name.to_string(),
            input: request.arguments.unwrap_or_default(),
        };
        self.calls.lock().unwrap().push(call.clone());
        if self.hanging.lock().unwrap().contains(&call.token) {
            self.hung.notify_one();
            std::future::pending::<()>().await;
        }
        if self.dying.lock().unwrap().contains(&call.token) {
            self.dead.lock().unwrap().push(call.token.clone());
        }
        Ok(self.answer(&call).into())
    }
}

impl Gateway {
    fn answer(&self, call: &Call) -> CallToolResult {
        let refuse = |reason: &str| CallToolResult::error(vec![ContentBlock::text(format!("{}: {reason}", call.tool))]);
        if self.refusing.lock().unwrap().contains(&call.tool) {
            return refuse("sync does not answer");
        }
        let text = |key: &str| call.input.get(key).and_then(Value::as_str).unwrap_or_default();
        match call.tool.as_str() {
            "todo.create" if text("title").is_empty() => refuse("title is too short"),
            "todo.create" if !["", "low", "medium", "high", "urgent"].contains(&text("priority")) => {
                refuse("priority is unknown")
            }
            "todo.complete" if text("id") != "r1" => refuse("there is no such task"),
            "journal.add" if text("content").is_empty() => refuse("content is too short"),
            "todo.list" | "habits.list" | "spaces.list" => CallToolResult::structured(json!({ "records": [] })),
            _ => CallToolResult::structured(json!({ "id": "r1", "title": text("title") })),
        }
    }
}
