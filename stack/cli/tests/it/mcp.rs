//! A plain MCP client.

use std::collections::HashMap;

use rmcp::{
    ServiceExt as _,
    model::CallToolRequestParams,
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};

use crate::program::Up;

/// One tool call by the official client, with these headers beside the token's.
pub(crate) async fn call(
    up: &Up,
    token: &str,
    headers: &[(&str, &str)],
    tool: &'static str,
    arguments: serde_json::Value,
) {
    let bearer = format!("Bearer {token}");
    let headers = headers.iter().copied().chain([("authorization", bearer.as_str())]);
    let headers: HashMap<_, _> = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let config =
        StreamableHttpClientTransportConfig::with_uri(format!("{}/mcp", up.addresses.mcp)).custom_headers(headers);
    let client = ().serve(StreamableHttpClientTransport::from_config(config)).await.unwrap();
    let request = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    let result = client.call_tool(request).await.unwrap();
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.cancel().await.unwrap();
}
