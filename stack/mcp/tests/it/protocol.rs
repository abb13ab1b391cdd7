//! The protocol's own rules: versions, what is not offered, and faults that stay results.

use rmcp::{
    ClientServiceExt, ServiceError,
    model::{CallToolRequestParams, ErrorCode, ProtocolVersion},
    service::ClientLifecycleMode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stack_mcp::SessionLimits;
use stack_registry::{Effect, Registry, ToolSpec, modules};

use crate::rig::{initialize, message, rig, rig_with};

#[tokio::test]
async fn every_version_with_a_handshake_is_spoken() {
    let rig = rig().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let answer = rig.post(&[("authorization", &rig.bearer("anna"))], initialize(version)).await;
        assert!(answer.headers().contains_key("mcp-session-id"), "{version}");
        let result = &message(answer).await["result"];
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["capabilities"], json!({"tools": {}}));
    }
    let answer = rig.post(&[("authorization", &rig.bearer("anna"))], initialize("1999-01-01")).await;
    assert_eq!(message(answer).await["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn the_newest_version_is_spoken_without_a_session() {
    let rig = rig().await;
    let newest = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
    let client = ().serve_with_lifecycle(rig.transport("anna", &[]), newest).await.unwrap();
    assert_eq!(client.list_all_tools().await.unwrap().len(), Registry::standard().len());
    let call = CallToolRequestParams::new("habits.create")
        .with_arguments(json!({"title": "Lesen"}).as_object().unwrap().clone());
    let result = client.call_tool(call).await.unwrap();
    assert_eq!(result.structured_content.unwrap()["habit"]["title"], "Lesen");
    let result = client.call_tool(CallToolRequestParams::new("habits.creat")).await.unwrap();
    assert_eq!(result.is_error, Some(true));
    assert_eq!(rig.sync.last().user, "anna");
}

#[tokio::test]
async fn unknown_tools_and_bad_arguments_are_results_that_name_tool_field_and_reason() {
    let rig = rig().await;
    let anna = rig.connect("anna").await;
    let cases = [
        ("todo.creat", json!({"title": "x"}), "todo.creat: no such tool; did you mean todo.create?"),
        ("todo.create", json!({}), "todo.create: title: is missing"),
        ("todo.create", json!({"titel": "x", "title": "y"}), "todo.create: titel: no such field; did you mean title?"),
        ("todo.create", json!({"title": 5}), "todo.create: title: is a number; must be a string"),
        ("notes.search", json!({"limit": 101}), "notes.search: limit: is 101; at most 100 is allowed"),
    ];
    for (tool, arguments, expected) in cases {
        assert_eq!(anna.fault(tool, arguments).await, expected);
    }
    assert!(rig.sync.pushed().is_empty());
}

#[tokio::test]
async fn arguments_that_are_no_object_are_a_result_too() {
    let rig = rig().await;
    let (anna, session) = (rig.bearer("anna"), rig.open_session("anna").await);
    let headers = [("authorization", anna.as_str()), ("mcp-session-id", &session)];
    let call = async |params: Value| {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
        message(rig.post(&headers, body).await).await
    };
    for (arguments, kind) in [(json!([1]), "an array"), (json!("x"), "a string"), (json!(5), "a number")] {
        let answer = call(json!({"name": "todo.list", "arguments": arguments})).await;
        assert_eq!(answer["id"], 7);
        assert_eq!(answer["result"]["isError"], json!(true), "{answer}");
        let expected = format!("todo.list: arguments: is {kind}; must be an object");
        assert_eq!(answer["result"]["content"], json!([{"type": "text", "text": expected}]));
        assert_eq!(answer["result"].get("resultType"), None, "this version knows no such field");
    }
    assert_eq!(call(json!({"name": 5})).await["error"]["code"], -32602, "a call without a name is no call");
    let absent = call(json!({"name": "todo.list"})).await;
    assert_eq!(absent["result"]["structuredContent"], json!({"tasks": []}), "{absent}");
}

#[tokio::test]
async fn what_is_not_offered_is_not_found() {
    let rig = rig().await;
    let anna = rig.connect("anna").await;
    let check = |answer: Result<(), ServiceError>| match answer {
        Err(ServiceError::McpError(error)) => assert_eq!(error.code, ErrorCode::METHOD_NOT_FOUND),
        other => panic!("{other:?}"),
    };
    check(anna.client.list_prompts(None).await.map(drop));
    check(anna.client.list_resources(None).await.map(drop));
    check(anna.client.list_resource_templates(None).await.map(drop));
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Nothing {}

#[tokio::test]
async fn tools_for_operators_and_tools_that_lose_data_are_neither_listed_nor_callable() {
    let harmless =
        |name, effect| ToolSpec::new(name, effect, "For the test.", |Nothing {}: Nothing, _| async { Ok(Nothing {}) });
    let mut tools = modules::all();
    tools.push(harmless("admin.purge", Effect::Write).for_admins());
    tools.push(harmless("todo.erase", Effect::Destructive));
    tools.push(harmless("test.echo", Effect::Read));
    let rig = rig_with(Registry::new(tools).unwrap(), SessionLimits::default()).await;
    let anna = rig.connect("anna").await;
    let names: Vec<_> = anna.tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(names.len(), modules::all().len() + 1);
    assert!(!names.contains(&"admin.purge") && !names.contains(&"todo.erase"), "{names:?}");
    anna.call("test.echo", json!({})).await;
    for hidden in ["admin.purge", "todo.erase"] {
        let told = anna.fault(hidden, json!({})).await;
        assert!(told.starts_with(&format!("{hidden}: no such tool; ")), "{told}");
    }
}
