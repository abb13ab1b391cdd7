//! A plain MCP client.

use std::{collections::HashMap, error::Error};

use rmcp::{
    RoleClient, ServiceExt as _,
    model::{CallToolRequestParams, CallToolResult},
    service::RunningService,
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};

use crate::program::Up;

/// A session of the official client.
pub(crate) struct Session(RunningService<RoleClient, ()>);

impl Session {
    /// Begins one at this gateway, with these headers beside the token's.
    pub(crate) async fn open(mcp: &str, token: &str, headers: &[(&str, &str)]) -> Result<Self, Box<dyn Error>> {
        let bearer = format!("Bearer {token}");
        let headers = headers.iter().copied().chain([("authorization", bearer.as_str())]);
        let headers: HashMap<_, _> =
            headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let config = StreamableHttpClientTransportConfig::with_uri(format!("{mcp}/mcp")).custom_headers(headers);
        Ok(Self(().serve(StreamableHttpClientTransport::from_config(config)).await?))
    }

    /// One tool call.
    pub(crate) async fn call(
        &self,
        tool: &'static str,
        arguments: &serde_json::Value,
    ) -> Result<CallToolResult, Box<dyn Error>> {
        let request = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
        Ok(self.0.call_tool(request).await?)
    }

    pub(crate) async fn close(self) {
        self.0.cancel().await.unwrap();
    }
}

/// One tool call that works, in a session of its own.
pub(crate) async fn call(
    up: &Up,
    token: &str,
    headers: &[(&str, &str)],
    tool: &'static str,
    arguments: serde_json::Value,
) {
    let session = Session::open(&up.addresses.mcp, token, headers).await.unwrap();
    let result = session.call(tool, &arguments).await.unwrap();
    assert_ne!(result.is_error, Some(true), "{result:?}");
    session.close().await;
}
