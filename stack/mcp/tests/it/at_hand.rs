//! Answers that are given before the SDK: the same as its own, and to nothing but the plainest requests.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::rig::{PAGE, Rig, list_tools, message, rig};

fn call(id: Value, name: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name, "arguments": arguments}})
}

/// Anna's headers in a session of hers.
async fn annas(rig: &Rig) -> [(&'static str, String); 3] {
    let session = rig.open_session("anna").await;
    let version = "2025-11-25".to_owned();
    [("authorization", rig.bearer("anna")), ("mcp-session-id", session), ("mcp-protocol-version", version)]
}

async fn post(rig: &Rig, headers: &[(&'static str, String)], more: &[(&str, &str)], body: Value) -> Response {
    let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<_> = headers.chain(more.iter().copied()).collect();
    rig.post(&headers, body).await
}

/// The events of the SDK have ids.
async fn answered_by_sdk(answer: Response) -> bool {
    let text = answer.text().await.unwrap();
    text.lines().any(|line| line.starts_with("id:"))
}

#[tokio::test]
async fn an_answer_at_hand_is_the_one_that_the_sdk_gives() {
    let rig = rig().await;
    let headers = annas(&rig).await;
    for plain in [
        list_tools(),
        json!({"jsonrpc": "2.0", "id": "a \"b\"", "method": "tools/list", "params": {}}),
        call(json!(7), "todo.creat", json!({})),
        call(json!("x"), "todo.create", json!({"titel": "x", "title": "y"})),
        call(json!(0), "notes.search", json!({"limit": 101})),
        json!({"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {"name": "todo.create"}}),
    ] {
        let mut odd = plain.clone();
        odd["params"]["_meta"] = json!({});
        let (at_hand, sdk) = (post(&rig, &headers, &[], plain.clone()).await, post(&rig, &headers, &[], odd).await);
        assert_eq!(at_hand.status(), sdk.status(), "{plain}");
        for name in ["content-type", "cache-control", "x-accel-buffering"] {
            assert_eq!(at_hand.headers()[name], sdk.headers()[name], "{plain}");
        }
        assert_eq!(message(at_hand).await, message(sdk).await, "{plain}");
        assert!(!answered_by_sdk(post(&rig, &headers, &[], plain.clone()).await).await, "{plain}");
    }
}

#[tokio::test]
async fn what_differs_by_a_shade_is_for_the_sdk_to_decide() {
    let rig = rig().await;
    let headers = annas(&rig).await;
    let check = async |more: &[(&str, &str)], body: Value, status: u16| {
        let answer = post(&rig, &headers, more, body.clone()).await;
        assert_eq!(answer.status(), status, "{more:?} {body}");
        assert!(status != 200 || answered_by_sdk(answer).await, "{more:?} {body}");
    };
    let list = |id: Value| json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
    check(&[("origin", PAGE)], list(json!(1)), 200).await;
    check(&[("origin", "http://evil.test")], list(json!(1)), 403).await;
    check(&[("host", "evil.test")], list(json!(1)), 403).await;
    check(&[("accept", "application/json")], list(json!(1)), 406).await;
    check(&[("content-type", "text/plain")], list(json!(1)), 415).await;
    check(&[("mcp-protocol-version", "1999-01-01")], list(json!(1)), 400).await;
    check(&[], list(json!(-1)), 200).await;
    check(&[], list(json!(1_000_000_000_000_000_i64)), 200).await;
    check(&[], json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "more": 1}), 200).await;
    check(&[], json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"cursor": "x"}}), 200).await;
    let mut watched = call(json!(1), "todo.create", json!({}));
    watched["params"]["_meta"] = json!({"progressToken": 1});
    check(&[], watched, 200).await;
    check(&[], call(json!(1), "todo.create", json!([])), 200).await;
    check(&[], call(json!(1), "habits.list", json!({})), 200).await;
    check(&[], call(json!(1), "todo.create", json!({"title": "x".repeat(70_000)})), 200).await;
}

#[tokio::test]
async fn nothing_is_at_hand_without_a_session_of_ones_own() {
    let rig = rig().await;
    let annas = annas(&rig).await;
    let ben = rig.bearer("ben");
    let status = async |headers: &[(&str, &str)]| rig.send(Method::POST, headers, Some(list_tools())).await.status();
    assert_eq!(status(&[("authorization", &ben), ("mcp-session-id", &annas[1].1)]).await, 403);
    assert_eq!(status(&[("authorization", &ben), ("mcp-session-id", "unknown")]).await, 404);
    assert_eq!(status(&[("mcp-session-id", &annas[1].1)]).await, 401);
    assert_ne!(status(&[("authorization", &ben)]).await, 200);
    let ended = [("authorization", annas[0].1.as_str()), ("mcp-session-id", annas[1].1.as_str())];
    assert_eq!(status(&ended).await, 200);
    rig.send(Method::DELETE, &ended, None).await;
    assert_eq!(status(&ended).await, 404);
}
