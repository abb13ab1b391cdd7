//! A day with a language model that speaks OpenAI's chat completions.

use serde_json::{Value, json};
use stack_api::{personas::ActionResult, runner::TickReport};
use stack_persona_runner::Provider;

use crate::{
    model_server::{
        ModelServer, Reply,
        openai::{calls, error_event, rules, text},
        refusal,
    },
    rig::{Rig, token},
};

const RATING: &str = r#"{"ratings":[{"module":"todo","rating":5,"notes":"Läuft."}]}"#;
const TASK: (usize, &str, &str, &str) = (0, "call_a", "todo_create", r#"{"title":"Milch kaufen"}"#);

async fn play(script: Vec<Reply>) -> (ModelServer, Rig, TickReport) {
    let server = ModelServer::start(rules, script).await;
    let rig = Rig::with_model(Provider::OpenAi, &server.url, |model| model.model = "gpt-test".to_owned()).await;
    let report = rig.tick().await;
    assert_eq!(report.failed, []);
    (server, rig, report)
}

fn results(request: &Value) -> Vec<Value> {
    request["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "tool").cloned().collect()
}

#[tokio::test]
async fn a_model_lives_a_day_with_parallel_calls() {
    let (server, rig, report) = play(vec![
        Reply::Stream(calls(&[TASK, (1, "call_b", "notes_create", r#"{"title":"Öl — 3 €"}"#)])),
        Reply::Stream(calls(&[(0, "call_c", "todo_create", r#"{"title":""}"#)])),
        text("Fertig für heute.", "stop"),
        text(RATING, "stop"),
    ])
    .await;
    assert_eq!(report.player, "openai:gpt-test");
    let day = &report.days[0];
    assert_eq!((day.actions, day.errors, day.ratings, day.tokens), (3, 1, 1, 4 * 135));
    assert_eq!(rig.gateway.calls_of(&token("anna"))[1].input["title"], "Öl — 3 €");
    let requests = server.requests();
    assert_eq!(requests[3]["tool_choice"], json!("none"));
    assert_eq!(results(&requests[2])[2]["content"], "Fehler: todo.create: title is too short");
    let (_, metrics) = rig.get("/metrics").await;
    let row = "mana_persona_tokens_total{player=\"openai:gpt-test\",kind=\"cache_read\"} 400\n";
    assert!(metrics.as_str().unwrap().contains(row), "{metrics}");
}

#[tokio::test]
async fn what_may_pass_is_asked_again() {
    let whole = calls(&[TASK]);
    let (server, rig, _) = play(vec![
        Reply::Status(429, vec![("retry-after-ms", "1")], json!({"error": {"type": "requests", "message": "Slow"}})),
        refusal(503, "server_error", "The engine is overloaded"),
        error_event(),
        Reply::Cut(whole[..whole.len() - 40].to_owned()),
        Reply::Stream(whole.replace("data: [DONE]\n\n", "")),
        Reply::Stream(whole),
        text("Fertig.", "stop"),
        text(RATING, "stop"),
    ])
    .await;
    assert_eq!(rig.gateway.calls_of(&token("anna")).len(), 1);
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn servers_that_only_resemble_it_are_understood() {
    // Arguments that are no object; a list of calls that begins at 1, which the wire crate fills up with a copy.
    let (server, rig, _) = play(vec![
        Reply::Stream(calls(&[(0, "call_a", "todo_create", "[\"Milch\"]")])),
        Reply::Stream(calls(&[(1, "call_b", "todo_create", r#"{"title":"Brot"}"#)])),
        text("Ich erzähle und erzähle", "length"),
        text("", "stop"),
        text(RATING, "stop"),
    ])
    .await;
    let results: Vec<ActionResult> = rig.actions("anna").iter().map(|row| row.result).collect();
    assert_eq!(results, [ActionResult::Error, ActionResult::Ok]);
    assert_eq!(rig.gateway.calls_of(&token("anna")).len(), 1);
    assert_eq!(server.requests().len(), 5);
}
