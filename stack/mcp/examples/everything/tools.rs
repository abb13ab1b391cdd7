//! The tools that the suite calls by name.

use std::{sync::Arc, time::Duration};

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock, ProtocolVersion,
        ServerNotification, ServerRequest, Tool,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};

use crate::{
    resources::{PIXEL, SILENCE},
    rounds, wire,
};

/// The pause that the suite asks for between two notifications of one call.
const STEP: Duration = Duration::from_millis(50);

/// Name, and the one argument it needs if any.
const TOOLS: [(&str, Option<&str>); 23] = [
    ("test_simple_text", None),
    ("test_image_content", None),
    ("test_audio_content", None),
    ("test_embedded_resource", None),
    ("test_multiple_content_types", None),
    ("test_error_handling", None),
    ("test_tool_with_logging", None),
    ("test_tool_with_progress", None),
    ("test_sampling", Some("prompt")),
    ("test_elicitation", Some("message")),
    ("test_elicitation_sep1034_defaults", None),
    ("test_elicitation_sep1330_enums", None),
    ("test_logging_tool", None),
    ("test_missing_capability", None),
    ("test_streaming_elicitation", None),
    ("test_input_required_result_elicitation", None),
    ("test_input_required_result_sampling", None),
    ("test_input_required_result_list_roots", None),
    ("test_input_required_result_request_state", None),
    ("test_input_required_result_multiple_inputs", None),
    ("test_input_required_result_multi_round", None),
    ("test_input_required_result_tampered_state", None),
    ("test_input_required_result_capabilities", None),
];

pub(crate) fn all() -> Vec<Tool> {
    TOOLS.map(|(name, needed)| Tool::new(name, format!("For the suite: {name}"), Arc::new(schema(needed)))).into()
}

fn schema(needed: Option<&str>) -> Map<String, Value> {
    let mut properties = Map::new();
    if let Some(name) = needed {
        properties.insert(name.to_owned(), json!({"type": "string"}));
    }
    let required: Vec<&str> = needed.into_iter().collect();
    let schema = json!({"type": "object", "properties": properties, "required": required});
    schema.as_object().expect("this is an object").clone()
}

pub(crate) async fn call(
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    if let Some(answer) = rounds::answer(&request, context) {
        return answer;
    }
    let argument = |name| request.arguments.as_ref().and_then(|all| all.get(name)).cloned().unwrap_or_default();
    let text = |text: &str| CallToolResult::success(vec![ContentBlock::text(text)]);
    let result = match &*request.name {
        "test_simple_text" => text("This is a simple text response for testing."),
        "test_image_content" => CallToolResult::success(vec![ContentBlock::image(PIXEL, "image/png")]),
        "test_audio_content" => CallToolResult::success(vec![ContentBlock::audio(SILENCE, "audio/wav")]),
        "test_embedded_resource" => {
            let resource = json!({"type": "resource", "resource": {"uri": "test://embedded-resource",
                "mimeType": "text/plain", "text": "This is an embedded resource content."}});
            CallToolResult::success(vec![wire(resource)?])
        }
        "test_multiple_content_types" => {
            let resource = json!({"type": "resource", "resource": {"uri": "test://mixed-content-resource",
                "mimeType": "application/json", "text": r#"{"test":"data","value":123}"#}});
            let first = ContentBlock::text("Multiple content types test:");
            CallToolResult::success(vec![first, ContentBlock::image(PIXEL, "image/png"), wire(resource)?])
        }
        "test_error_handling" => {
            CallToolResult::error(vec![ContentBlock::text("This tool intentionally returns an error for testing")])
        }
        "test_tool_with_logging" => {
            for step in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                log(context, step).await?;
                tokio::time::sleep(STEP).await;
            }
            text("Logged three times.")
        }
        "test_logging_tool" => {
            // The newest version lets a server log only where the request asks for it.
            if context.meta.log_level().is_some() {
                log(context, "Asked for").await?;
            }
            text("Logged if it was asked for.")
        }
        "test_tool_with_progress" => {
            for progress in [0, 50, 100] {
                if let Some(token) = context.meta.get_progress_token() {
                    let params = json!({"progressToken": token, "progress": progress, "total": 100});
                    notify(context, json!({"method": "notifications/progress", "params": params})).await?;
                }
                tokio::time::sleep(STEP).await;
            }
            text("Progressed to the end.")
        }
        "test_sampling" => sample(context, &argument("prompt")).await?,
        "test_elicitation" => {
            let properties = json!({"username": {"type": "string", "description": "User's response"},
                "email": {"type": "string", "description": "User's email address"}});
            elicit(context, &argument("message"), properties, &["username", "email"]).await?
        }
        "test_elicitation_sep1034_defaults" => elicit(context, &json!("Check these"), defaults(), &[]).await?,
        "test_elicitation_sep1330_enums" => elicit(context, &json!("Choose"), choices(), &[]).await?,
        "test_missing_capability" => {
            if !capabilities(context).sampling {
                let needed: ClientCapabilities = wire(json!({"sampling": {}}))?;
                return Err(ErrorData::missing_required_client_capability(needed));
            }
            text("The client can sample.")
        }
        other => return Err(ErrorData::invalid_params(format!("no tool is named {other}"), None)),
    };
    Ok(result.into())
}

/// What a client said it can do.
#[derive(Clone, Copy)]
pub(crate) struct Capabilities {
    pub(crate) sampling: bool,
    pub(crate) elicitation: bool,
}

/// The newest version says it with each request, the others at the handshake.
pub(crate) fn capabilities(context: &RequestContext<RoleServer>) -> Capabilities {
    let is_modern = |version: ProtocolVersion| !version.has_initialize();
    let said = if context.protocol_version().is_some_and(is_modern) {
        context.meta.client_capabilities()
    } else {
        context.peer.peer_info().map(|info| info.capabilities.clone())
    };
    // By way of the wire: the fields themselves are deprecated in the SDK.
    let said = serde_json::to_value(said).unwrap_or_default();
    Capabilities { sampling: !said["sampling"].is_null(), elicitation: !said["elicitation"].is_null() }
}

async fn log(context: &RequestContext<RoleServer>, text: &str) -> Result<(), ErrorData> {
    notify(context, json!({"method": "notifications/message", "params": {"level": "info", "data": text}})).await
}

async fn notify(context: &RequestContext<RoleServer>, notification: Value) -> Result<(), ErrorData> {
    let notification: ServerNotification = wire(notification)?;
    let sent = context.peer.send_notification(notification).await;
    sent.map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// Asks the client something in the middle of the call, which versions with a handshake allow.
async fn ask(context: &RequestContext<RoleServer>, request: Value) -> Result<Value, ErrorData> {
    let internal = |error: String| ErrorData::internal_error(error, None);
    let request: ServerRequest = wire(request)?;
    let answer = context.peer.send_request(request).await.map_err(|error| internal(error.to_string()))?;
    serde_json::to_value(answer).map_err(|error| internal(error.to_string()))
}

async fn sample(context: &RequestContext<RoleServer>, prompt: &Value) -> Result<CallToolResult, ErrorData> {
    if !capabilities(context).sampling {
        return Ok(CallToolResult::error(vec![ContentBlock::text("the client does not sample")]));
    }
    let message = json!({"role": "user", "content": {"type": "text", "text": prompt}});
    let params = json!({"messages": [message], "maxTokens": 100});
    let answer = ask(context, json!({"method": "sampling/createMessage", "params": params})).await?;
    let said = answer["content"]["text"].as_str().unwrap_or_default();
    Ok(CallToolResult::success(vec![ContentBlock::text(format!("LLM response: {said}"))]))
}

async fn elicit(
    context: &RequestContext<RoleServer>,
    message: &Value,
    properties: Value,
    required: &[&str],
) -> Result<CallToolResult, ErrorData> {
    if !capabilities(context).elicitation {
        return Ok(CallToolResult::error(vec![ContentBlock::text("the client does not ask its user")]));
    }
    let schema = json!({"type": "object", "properties": properties, "required": required});
    let params = json!({"message": message, "requestedSchema": schema});
    let answer = ask(context, json!({"method": "elicitation/create", "params": params})).await?;
    let (action, content) = (answer["action"].as_str().unwrap_or_default(), &answer["content"]);
    let said = format!("User response: action={action}, content={content}");
    Ok(CallToolResult::success(vec![ContentBlock::text(said)]))
}

fn defaults() -> Value {
    json!({
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": true}
    })
}

fn choices() -> Value {
    let titled = |value: &str, title: &str| json!({"const": value, "title": title});
    json!({
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {"type": "string", "oneOf": [titled("value1", "First Option"),
            titled("value2", "Second Option"), titled("value3", "Third Option")]},
        "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"]},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
        "titledMulti": {"type": "array", "items": {"anyOf": [titled("value1", "First Choice"),
            titled("value2", "Second Choice"), titled("value3", "Third Choice")]}}
    })
}
