//! Routes, and what the runner does without a key, paused, and in production.

use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::rig::{Rig, until};

#[tokio::test]
async fn health_and_metrics_answer() {
    let rig = Rig::start().await;
    assert_eq!(rig.get("/health").await, (200, json!({ "status": "ok", "service": "runner" })));
    rig.tick().await;
    let (status, text) = rig.get("/metrics").await;
    let text = text.as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    assert!(text.contains("mana_persona_ticks_total 1\n"), "{text}");
    assert!(text.contains("mana_persona_days_total{result=\"ok\"} 3\n"), "{text}");
    assert!(text.contains("mana_persona_tool_calls_total{result=\"error\"} 1\n"), "{text}");
}

#[tokio::test]
async fn a_log_in_can_be_tried() {
    let rig = Rig::start().await;
    let (status, body) = rig.get("/diag/login?email=persona.anna@mana.test").await;
    assert_eq!((status, body), (200, json!({ "ok": true, "userId": "id-anna", "spaceId": "personal-anna" })));
    rig.auth.lock().unwrap().locked_out.push("ben".to_owned());
    let (status, body) = rig.get("/diag/login?email=persona.ben@mana.test").await;
    assert_eq!((status, &body["ok"]), (500, &json!(false)));
    assert!(body["error"].as_str().unwrap().contains("401"), "{body}");
    for (query, expected) in
        [("", "email is missing"), ("?email=", "email is missing"), ("?email=a@b.de", "a persona's ends")]
    {
        let (status, body) = rig.get(&format!("/diag/login{query}")).await;
        assert_eq!(status, 400);
        assert!(body["error"].as_str().unwrap().contains(expected), "{body}");
    }
}

/// Both have an interval that is over before their first request is answered. What they would have done by themselves
/// is seen on a runner beside them.
async fn a_runner_beside_has_played() {
    let beside = Rig::with(|config| config.interval = Duration::from_millis(10)).await;
    until("the runner beside has played", || !beside.feedback("maya").is_empty()).await;
}

#[tokio::test]
async fn without_a_service_key_nobody_plays_and_the_rest_answers() {
    let rig = Rig::with(|config| {
        config.service_key = None;
        config.interval = Duration::from_millis(10);
    })
    .await;
    a_runner_beside_has_played().await;
    assert_eq!(rig.get("/health").await.0, 200);
    assert_eq!(rig.get("/diag/login?email=persona.anna@mana.test").await.0, 200);
    let (status, body) = rig.post("/diag/tick").await;
    assert_eq!(status, 503);
    assert!(body["error"].as_str().unwrap().contains("MANA_SERVICE_KEY"), "{body}");
    rig.stop.cancel();
    tokio::time::timeout(Duration::from_secs(1), rig.task).await.expect("in time").unwrap();
    assert!(rig.gateway.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_paused_runner_plays_when_it_is_asked_and_only_then() {
    let rig = Rig::with(|config| {
        config.paused = true;
        config.interval = Duration::from_millis(10);
    })
    .await;
    a_runner_beside_has_played().await;
    assert!(rig.gateway.calls.lock().unwrap().is_empty());
    assert_eq!(rig.tick().await.ran_successfully, 3);
}

#[tokio::test]
async fn a_dead_auth_is_told_by_its_address() {
    let dead = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap()
    };
    let address = dead.to_string();
    let rig = Rig::with(|config| config.auth_url = dead).await;
    let (status, body) = rig.post("/diag/tick").await;
    assert_eq!(status, 502);
    let error = body["error"].as_str().unwrap();
    assert!(error.starts_with("cannot ask who is due") && error.contains(&address), "{error}");
}

#[tokio::test]
async fn a_dead_gateway_fails_each_day_and_nothing_is_stored() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let rig = Rig::with(|config| config.mcp_url = dead).await;
    let report = rig.tick().await;
    assert_eq!((report.due, report.ran_successfully, report.failed.len()), (3, 0, 3));
    for failure in &report.failed {
        assert!(failure.error.starts_with("cannot open an MCP session at http://127.0.0.1:"), "{}", failure.error);
    }
    assert_eq!(rig.auth.lock().unwrap().writes_tried, 0);
}

#[tokio::test]
async fn in_production_there_are_no_diagnostics() {
    let rig = Rig::with(|config| {
        config.production = true;
        config.seed_secret = "a secret of our own".into();
    })
    .await;
    assert_eq!(rig.get("/health").await.0, 200);
    assert_eq!(rig.post("/diag/tick").await.0, 404);
    assert_eq!(rig.get("/diag/login?email=persona.anna@mana.test").await.0, 404);
}
