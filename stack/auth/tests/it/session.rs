//! `GET /api/auth/get-session` and `POST /api/v1/auth/logout`.

use chrono::TimeDelta;
use http::{StatusCode, header};
use serde_json::{Value, json};
use stack_api::{
    auth::{AUTH_JWT_HEADER, SessionAndUser},
    routes,
    spaces::Space,
};
use stack_http::{Clock, TokenVerifier};

use crate::rig::{Answer, RequestExt, Rig, Visitor};

async fn get_session(rig: &Rig, cookie: &str) -> Answer {
    rig.get(routes::GET_SESSION).cookie(cookie).answer().await.expect(StatusCode::OK)
}

#[tokio::test]
async fn annas_cookie_tells_her_session_and_brings_a_token() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let answer = get_session(&rig, &anna.cookie).await;
    let seen: SessionAndUser = answer.json();
    assert_eq!((seen.user.id.as_str(), seen.session.user_id.as_str()), (anna.id.as_str(), anna.id.as_str()));
    assert_eq!(seen.session.expires_at - seen.session.created_at, TimeDelta::days(7));
    let jwt = answer.header(AUTH_JWT_HEADER).unwrap();
    let claims = TokenVerifier::new(&rig.base, rig.http.clone(), Clock::system()).verify(jwt).await.unwrap();
    assert_eq!((&claims.sub, &claims.sid), (&anna.id, &seen.session.id));
    assert!(!answer.headers.contains_key(header::SET_COOKIE), "a young session is not prolonged");
}

#[tokio::test]
async fn the_session_begins_in_the_personal_space() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let spaces: Vec<Space> = rig.get(routes::ORGANIZATION_LIST).cookie(&anna.cookie).answer().await.json();
    let answer = get_session(&rig, &anna.cookie).await;
    assert_eq!(answer.body["session"]["activeOrganizationId"], spaces[0].id.as_str());
}

#[tokio::test]
async fn without_a_good_cookie_there_is_null() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let last = anna.cookie.len() - 4;
    let mut forged = anna.cookie.clone();
    forged.replace_range(last..=last, if forged.as_bytes()[last] == b'A' { "B" } else { "A" });
    let unsigned = format!("mana.session_token={}", anna.session_token);
    let other_token = anna.cookie.replace(&anna.session_token, &"A".repeat(43));
    for cookie in [forged.as_str(), &unsigned, &other_token, "mana.session_token=", "theme=dark", ""] {
        let answer = get_session(&rig, cookie).await;
        assert_eq!(answer.body, Value::Null, "{cookie}");
        assert!(!answer.headers.contains_key(AUTH_JWT_HEADER), "{cookie}");
    }
    assert_eq!(rig.get(routes::GET_SESSION).answer().await.expect(StatusCode::OK).body, Value::Null);
}

#[tokio::test]
async fn a_cookie_of_another_secret_is_no_session() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let other = rig.again(|config| config.secret = "another cookie secret".into()).await.unwrap();
    assert_eq!(get_session(&other, &anna.cookie).await.body, Value::Null);
    assert_ne!(get_session(&rig, &anna.cookie).await.body, Value::Null);
}

#[tokio::test]
async fn a_session_ends_after_seven_days() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let after = rig.later(TimeDelta::days(7) + TimeDelta::minutes(1)).await;
    assert_eq!(get_session(&after, &anna.cookie).await.body, Value::Null);
    let refresh = after.post(routes::REFRESH).json(&json!({ "refreshToken": anna.session_token })).answer().await;
    refresh.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_does_not_outlive_its_session() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let last_minutes = rig.later(TimeDelta::days(7) - TimeDelta::minutes(5)).await;
    let answer = last_minutes.get(routes::TOKEN).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
    let token = answer.body["token"].as_str().unwrap();
    last_minutes.get(routes::VAULT_STATUS).bearer_auth(token).answer().await.expect(StatusCode::OK);
    let after = rig.later(TimeDelta::days(7) + TimeDelta::minutes(1)).await;
    let answer = after.get(routes::VAULT_STATUS).bearer_auth(token).answer().await.expect_bad_token();
    assert_eq!(answer.body["message"], "the session behind this token has ended");
}

#[tokio::test]
async fn a_session_that_is_used_goes_on() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let sixth_day = rig.later(TimeDelta::days(6)).await;
    let answer = get_session(&sixth_day, &anna.cookie).await;
    assert_eq!(answer.session_cookie(), anna.cookie);
    assert!(answer.set_cookie().contains("Max-Age=604800"));
    let eighth_day = rig.later(TimeDelta::days(8)).await;
    assert_ne!(get_session(&eighth_day, &anna.cookie).await.body, Value::Null);
}

async fn expect_ended(rig: &Rig, visitor: &Visitor) {
    assert_eq!(get_session(rig, &visitor.cookie).await.body, Value::Null);
    let refused = |answer: Answer| answer.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    let refresh = json!({ "refreshToken": visitor.session_token });
    refused(rig.post(routes::REFRESH).json(&refresh).answer().await);
    refused(rig.post(routes::SESSION_TO_TOKEN).cookie(&visitor.cookie).answer().await);
    refused(rig.get(routes::TOKEN).cookie(&visitor.cookie).answer().await);
    refused(rig.get(routes::ORGANIZATION_LIST).cookie(&visitor.cookie).answer().await);
    refused(rig.get(routes::ORGANIZATION_LIST).bearer_auth(&visitor.access_token).answer().await);
    rig.get(routes::VAULT_STATUS).bearer_auth(&visitor.access_token).answer().await.expect_bad_token();
}

#[tokio::test]
async fn logging_out_ends_the_session_everywhere() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let elsewhere = rig.login("anna@mana.test").await;
    let answer = rig.post(routes::LOGOUT).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
    assert_eq!(answer.body, json!({ "success": true }));
    assert_eq!(answer.set_cookie(), "mana.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    expect_ended(&rig, &anna).await;
    assert_ne!(get_session(&rig, &elsewhere.cookie).await.body, Value::Null, "her other session goes on");
}

#[tokio::test]
async fn a_client_without_cookies_logs_out_by_its_token() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    rig.post(routes::LOGOUT).bearer_auth(&anna.access_token).answer().await.expect(StatusCode::OK);
    expect_ended(&rig, &anna).await;
}

#[tokio::test]
async fn logging_out_twice_is_no_error() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    for _ in 0..2 {
        let answer = rig.post(routes::LOGOUT).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
        assert_eq!(answer.body, json!({ "success": true }));
    }
}
