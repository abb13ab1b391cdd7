//! What an operator asks of a running stack.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use serde_json::{Value, json};
use stack_api::{Addresses, Readiness};
use stack_test_database::TestDatabase;

use crate::{
    mcp::call,
    program::{Up, stack, told, until},
};

fn services(at: &Addresses) -> [(&'static str, &str); 5] {
    [("auth", &at.auth), ("sync", &at.sync), ("mcp", &at.mcp), ("runner", &at.runner), ("web", &at.web)]
}

async fn text(url: String) -> String {
    reqwest::get(url).await.unwrap().error_for_status().unwrap().text().await.unwrap()
}

fn admin_token(up: &Up) -> String {
    told(&up.verb(&["admin", "token"])).trim().to_owned()
}

#[tokio::test]
async fn every_service_lives_is_ready_and_says_what_it_needs() {
    let up = Up::start();
    for (name, url) in services(&up.addresses) {
        assert!(text(format!("{url}/health/live")).await.contains(r#""status":"ok""#));
        let ready: Readiness = serde_json::from_str(&text(format!("{url}/health/ready")).await).unwrap();
        let needs: Vec<&str> = ready.checks.iter().map(|check| check.name.as_str()).collect();
        let expected: &[&str] = match name {
            "auth" => &["database"],
            "sync" => &["database", "auth"],
            "mcp" => &["auth", "sync"],
            "runner" => &["auth", "mcp"],
            _ => &[],
        };
        assert_eq!((ready.status.as_str(), ready.service.as_str(), needs.as_slice()), ("ok", name, expected));
    }
}

#[tokio::test]
async fn every_service_counts_its_requests_by_route_and_names_nobody() {
    let up = Up::start();
    up.seed_and_tick();
    let user = told(&up.verb(&["admin", "token"]));
    for (name, url) in services(&up.addresses) {
        reqwest::get(format!("{url}/nirgends/persona.anna@mana.test")).await.unwrap();
        let figures = text(format!("{url}/metrics")).await;
        assert!(
            figures.contains(r#"http_requests_total{method="GET",route="/health",status="200"}"#),
            "{name}: {figures}"
        );
        assert!(
            figures.contains(r#"http_request_duration_seconds_bucket{method="GET",route="/health",le="30"}"#),
            "{figures}"
        );
        assert!(figures.contains(r#"route="unmatched""#), "{name}: {figures}");
        for secret in ["@", "persona.", "nirgends", user.trim()] {
            assert!(!figures.contains(secret), "{name} names {secret}: {figures}");
        }
    }
    let auth = text(format!("{}/metrics", up.addresses.auth)).await;
    assert!(auth.contains(r#"route="/api/v1/internal/personas/{id}/actions",status="200"} 10"#), "{auth}");
    let runner = text(format!("{}/metrics", up.addresses.runner)).await;
    assert!(runner.contains("mana_persona_ticks_total 1\n"), "what the runner counts itself is told too: {runner}");
}

#[tokio::test]
async fn one_id_leads_through_the_logs_of_every_service_that_a_request_reached() {
    let up = Up::start_with(TestDatabase::fresh(), |command| {
        command.env("LOG_FORMAT", "json").env("RUST_LOG", "warn,stack=debug");
    });
    call(&up, &admin_token(&up), &[("x-request-id", "trip-1")], "todo.create", json!({"title": "Milch"})).await;
    let lines = || -> Vec<Value> {
        let log = up.log();
        log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let trip = |line: &Value| line["span"]["request_id"] == "trip-1";
    let reached = |service: &str| lines().iter().any(|line| trip(line) && line["span"]["service"] == service);
    for service in ["mcp", "auth", "sync"] {
        until(service, async || reached(service)).await;
    }
    let pushed = lines().into_iter().filter(|line| line["route"] == "/sync/{app_id}").collect::<Vec<_>>();
    assert!(pushed.len() == 1 && trip(&pushed[0]), "{pushed:?}");
}

#[tokio::test]
async fn an_answer_carries_the_id_it_was_asked_under_or_a_new_one() {
    let up = Up::start();
    let http = reqwest::Client::new();
    for (_, url) in services(&up.addresses) {
        let ask = async |id: &str| {
            let answer = http.get(format!("{url}/health")).header("x-request-id", id).send().await.unwrap();
            answer.headers()["x-request-id"].to_str().unwrap().to_owned()
        };
        assert_eq!(ask("mine-1").await, "mine-1");
        assert_ne!(ask("not mine; drop").await, "not mine; drop");
    }
}

/// What the collector was sent.
type Received = Arc<Mutex<Vec<u8>>>;

async fn collector() -> (String, Received) {
    let received = Received::default();
    let take = async |State(received): State<Received>, body: Bytes| received.lock().unwrap().extend_from_slice(&body);
    let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&received));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, received)
}

fn times(needle: &[u8], hay: &[u8]) -> usize {
    hay.windows(needle.len()).filter(|window| *window == needle).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_leads_through_all_services_to_the_collector() {
    let (url, received) = collector().await;
    let mut up = Up::start_with(TestDatabase::fresh(), |command| {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &url).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    });
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    call(&up, &admin_token(&up), &[("traceparent", &parent)], "todo.create", json!({"title": "Milch"})).await;
    for name in ["POST /mcp", "POST /sync/{app_id}", "GET /api/v1/me/encryption-vault/key", "GET /health"] {
        until(name, async || times(name.as_bytes(), &received.lock().unwrap()) > 0).await;
    }
    let (status, _) = up.terminate();
    assert!(status.success(), "{}", up.log());
    let spans = received.lock().unwrap().clone();
    let id: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&trace[2 * at..2 * at + 2], 16).unwrap()).collect();
    assert!(times(&id, &spans) >= 4, "the caller's trace is in {} spans", times(&id, &spans));
    assert_eq!(times(b"Milch", &spans), 0);
}

#[test]
fn a_collector_that_is_not_there_stops_nothing() {
    let mut up = Up::start_with(TestDatabase::fresh(), |command| {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    });
    assert!(up.verb(&["admin", "token"]).status.success());
    assert!(up.terminate().0.success(), "{}", up.log());
}

#[test]
fn a_wrong_setting_of_the_logs_is_named_with_what_may_stand_there() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, value, word) in [("LOG_FORMAT", "xml", "`text` or `json`"), ("RUST_LOG", "stack=loud", "RUST_LOG=")]
    {
        let output = stack(&["up", "--data"]).arg(folder.path()).env(variable, value).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(value) && told(&output).contains(word), "{}", told(&output));
    }
}
