//! Servers elsewhere that have nothing fitting to give. What a real grid does is tested in `harness/test-engines`.

use std::time::{Duration, Instant};

use harness_browser::Engine;
use harness_capture::{CaptureError, Remote, World};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

/// A WebDriver server whose browsers describe themselves like this.
async fn server(status: Value, capabilities: Value) -> MockServer {
    let server = MockServer::start().await;
    let says = |value: Value| ResponseTemplate::new(200).set_body_json(json!({ "value": value }));
    Mock::given(method("GET")).and(path("/status")).respond_with(says(status)).mount(&server).await;
    let session = json!({ "sessionId": "one", "capabilities": capabilities });
    Mock::given(method("POST")).and(path("/session")).respond_with(says(session)).mount(&server).await;
    Mock::given(method("DELETE")).and(path("/session/one")).respond_with(says(Value::Null)).mount(&server).await;
    server
}

async fn connected(server: &MockServer, engine: Engine) -> Result<Remote, CaptureError> {
    Remote::connect(&server.uri().parse().unwrap(), engine, World::default()).await
}

#[tokio::test]
async fn a_browser_that_is_too_old_is_refused_and_its_session_ended() {
    for (engine, version, oldest) in [(Engine::Chromium, "90.0.1.2", "121"), (Engine::Firefox, "140.1", "153")] {
        let server = server(json!({ "ready": true }), json!({ "browserVersion": version })).await;
        let error = connected(&server, engine).await.unwrap().open().await.unwrap_err().to_string();
        let said = format!("gave {engine} {version}: it has to be {oldest} or later");
        assert!(error.contains(&said), "{error}");
        let began = Instant::now();
        while !server.received_requests().await.unwrap().iter().any(|request| request.method.as_str() == "DELETE") {
            assert!(began.elapsed() < Duration::from_secs(60), "the session stays");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn a_grid_without_such_a_browser_is_told_with_what_it_offers() {
    let status = json!({ "ready": true, "nodes": [{ "slots": [{ "stereotype": { "browserName": "chrome" } }] }] });
    let server = server(status, json!({})).await;
    let error = connected(&server, Engine::Firefox).await.unwrap_err().to_string();
    assert!(
        error.contains(" has no Firefox; it offers chrome\nhelp: choose one of these by VISUAL_BROWSER"),
        "{error}"
    );
    assert!(connected(&server, Engine::Chromium).await.is_ok());
}
