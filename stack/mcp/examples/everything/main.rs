//! The server that the protocol's official conformance suite asks for: its tools, prompts and resources, behind the
//! gateway's own gate, sessions and transport, which are what is judged.
//!
//! Started by `cargo xtask test`, which reads the endpoint's address from the first line of output and ends the server
//! by closing its input. The suite can send no header, so a layer before the gate puts in the token of a user.

#![expect(deprecated, reason = "the suite asks for what the versions with a handshake have and the newest has not")]

mod prompts;
mod resources;
mod rounds;
mod tools;

#[path = "../../tests/it/rig/auth.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the tests' own auth, of which this needs a part")]
mod auth;

use axum::{Router, extract::Request};
use http::{HeaderValue, header};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CompletionInfo,
        GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult,
        ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse,
        ServerCapabilities, ServerConfig, SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter,
        UnsubscribeRequestParams,
    },
    service::RequestContext,
};
use serde_json::{Value, json};
use stack_api::routes;
use stack_http::Clock;
use stack_mcp::{Config, SessionLimits};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

/// As whom the suite comes.
const USER: &str = "anna";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::system();
    let auth = auth::FakeAuth::start(clock).await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let url: Url = format!("http://localhost:{port}").parse()?;
    let stop = CancellationToken::new();
    let config = Config {
        auth_url: auth.url.clone(),
        sync_url: auth.url.clone(),
        allowed_origins: vec![format!("http://127.0.0.1:{port}").parse()?],
        public_url: url.clone(),
        policy_mode: stack_mcp::PolicyMode::Off,
        clock,
        stop: stop.clone(),
    };
    let token = HeaderValue::from_str(&format!("Bearer {}", auth.token(USER)))?;
    let as_user = axum::middleware::map_request(move |mut request: Request| {
        request.headers_mut().insert(header::AUTHORIZATION, token.clone());
        std::future::ready(request)
    });
    let router = stack_mcp::router_serving(&config, SessionLimits::default(), Everything)?.layer(as_user);
    let server = tokio::spawn(stack_http::serve::serve(listener, router, stop.clone()));
    println!("{}", url.join(routes::MCP)?);
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    stop.cancel();
    Ok(server.await??)
}

/// Serves the auth of the tests on a free port.
async fn serve(make: impl FnOnce(Url) -> Router) -> (Url, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port is to be had");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    let url: Url = format!("http://127.0.0.1:{port}").parse().expect("this is a URL");
    let router = make(url.clone());
    (url, tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs until the end") }))
}

#[derive(Clone)]
struct Everything;

impl ServerHandler for Everything {
    fn get_info(&self) -> ServerConfig {
        let capabilities = json!({"tools": {}, "prompts": {}, "resources": {"subscribe": true}, "completions": {},
            "logging": {}});
        let capabilities: ServerCapabilities = serde_json::from_value(capabilities).expect("these are capabilities");
        ServerConfig::new(capabilities).with_server_info(Implementation::new("everything", env!("CARGO_PKG_VERSION")))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        tools::call(request, &context).await
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::all()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(request)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let begun = request.argument.value;
        let words = ["paris", "park", "party"].into_iter().filter(|word| word.starts_with(&begun));
        let found = CompletionInfo::new(words.map(str::to_owned).collect());
        found.map(CompleteResult::new).map_err(|error| ErrorData::internal_error(error, None))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::all()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri)
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn set_level(&self, _: SetLevelRequestParams, _: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn subscribe(&self, _: SubscribeRequestParams, _: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(&self, _: UnsubscribeRequestParams, _: RequestContext<RoleServer>) -> Result<(), ErrorData> {
        Ok(())
    }
}

/// A value of the protocol, written as it stands on the wire.
fn wire<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}
