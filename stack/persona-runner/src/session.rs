//! An MCP session of one persona: the tools it has and the calls it makes.

use std::{collections::HashMap, time::Duration};

use http::{HeaderName, HeaderValue};
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation},
    service::{RunningService, ServiceError},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use secrecy::ExposeSecret;
use serde_json::Value;
use stack_api::{mcp::SPACE_HEADER, routes};
use url::Url;

use crate::{
    cut::CLOSE,
    login::LoggedIn,
    player::{Tool, ToolCall},
};

/// How long the gateway may take for its greeting and its list of tools.
const OPEN: Duration = Duration::from_secs(30);
/// How long one call may take.
const CALL: Duration = Duration::from_secs(60);

/// A session that is open.
pub(crate) struct Session {
    client: RunningService<RoleClient, ClientConfig>,
    tools: Vec<Tool>,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("cannot open an MCP session at {url}: {reason}")]
    Open { url: Url, reason: String },
    #[error("cannot list the tools at {url}: {reason}")]
    Tools { url: Url, reason: String },
}

/// A call that brought no result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CallError {
    /// The tool, or the gateway in its place, said no.
    Refused(String),
    /// The gateway was not reached, or did not answer: no further call has a chance.
    Lost(String),
}

impl Session {
    /// Opens a session in the persona's personal space.
    pub(crate) async fn open(http: reqwest::Client, mcp_url: &Url, persona: &LoggedIn) -> Result<Self, SessionError> {
        let url = mcp_url.join(routes::MCP).expect("routes are absolute paths");
        let failed = |reason: String| SessionError::Open { url: url.clone(), reason };
        let space = HeaderValue::from_str(&persona.space_id).map_err(|e| failed(e.to_string()))?;
        // The transport calls from a task of its own, which knows nothing of the day: its id is told here, once.
        let day = stack_trace::outgoing().into_iter().filter_map(|(name, value)| Some((name?, value)));
        let headers: HashMap<_, _> = day.chain([(HeaderName::from_static(SPACE_HEADER), space)]).collect();
        let transport = StreamableHttpClientTransport::with_client(
            http,
            StreamableHttpClientTransportConfig::with_uri(url.as_str())
                .auth_header(persona.access_token.expose_secret())
                .custom_headers(headers),
        );
        let name = Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let greeting = ClientConfig::new(ClientCapabilities::default(), name).serve(transport);
        let client = match tokio::time::timeout(OPEN, greeting).await {
            Ok(client) => client.map_err(|e| failed(e.to_string()))?,
            Err(_) => return Err(failed(format!("no greeting within {} seconds", OPEN.as_secs()))),
        };
        let failed = |reason: String| SessionError::Tools { url: url.clone(), reason };
        let tools = match tokio::time::timeout(OPEN, client.list_all_tools()).await {
            Ok(tools) => tools.map_err(|e| failed(e.to_string()))?,
            Err(_) => return Err(failed(format!("no list within {} seconds", OPEN.as_secs()))),
        };
        Ok(Self { client, tools: tools.into_iter().map(tool).collect() })
    }

    /// What the persona may call.
    pub(crate) fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// Calls a tool and gives what it answered, as data where it can be read so.
    pub(crate) async fn call(&self, call: &ToolCall) -> Result<Value, CallError> {
        let params = CallToolRequestParams::new(call.tool.clone()).with_arguments(call.input.clone());
        match tokio::time::timeout(CALL, self.client.call_tool(params)).await {
            Ok(Ok(result)) => outcome(result),
            // The server understood the request and says no: an unknown tool, say. Another call may do better.
            Ok(Err(ServiceError::McpError(error))) => Err(CallError::Refused(error.message.into_owned())),
            Ok(Err(error)) => Err(CallError::Lost(error.to_string())),
            Err(_) => Err(CallError::Lost(format!("no answer within {} seconds", CALL.as_secs()))),
        }
    }

    /// Says goodbye; a gateway that does not answer is left alone.
    pub(crate) async fn close(mut self) {
        match self.client.close_with_timeout(CLOSE).await {
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the MCP session did not close cleanly"),
        }
    }
}

fn tool(tool: rmcp::model::Tool) -> Tool {
    Tool {
        name: tool.name.into_owned(),
        description: tool.description.map(std::borrow::Cow::into_owned).unwrap_or_default(),
        input_schema: Value::Object((*tool.input_schema).clone()),
    }
}

fn outcome(result: CallToolResult) -> Result<Value, CallError> {
    let text = || {
        let parts = result.content.iter().filter_map(|part| part.as_text()).map(|part| part.text.as_str());
        parts.collect::<Vec<_>>().join("\n")
    };
    if result.is_error == Some(true) {
        return Err(CallError::Refused(text()));
    }
    Ok(match &result.structured_content {
        Some(value) => value.clone(),
        None => serde_json::from_str(&text()).unwrap_or_else(|_| Value::String(text())),
    })
}

#[cfg(test)]
mod tests {
    use rmcp::model::ContentBlock;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_is_read_as_data_where_it_can_be() {
        let text = |text: &str| CallToolResult::success(vec![ContentBlock::text(text)]);
        assert_eq!(outcome(CallToolResult::structured(json!({"id": "1"}))), Ok(json!({"id": "1"})));
        assert_eq!(outcome(text("[1, 2]")), Ok(json!([1, 2])));
        assert_eq!(outcome(text("done")), Ok(json!("done")));
        let refused = CallToolResult::error(vec![ContentBlock::text("todo.create: title: too short")]);
        assert_eq!(outcome(refused), Err(CallError::Refused("todo.create: title: too short".into())));
    }
}
