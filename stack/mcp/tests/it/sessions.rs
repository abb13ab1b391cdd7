//! Sessions: whose they are, how they end.

use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::{Method, Response};
use serde_json::Value;
use stack_mcp::SessionLimits;
use stack_registry::Registry;

use crate::rig::{PATIENCE, Rig, error, list_tools, message, rig, rig_with};

async fn touch(rig: &Rig, user: &str, session: &str, method: Method) -> Response {
    let authorization = rig.bearer(user);
    let body = (method == Method::POST).then(list_tools);
    rig.send(method, &[("authorization", &authorization), ("mcp-session-id", session)], body).await
}

#[tokio::test]
async fn a_session_of_another_user_can_be_neither_used_nor_read_nor_ended() {
    let rig = rig().await;
    let session = rig.open_session("anna").await;
    for method in [Method::POST, Method::GET, Method::DELETE] {
        let answer = touch(&rig, "ben", &session, method.clone()).await;
        assert_eq!(answer.status(), 403, "{method}");
        assert_eq!(error(answer).await, "Session belongs to a different user", "{method}");
    }
    let answer = touch(&rig, "anna", &session, Method::POST).await;
    assert_eq!(answer.status(), 200, "it is still anna's");
    assert_eq!(message(answer).await["result"]["tools"].as_array().map(Vec::len), Some(Registry::standard().len()));
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
    let rig = rig().await;
    for method in [Method::POST, Method::GET, Method::DELETE] {
        for unknown in ["00000000-0000-4000-8000-000000000000", "x", "ü"] {
            let answer = touch(&rig, "anna", unknown, method.clone()).await;
            assert_eq!(answer.status(), 404, "{method} {unknown}");
            assert_eq!(error(answer).await, "Session not found");
        }
    }
}

#[tokio::test]
async fn an_ended_session_is_forgotten() {
    let rig = rig().await;
    let session = rig.open_session("anna").await;
    assert_eq!(touch(&rig, "anna", &session, Method::DELETE).await.status(), 202);
    assert_eq!(touch(&rig, "anna", &session, Method::POST).await.status(), 404);
    assert_eq!(touch(&rig, "ben", &session, Method::POST).await.status(), 404, "it is nobody's any more");
}

#[tokio::test]
async fn an_idle_session_ends_and_is_forgotten() {
    let limits = SessionLimits { idle: Duration::from_secs(1), ..SessionLimits::default() };
    let rig = rig_with(Registry::standard(), limits).await;
    let session = rig.open_session("anna").await;
    // Ben's knocking does not keep anna's session alive, and tells when it is gone. The pause spares the machine.
    let deadline = Instant::now() + PATIENCE;
    while touch(&rig, "ben", &session, Method::POST).await.status() == 403 {
        assert!(Instant::now() < deadline, "the session outlives its time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(touch(&rig, "anna", &session, Method::POST).await.status(), 404);
}

#[tokio::test]
async fn a_users_longest_unused_session_makes_room_for_a_new_one() {
    let rig = rig_with(Registry::standard(), SessionLimits { per_user: 2, ..SessionLimits::default() }).await;
    let bens = rig.open_session("ben").await;
    let first = rig.open_session("anna").await;
    let second = rig.open_session("anna").await;
    assert_eq!(touch(&rig, "anna", &first, Method::POST).await.status(), 200);
    let third = rig.open_session("anna").await;
    for (user, session, status) in
        [("anna", first, 200), ("anna", second, 404), ("anna", third, 200), ("ben", bens, 200)]
    {
        assert_eq!(touch(&rig, user, &session, Method::POST).await.status(), status, "{user}");
    }
}

#[tokio::test]
async fn stopping_ends_open_streams_at_once() {
    let rig = rig().await;
    let agent = rig.connect("anna").await;
    let session = rig.open_session("anna").await;
    let answer = touch(&rig, "anna", &session, Method::GET).await;
    assert_eq!(answer.status(), 200);
    let mut stream = answer.bytes_stream();
    stream.next().await.expect("the stream opens with an event").unwrap();

    let stopped = Instant::now();
    rig.stop.cancel();
    let rest = async { while stream.next().await.is_some_and(|bytes| bytes.is_ok()) {} };
    tokio::time::timeout(Duration::from_secs(3), rest).await.expect("the stream ends");
    drop(agent);
    tokio::time::timeout(Duration::from_secs(3), rig.server).await.expect("the server ends").unwrap().unwrap();
    let took = stopped.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    let refused = rig.http.get(rig.url.join("/health").unwrap()).send().await;
    assert!(refused.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_request_of_the_newest_protocol_cannot_slip_into_a_session() {
    let rig = rig().await;
    let session = rig.open_session("anna").await;
    let ben = rig.bearer("ben");
    let mut body = crate::rig::initialize("2026-07-28");
    body["id"] = Value::from(9);
    let headers =
        [("authorization", ben.as_str()), ("mcp-session-id", &session), ("mcp-protocol-version", "2026-07-28")];
    assert_eq!(rig.post(&headers, body).await.status(), 403);
}
