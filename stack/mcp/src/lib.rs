//! The MCP gateway: the tools of the registry over Streamable HTTP, for agents that act as a user.
//!
//! The protocol is the official SDK's. What is ours stands before it and behind it: `gate` admits a request (token,
//! session, space), `sessions` keeps each session to the user who opened it, `server` hands calls to the registry; `at_hand` spares the SDK the calls
//! whose answer is there at once.
//! Nobody gets in without a user's own token; there is no key for services.

mod at_hand;
mod gate;
mod origins;
mod progress;
mod server;
mod sessions;

use std::{sync::Arc, time::Duration};

use axum::{Router, middleware};
use rmcp::{
    ServerHandler,
    transport::{StreamableHttpServerConfig, StreamableHttpService},
};
use stack_api::{Health, RegistryHealth, mcp::BODY_MAX, routes};
use stack_http::{Clock, Memberships, Need, Operations, TokenVerifier};
use stack_registry::{Registry, Services};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::sessions::BoundSessions;
pub use sessions::SessionLimits;
pub use stack_registry::PolicyMode;

/// How long a call to auth or sync may take.
const CALL: Duration = Duration::from_secs(30);
/// How often keys whose time is over are dropped.
const SWEEP: Duration = Duration::from_secs(15);

/// What the gateway needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Base URL of auth, as it stands in tokens.
    pub auth_url: Url,
    /// Base URL of sync.
    pub sync_url: Url,
    /// Web pages that may call the gateway from a browser.
    pub allowed_origins: Vec<Url>,
    /// Base URL under which clients reach the gateway; requests to another host are refused.
    pub public_url: Url,
    /// What becomes of calls that come too often.
    pub policy_mode: PolicyMode,
    /// The stack's clock.
    pub clock: Clock,
    /// Ends sessions and streams.
    pub stop: CancellationToken,
}

/// Why the gateway cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum McpError {
    /// A URL that no service can be reached under.
    #[error("{url} is no base URL of a service; it needs a scheme and a host, such as http://localhost:3069")]
    BaseUrl {
        /// The URL.
        url: Url,
    },
    /// No HTTP client can be made.
    #[error("cannot make an HTTP client: {0}")]
    HttpClient(reqwest::Error),
}

/// The gateway with the tools of every module.
///
/// # Errors
/// When a URL of the configuration is unusable.
pub async fn router(config: Config) -> Result<Router, McpError> {
    router_with(config, Registry::standard(), SessionLimits::default()).await
}

/// The gateway with a chosen set of tools and limits.
///
/// # Errors
/// As [`router`].
// Async although it awaits nothing: it starts a task, so it must run where there is a runtime.
pub async fn router_with(config: Config, registry: Registry, limits: SessionLimits) -> Result<Router, McpError> {
    let http = http_client(&config)?;
    let services = Arc::new(Services::new(config.auth_url.clone(), config.sync_url.clone(), http.clone()));
    tokio::spawn(sweep_keys(Arc::clone(&services), config.clock, config.stop.clone()));

    let health = Health { registry: Some(RegistryHealth { loaded: true, tools: registry.len() }), ..Health::ok("mcp") };
    let needs = [("auth", &config.auth_url), ("sync", &config.sync_url)]
        .map(|(name, url)| Need::service(name, url, http.clone()));
    let operations = Operations::telling("mcp", health, needs.into(), String::new);
    let server = server::Server::new(registry, config.policy_mode, services, config.clock);
    let sessions = Arc::new(BoundSessions::new(limits));
    let at_hand = at_hand::AtHand::new(server.clone(), Arc::clone(&sessions), origins::hosts(&config.public_url));
    let mcp = protocol(&config, &sessions, server)
        .route_layer(middleware::from_fn_with_state(Arc::new(at_hand), at_hand::answer));
    let router = guarded(&config, http, sessions, mcp).merge(operations.routes());
    Ok(operations.watch(router.layer(origins::cors(&config.allowed_origins))))
}

/// Another server of the protocol behind the gateway's own gate, sessions and transport. What the protocol's official
/// conformance suite asks for besides tools is mounted by it: that suite judges what is shared here.
///
/// # Errors
/// As [`router`].
pub fn router_serving(
    config: &Config,
    limits: SessionLimits,
    server: impl ServerHandler + Clone,
) -> Result<Router, McpError> {
    let sessions = Arc::new(BoundSessions::new(limits));
    let mcp = protocol(config, &sessions, server);
    Ok(guarded(config, http_client(config)?, sessions, mcp).layer(origins::cors(&config.allowed_origins)))
}

/// Checks the URLs that everything here calls or answers under.
fn http_client(config: &Config) -> Result<reqwest::Client, McpError> {
    for url in [&config.auth_url, &config.sync_url, &config.public_url] {
        if !url.has_host() {
            return Err(McpError::BaseUrl { url: url.clone() });
        }
    }
    reqwest::Client::builder().timeout(CALL).build().map_err(McpError::HttpClient)
}

/// The endpoint as the SDK has it: transport, sessions, and a server behind them.
fn protocol(config: &Config, sessions: &Arc<BoundSessions>, server: impl ServerHandler + Clone) -> Router {
    let transport = StreamableHttpServerConfig::default()
        .with_allowed_hosts(origins::hosts(&config.public_url))
        .with_allowed_origins(origins::origins(&config.public_url, &config.allowed_origins))
        .enforce_origin_validation()
        .with_max_request_body_bytes(BODY_MAX)
        .with_sse_retry(Some(sessions::RETRY))
        .with_cancellation_token(config.stop.clone());
    let mcp = StreamableHttpService::new(move || Ok(server.clone()), Arc::clone(sessions), transport);
    Router::new().route_service(routes::MCP, mcp)
}

/// The endpoint behind its gate.
fn guarded(config: &Config, http: reqwest::Client, sessions: Arc<BoundSessions>, mcp: Router) -> Router {
    let gate = gate::Gate {
        tokens: TokenVerifier::new(&config.auth_url, http.clone(), config.clock),
        memberships: Memberships::new(&config.auth_url, http),
        sessions,
    };
    mcp.route_layer(middleware::from_fn_with_state(Arc::new(gate), gate::admit))
}

/// A key is wiped when its time is over, also that of a user who calls no more.
async fn sweep_keys(services: Arc<Services>, clock: Clock, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
        services.master_keys.drop_stale(clock.now());
    }
    services.master_keys.clear();
}
