//! Who is let in, and how the service answers when it cannot.

use jsonwebtoken::EncodingKey;
use reqwest::Method;
use serde_json::json;
use stack_api::sync::EPOCH;

use crate::rig::{Rig, WEB, answer, signing_key, task};

#[tokio::test]
async fn the_service_says_that_it_is_healthy() {
    let rig = Rig::start().await;
    let health = reqwest::get(rig.url.join("/health").unwrap()).await.unwrap().text().await.unwrap();
    assert_eq!(health, r#"{"status":"ok","service":"sync"}"#);
}

#[tokio::test]
async fn the_service_hands_out_the_document_of_its_wire() {
    let rig = Rig::start().await;
    let answer = reqwest::get(rig.url.join("/openapi.json").unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap(), stack_api::openapi::sync());
}

#[tokio::test]
async fn every_route_asks_for_a_token() {
    let rig = Rig::start().await;
    let http = reqwest::Client::new();
    let pull = format!("/sync/todo/pull?collection=tasks&since={EPOCH}");
    for (method, path) in [
        (Method::POST, "/sync/todo"),
        (Method::GET, pull.as_str()),
        (Method::GET, "/sync/todo/records?collection=tasks"),
        (Method::GET, "/sync/todo/stream"),
    ] {
        let refused = answer(http.request(method, rig.url.join(path).unwrap()).body("{}")).await;
        assert_eq!(refused.refusal(), (401, "unauthorized: missing bearer token"), "{path}");
    }
}

#[tokio::test]
async fn a_bad_token_is_told_why() {
    let rig = Rig::start().await;
    let check = async |token: String, reason: &str| {
        let refused = rig.person("anna").with_token(token).try_push(json!([])).await;
        assert_eq!(refused.status, 401);
        assert!(refused.text.starts_with(&format!("unauthorized: {reason}")), "{}", refused.text);
    };
    check("x".to_owned(), "malformed token").await;
    check("x".repeat(1024 * 16), "malformed token").await;
    check(rig.odd_token(|claims, _, _| claims.exp = claims.iat - 10), "token expired").await;
    check(rig.odd_token(|claims, _, _| claims.iss = "http://elsewhere".to_owned()), "invalid token").await;
    check(rig.odd_token(|claims, _, _| claims.aud = "other".to_owned()), "invalid token").await;
    let (hour, now) = (3600, chrono::Utc::now().timestamp());
    check(rig.token_with(|claims| claims["nbf"] = json!(now + hour)), "token is not valid yet").await;
    check(rig.token_with(|claims| claims["iat"] = json!(now + hour)), "token is not valid yet").await;
    check(rig.token_with(|claims| claims["exp"] = json!("soon")), "invalid token").await;
    check(rig.token_with(|claims| drop(claims.as_object_mut().unwrap().remove("sub"))), "invalid token").await;
    check(rig.odd_token(|_, header, _| header.kid = Some("other".to_owned())), "token is signed by an unknown key")
        .await;
    check(rig.odd_token(|_, _, key| *key = signing_key()), "invalid token").await;
    let hmac = rig.odd_token(|_, header, key| {
        header.alg = jsonwebtoken::Algorithm::HS256;
        *key = EncodingKey::from_secret(b"public");
    });
    check(hmac, "malformed token").await;
}

#[tokio::test]
async fn a_token_of_a_mebibyte_is_refused() {
    let rig = Rig::start().await;
    let pull = format!("/sync/todo/pull?collection=tasks&since={EPOCH}");
    let request = reqwest::Client::new().get(rig.url.join(&pull).unwrap()).bearer_auth("x".repeat(1024 * 1024));
    // More than any request's head may have; the server says so, or ends the connection.
    if let Ok(answer) = request.send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    rig.person("anna").push(json!([task("t1", "a")])).await;
}

#[tokio::test]
async fn an_ended_session_is_told_apart_from_an_auth_that_is_down() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.log_out(&anna);
    let ended = anna.try_push(json!([task("t1", "a")])).await;
    assert_eq!(ended.refusal(), (401, "unauthorized: the session behind this token has ended"));
    rig.break_auth();
    let down = ben.try_push(json!([task("t1", "a")])).await;
    assert_eq!(down.refusal(), (503, "auth does not answer; try again"));
}

#[tokio::test]
async fn the_listed_page_may_call_and_no_other() {
    let rig = Rig::start().await;
    let preflight = async |origin: &str| {
        let request = reqwest::Client::new().request(Method::OPTIONS, rig.url.join("/sync/todo").unwrap());
        let request = request.header("Origin", origin).header("Access-Control-Request-Method", "POST");
        let answer =
            request.header("Access-Control-Request-Headers", "x-client-id,last-event-id").send().await.unwrap();
        let allowed = answer.headers().get("access-control-allow-headers").unwrap().to_str().unwrap();
        assert!(["x-client-id", "last-event-id"].iter().all(|name| allowed.contains(name)), "{allowed}");
        answer.headers().get("access-control-allow-origin").map(|origin| origin.to_str().unwrap().to_owned())
    };
    assert_eq!(preflight(WEB).await.as_deref(), Some(WEB));
    assert_eq!(preflight("http://evil.test").await, None);
}
