//! A day with a language model that speaks the Messages API, and all that can go wrong with it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stack_api::{
    personas::{ActionResult, PARSE_MODULE},
    runner::TickReport,
};
use stack_persona_runner::{ModelConfig, Provider};

use crate::{
    model_server::{
        ModelServer, Reply,
        anthropic::{Block, error_event, rules, says, stream, text, too_long, torn},
        refusal,
    },
    rig::{Rig, email, token},
};

const RATING: &str = r#"[{"module":"todo","rating":4,"notes":"Geht schnell."}]"#;

fn task() -> Block {
    Block::Tool("toolu_1", "todo_create", r#"{"title":"Milch kaufen"}"#)
}

/// A day of one task, with its end and its rating.
fn rest_of_a_day() -> Vec<Reply> {
    vec![says(&[task()], "tool_use"), text("Fertig."), text(RATING)]
}

async fn rig_of(server: &ModelServer, change: impl FnOnce(&mut ModelConfig)) -> Rig {
    Rig::with_model(Provider::Anthropic, &server.url, change).await
}

/// Plays one day of Anna's by this script.
async fn play(script: Vec<Reply>) -> (ModelServer, Rig, TickReport) {
    let server = ModelServer::start(rules, script).await;
    let rig = rig_of(&server, |_| ()).await;
    let report = rig.tick().await;
    (server, rig, report)
}

/// The one day that went well.
fn lived(report: &TickReport) {
    assert_eq!((report.ran_successfully, &report.failed[..]), (1, &[][..]));
}

/// The results that a request brings, in order.
fn results(request: &Value) -> Vec<Value> {
    let messages = request["messages"].as_array().unwrap();
    let blocks = messages.iter().filter_map(|message| message["content"].as_array()).flatten();
    blocks.filter(|block| block["type"] == "tool_result").cloned().collect()
}

fn last_said(request: &Value) -> String {
    let message = request["messages"].as_array().unwrap().last().unwrap();
    message["content"].as_str().map_or_else(|| message["content"].to_string(), str::to_owned)
}

#[tokio::test]
async fn a_model_lives_a_day_and_rates_it() {
    let note = Block::Tool("toolu_2", "notes_create", r#"{"title":"Öl — 3 €"}"#);
    let (server, rig, report) = play(vec![
        says(&[Block::Text("Erst das Wichtigste. "), task(), note], "tool_use"),
        says(&[Block::Tool("toolu_3", "journal_add", r#"{"content":"Müde."}"#)], "tool_use"),
        text("Genug für heute."),
        text("Gern:\n```json\n[{\"module\":\"todo\",\"rating\":4},{\"module\":\"notes\",\"rating\":\"2/5\"}]\n```"),
    ])
    .await;
    lived(&report);
    assert_eq!(report.player, "anthropic:claude-test");
    let day = &report.days[0];
    assert_eq!((day.actions, day.errors, day.ratings), (3, 0, 2));
    assert_eq!(day.tokens, 4 * (20 + 1000 + 300 + 15));

    let rows = rig.actions("anna");
    let tools: Vec<&str> = rows.iter().map(|row| row.tool_name.as_str()).collect();
    assert_eq!(tools, ["todo.create", "notes.create", "journal.add"]);
    assert!(rows.iter().all(|row| row.tick_id.starts_with("anthropic:claude-test-")), "{rows:?}");
    // printf '{"title":"Milch kaufen"}' | sha256sum
    assert_eq!(rows[0].input_hash.as_deref(), Some("01d39399956699c5"));
    let ratings: Vec<_> = rig.feedback("anna").into_iter().map(|row| (row.module, row.rating)).collect();
    assert_eq!(ratings, [("todo".to_owned(), 4), ("notes".to_owned(), 2)]);
    assert_eq!(rig.gateway.calls_of(&token("anna"))[1].input["title"], "Öl — 3 €");

    let (_, metrics) = rig.get("/metrics").await;
    let metrics = metrics.as_str().unwrap();
    for (kind, count) in [("input", 80), ("cache_read", 1200), ("cache_write", 4000), ("output", 60)] {
        let row = format!("mana_persona_tokens_total{{player=\"anthropic:claude-test\",kind=\"{kind}\"}} {count}\n");
        assert!(metrics.contains(&row), "{metrics}");
    }
    assert!(metrics.contains("mana_persona_model_answers_total{result=\"ok\"} 4\n"), "{metrics}");
    assert!(metrics.contains("mana_persona_model_repetitions_total 0\n"), "{metrics}");

    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    for (request, choice) in requests.iter().zip([json!(null), json!(null), json!(null), json!({"type": "none"})]) {
        assert_eq!(request["tool_choice"], choice);
        assert_eq!(request["tools"], requests[0]["tools"]);
        assert_eq!(request["system"], requests[0]["system"]);
        let system = request["system"].as_array().unwrap();
        assert_eq!(system.last().unwrap()["cache_control"], json!({"type": "ephemeral"}));
        assert!(system[0]["text"].as_str().unwrap().starts_with("Du bist anna."), "{system:?}");
    }
    let tool = requests[0]["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "todo_create").unwrap();
    assert_eq!(tool["description"], "Does todo.create.");
    let begin = last_said(&requests[0]);
    for part in ["Freitag, der 20.11.2026", "journal (30 %)", "2026-11-19: 1× todo.create", "Zu viele Felder."] {
        assert!(begin.contains(part), "{part} in {begin}");
    }
    assert!(last_said(&requests[3]).contains("todo, notes, journal"));
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_nothing_is_done_twice() {
    let overloaded = refusal(529, "overloaded_error", "Overloaded");
    let slow_down = Reply::Status(429, vec![("retry-after", "0")], json!({"error": {"type": "rate_limit_error"}}));
    let mut script = vec![
        overloaded.clone(),
        slow_down,
        refusal(500, "api_error", "Internal server error"),
        error_event("overloaded_error"),
        Reply::Cut(torn()),
        Reply::Stream(torn()),
    ];
    script.extend(rest_of_a_day());
    script.insert(script.len() - 1, overloaded);
    let (server, rig, report) = play(script).await;
    lived(&report);
    assert_eq!(rig.actions("anna").len(), 1);
    assert_eq!(rig.gateway.calls_of(&token("anna")).len(), 1);
    let (_, metrics) = rig.get("/metrics").await;
    assert!(metrics.as_str().unwrap().contains("mana_persona_model_repetitions_total 7\n"), "{metrics}");
    let requests = server.requests();
    assert!(requests[..7].iter().all(|request| *request == requests[0]), "the same question each time");
}

#[tokio::test]
async fn a_server_that_hangs_drips_or_lies_about_its_length_is_asked_again() {
    let whole = stream(&[task()], "tool_use");
    let lost = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".len();
    let mut script = vec![
        Reply::Hang,
        Reply::Silent(torn()),
        Reply::Drip,
        Reply::TooShort(whole.clone(), lost + 20),
        Reply::TooLong(torn(), 1000),
    ];
    script.extend(rest_of_a_day());
    let server = ModelServer::start(rules, script).await;
    let rig = rig_of(&server, |model| model.patience.quiet = Duration::from_secs(2)).await;
    lived(&rig.tick().await);
    assert_eq!(rig.gateway.calls_of(&token("anna")).len(), 1);
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn patience_has_an_end_and_others_go_on() {
    let server = ModelServer::start(rules, vec![refusal(529, "overloaded_error", "Overloaded"); 3]).await;
    let rig = rig_of(&server, |model| model.patience.repetitions = 2).await;
    rig.auth.lock().unwrap().lived.retain(|name| name != "ben");
    rig.auth.lock().unwrap().locked_out.push("ben".to_owned());
    let report = rig.tick().await;
    assert_eq!((report.ran_successfully, report.failed.len()), (0, 2));
    let anna = report.failed.iter().find(|failure| failure.persona == email("anna")).unwrap();
    assert!(anna.error.contains("claude-test: it answered 529") && anna.error.contains("Overloaded"), "{anna:?}");
    assert!(report.failed.iter().any(|failure| failure.error.starts_with("cannot log in")), "{report:?}");
    assert_eq!(rig.auth.lock().unwrap().writes_tried, 0);
    server.requests();
}

#[tokio::test]
async fn a_lasting_no_and_a_pause_beyond_patience_are_not_argued_with() {
    let wait = Reply::Status(429, vec![("retry-after", "3600")], json!({"error": {"type": "rate_limit_error"}}));
    for (reply, expected) in [
        (refusal(401, "authentication_error", "invalid x-api-key"), "401"),
        (refusal(400, "invalid_request_error", "prompt is too long"), "prompt is too long"),
        (error_event("invalid_request_error"), "invalid_request_error"),
        (wait, "429"),
    ] {
        let (server, rig, report) = play(vec![reply]).await;
        assert_eq!(report.failed.len(), 1);
        assert!(report.failed[0].error.contains(expected), "{expected} in {}", report.failed[0].error);
        assert_eq!(server.requests().len(), 1);
        let (_, metrics) = rig.get("/metrics").await;
        assert!(metrics.as_str().unwrap().contains("mana_persona_model_answers_total{result=\"error\"} 1\n"));
    }
}

#[tokio::test]
async fn an_input_that_is_no_json_is_an_error_row_and_a_result_and_no_call() {
    let (server, rig, report) = play(vec![
        says(&[Block::Tool("toolu_1", "todo_create", r#"{"title": "Mil"#), task_called("toolu_2")], "tool_use"),
        text("Gut."),
        text(RATING),
    ])
    .await;
    lived(&report);
    let rows = rig.actions("anna");
    assert_eq!(rows.iter().map(|row| row.result).collect::<Vec<_>>(), [ActionResult::Error, ActionResult::Ok]);
    let message = rows[0].error_message.as_ref().unwrap();
    assert_eq!(message, "todo.create: the input is no JSON object: {\"title\": \"Mil");
    assert_eq!(rig.gateway.calls_of(&token("anna")).len(), 1);
    let results = results(&server.requests()[1]);
    assert_eq!(results[0]["is_error"], json!(true));
    assert!(results[0]["content"].as_str().unwrap().contains("no JSON object"), "{results:?}");
    assert_eq!(results[1].get("is_error"), None);
}

fn task_called(id: &'static str) -> Block {
    Block::Tool(id, "todo_create", r#"{"title":"Brot kaufen"}"#)
}

#[tokio::test]
async fn a_tools_no_is_told_to_the_model_as_one() {
    let (server, rig, report) = play(vec![
        says(&[Block::Tool("toolu_1", "todo_create", r#"{"title":""}"#)], "tool_use"),
        says(&[Block::Tool("toolu_2", "mail_send", "")], "tool_use"),
        text("Dann nicht."),
        text(RATING),
    ])
    .await;
    lived(&report);
    let results = results(&server.requests()[2]);
    assert_eq!(results[0]["content"], "todo.create: title is too short");
    assert_eq!(results[0]["is_error"], json!(true));
    assert_eq!(rig.actions("anna")[1].tool_name, "mail_send", "a tool that was never offered is a row as well");
}

#[tokio::test]
async fn an_answer_that_was_cut_at_its_longest_is_asked_for_in_short() {
    let mut script = vec![too_long(&Block::Tool("toolu_0", "notes_create", r#"{"content":"Es war einmal"#))];
    script.extend(rest_of_a_day());
    let (server, rig, report) = play(script).await;
    lived(&report);
    assert_eq!(rig.actions("anna").len(), 1, "the call that was cut off is none");
    assert!(last_said(&server.requests()[1]).contains("zu lang"));
}

#[tokio::test]
async fn a_pause_is_gone_on_from() {
    let mut script = vec![says(&[Block::Text("Ich überlege noch … ")], "pause_turn")];
    script.extend(rest_of_a_day());
    let (server, _, report) = play(script).await;
    lived(&report);
    let requests = server.requests();
    let last = requests[1]["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({ "role": "assistant", "content": "Ich überlege noch …" }));
}

#[tokio::test]
async fn a_refusal_ends_the_day_and_is_not_repeated_to_the_model() {
    let no = || says(&[Block::Text("Das kann ich nicht.")], "refusal");
    let (server, rig, report) = play(vec![says(&[task()], "tool_use"), no(), text(RATING)]).await;
    lived(&report);
    assert_eq!((rig.actions("anna").len(), rig.feedback("anna").len()), (1, 1));
    assert!(!server.requests()[2].to_string().contains("Das kann ich nicht"));

    let (server, rig, report) = play(vec![no()]).await;
    assert!(report.failed[0].error.ends_with("the model refused to begin the day"), "{report:?}");
    assert_eq!((server.requests().len(), rig.actions("anna").len()), (1, 0));
}

#[tokio::test]
async fn a_day_has_fifteen_turns_and_a_rating() {
    let more = |n: usize| {
        let id: &'static str = Box::leak(format!("toolu_{n}").into_boxed_str());
        says(&[task_called(id)], "tool_use")
    };
    let mut script: Vec<Reply> = (0..15).map(more).collect();
    script.push(text(RATING));
    let (server, rig, report) = play(script).await;
    lived(&report);
    assert_eq!((rig.actions("anna").len(), server.requests().len()), (15, 16));
}

#[tokio::test]
async fn a_spent_budget_ends_the_main_turn() {
    let server = ModelServer::start(rules, vec![says(&[task()], "tool_use"), text(RATING)]).await;
    let rig = rig_of(&server, |model| model.tokens_a_day = 1335).await;
    let report = rig.tick().await;
    lived(&report);
    assert_eq!((report.days[0].tokens, report.days[0].ratings), (2 * 1335, 1));
    server.requests();
}

#[tokio::test]
async fn a_rating_that_nobody_can_read_is_one_row() {
    for answer in ["Alles gut heute.", ""] {
        let (_, rig, report) = play(vec![says(&[task()], "tool_use"), text("Fertig."), text(answer)]).await;
        lived(&report);
        let rows = rig.feedback("anna");
        assert_eq!((rows.len(), rows[0].module.as_str(), rows[0].rating), (1, PARSE_MODULE, 3));
        assert!(rows[0].notes.as_ref().unwrap().ends_with(answer), "{rows:?}");
    }
}

#[tokio::test]
async fn a_stop_ends_a_day_whose_model_thinks_and_stores_what_was_done() {
    let server = ModelServer::start(rules, vec![says(&[task()], "tool_use"), Reply::Silent(torn())]).await;
    let rig = rig_of(&server, |_| ()).await;
    let tick = {
        let url = rig.runner.join("/diag/tick").unwrap();
        tokio::spawn(async move { reqwest::Client::new().post(url).send().await.unwrap().json().await.unwrap() })
    };
    tokio::time::timeout(Duration::from_secs(20), server.silent.notified()).await.expect("the model thinks");
    let start = Instant::now();
    rig.stop.cancel();
    tokio::time::timeout(Duration::from_secs(3), rig.task).await.expect("within three seconds").unwrap();
    assert!(start.elapsed() < Duration::from_secs(3));
    let report: TickReport = tick.await.unwrap();
    assert!(report.failed[0].error.contains("cut after 1 calls"), "{report:?}");
    assert_eq!(rig.auth.lock().unwrap().actions["anna"].len(), 1);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn without_its_key_a_hosted_model_does_not_play_and_the_rest_answers() {
    let mut model = None;
    let server = ModelServer::start(rules, []).await;
    let _other = rig_of(&server, |config| model = Some(config.clone())).await;
    let mut model = model.unwrap();
    model.base_url = Provider::Anthropic.hosted_at();
    model.key = None;
    let rig = Rig::with(|config| {
        config.player = stack_persona_runner::PlayerConfig::Model(Box::new(model));
        config.interval = Duration::from_millis(10);
    })
    .await;
    assert_eq!(rig.get("/health").await.0, 200);
    assert_eq!(rig.get("/diag/login?email=persona.anna@mana.test").await.0, 200);
    let (status, body) = rig.post("/diag/tick").await;
    assert_eq!(status, 503);
    assert!(body["error"].as_str().unwrap().contains("ANTHROPIC_API_KEY"), "{body}");
    rig.stop.cancel();
    rig.task.await.unwrap();
    assert!(rig.gateway.calls.lock().unwrap().is_empty());
}
