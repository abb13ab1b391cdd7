//! Who gets in and who does not.

use http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};
use stack_api::auth::Claims;
use stack_registry::Registry;

use crate::rig::{PAGE, Rig, auth::Signer, error, initialize, list_tools, rig};

async fn knock(rig: &Rig, authorization: &str) -> reqwest::Response {
    rig.post(&[("authorization", authorization)], initialize("2025-11-25")).await
}

#[tokio::test]
async fn only_a_good_token_gets_in_and_every_other_is_told_its_fault() {
    let rig = rig().await;
    assert_eq!(knock(&rig, &rig.bearer("anna")).await.status(), 200);

    let changed = |change: &dyn Fn(&mut Claims)| {
        let mut claims = rig.auth.claims("anna");
        change(&mut claims);
        format!("Bearer {}", rig.auth.signer.sign(&claims))
    };
    let good = rig.bearer("anna");
    let cases = [
        (String::new(), "missing bearer token"),
        ("Basic YW5uYTpwdw==".to_owned(), "missing bearer token"),
        ("Bearer nonsense".to_owned(), "malformed token"),
        (good[..good.len() - 10].to_owned(), "invalid token"),
        (format!("Bearer {}", "a".repeat(9000)), "malformed token"),
        (changed(&|claims| claims.exp = claims.iat - 60), "token expired"),
        (changed(&|claims| claims.iat += 600), "token is not valid yet"),
        (changed(&|claims| claims.aud = "another".to_owned()), "invalid token"),
        (changed(&|claims| claims.iss = "http://localhost:1".to_owned()), "invalid token"),
        (format!("Bearer {}", Signer::new("key-1").sign(&rig.auth.claims("anna"))), "invalid token"),
        (
            format!("Bearer {}", Signer::new("key-2").sign(&rig.auth.claims("anna"))),
            "token is signed by an unknown key",
        ),
    ];
    for (authorization, fault) in cases {
        let shown: String = authorization.chars().take(60).collect();
        let answer = knock(&rig, &authorization).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{shown}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        let told = error(answer).await;
        assert!(told.starts_with(fault), "{shown}: {told}");
        assert!(challenge.starts_with("Bearer ") && challenge.contains(fault), "{shown}: {challenge}");
    }
}

#[tokio::test]
async fn a_token_of_a_mebibyte_is_refused() {
    let rig = rig().await;
    let request = rig.http.post(rig.endpoint()).bearer_auth("x".repeat(1024 * 1024)).body("{}");
    // More than any request's head may have; the server says so, or ends the connection.
    if let Ok(answer) = request.send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    assert_eq!(knock(&rig, &rig.bearer("anna")).await.status(), 200);
}

#[tokio::test]
async fn every_method_needs_a_token_and_a_service_key_is_none() {
    let rig = rig().await;
    let session = rig.open_session("anna").await;
    let headers = [("mcp-session-id", session.as_str()), ("x-service-key", "any")];
    for (method, body) in [(Method::POST, Some(list_tools())), (Method::GET, None), (Method::DELETE, None)] {
        assert_eq!(rig.send(method, &headers, body).await.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_space_of_others_is_refused() {
    let rig = rig().await;
    for (user, space) in [("kai", "family"), ("kai", "anna-personal"), ("anna", "ben-personal"), ("anna", "nowhere")] {
        let headers = [("authorization", rig.bearer(user)), ("x-mana-space", space.to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = rig.post(&headers, initialize("2025-11-25")).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{user} in {space}");
        assert_eq!(error(answer).await, "You are not a member of this space");
    }
    let answer = knock(&rig, &rig.bearer("marcus")).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(error(answer).await, "You have no personal space; name one in x-mana-space");
}

#[tokio::test]
async fn the_space_is_checked_on_every_request_of_a_session() {
    let rig = rig().await;
    let (session, anna) = (rig.open_session("anna").await, rig.bearer("anna"));
    let call = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call",
        "params": {"name": "habits.list", "arguments": {}}});
    let headers = |space| [("authorization", anna.as_str()), ("mcp-session-id", &session), ("x-mana-space", space)];
    assert_eq!(rig.post(&headers("family"), call.clone()).await.status(), 200);
    assert_eq!(rig.post(&headers("ben-personal"), call).await.status(), 403);
}

#[tokio::test]
async fn an_auth_service_that_is_down_is_no_reason_to_blame_the_caller() {
    let rig = rig().await;
    let anna = rig.bearer("anna");
    rig.auth.fall_silent();
    let answer = knock(&rig, &anna).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(error(answer).await, "The auth service does not answer; try again later");
}

#[tokio::test]
async fn a_token_whose_session_ended_is_refused() {
    let rig = rig().await;
    rig.auth.end_sessions();
    let answer = knock(&rig, &rig.bearer("anna")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(error(answer).await, "the session behind this token has ended");
}

#[tokio::test]
async fn other_hosts_and_origins_are_refused() {
    let rig = rig().await;
    let anna = rig.bearer("anna");
    let status = async |more: (&str, &str)| {
        let headers = [("authorization", anna.as_str()), more];
        rig.post(&headers, initialize("2025-11-25")).await.status().as_u16()
    };
    assert_eq!(status(("host", "evil.example")).await, 403);
    assert_eq!(status(("host", "localhost")).await, 200, "the machine's other name");
    for foreign in ["http://evil.example", "http://localhost:5174", "https://localhost:5173", "null"] {
        assert_eq!(status(("origin", foreign)).await, 403, "{foreign}");
    }
    assert_eq!(status(("origin", PAGE)).await, 200);
}

#[tokio::test]
async fn a_listed_page_may_ask_from_a_browser_and_another_may_not() {
    let rig = rig().await;
    let allowed = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,mcp-session-id,x-mana-space"),
        ];
        let answer = rig.send(Method::OPTIONS, &headers, None).await;
        answer.headers().get("access-control-allow-origin").map(|origin| origin.to_str().unwrap().to_owned())
    };
    assert_eq!(allowed(PAGE).await.as_deref(), Some(PAGE));
    assert_eq!(allowed("http://evil.example").await, None);
}

#[tokio::test]
async fn a_body_has_its_limit() {
    let rig = rig().await;
    let anna = rig.bearer("anna");
    let padded = |bytes: usize| {
        let mut body = initialize("2025-11-25");
        body["params"]["clientInfo"]["name"] = json!("");
        let missing = bytes - body.to_string().len();
        body["params"]["clientInfo"]["name"] = Value::from("x".repeat(missing));
        assert_eq!(body.to_string().len(), bytes);
        body
    };
    let limit = 4 * 1024 * 1024;
    let headers = [("authorization", anna.as_str())];
    assert_eq!(rig.post(&headers, padded(limit)).await.status(), 200);
    assert_eq!(rig.post(&headers, padded(limit + 1)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn health_needs_no_token_and_counts_the_tools() {
    let rig = rig().await;
    let answer = rig.http.get(rig.url.join("/health").unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let tools = Registry::standard().len();
    let expected = json!({"status": "ok", "service": "mcp", "registry": {"loaded": true, "tools": tools}});
    assert_eq!(answer.json::<Value>().await.unwrap(), expected);
}
