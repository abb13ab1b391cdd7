//! `POST /api/v1/auth/login`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use http::{StatusCode, header};
use serde_json::json;
use stack_api::routes;
use tokio::task::JoinSet;

use crate::rig::{ADMIN_EMAIL, PASSWORD, RequestExt, Rig, persona};

#[tokio::test]
async fn anna_logs_in_and_gets_both_tokens_and_the_cookie() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    let answer = rig.try_login(" Anna@Mana.test", PASSWORD).await.expect(StatusCode::OK);
    let body = &answer.body;
    let token = body["token"].as_str().unwrap();
    assert!(token.len() >= 32 && !token.contains('.'), "{token}");
    assert_eq!(body["accessToken"].as_str().unwrap().split('.').count(), 3);
    let user = &body["user"];
    assert_eq!(
        *body,
        json!({
            "redirect": false, "token": token, "accessToken": body["accessToken"], "refreshToken": token,
            "user": {
                "name": "anna", "email": "anna@mana.test", "emailVerified": false, "image": null,
                "createdAt": user["createdAt"], "updatedAt": user["updatedAt"], "twoFactorEnabled": false,
                "accessTier": "free", "kind": "human", "id": user["id"],
            },
        })
    );
    let cookie = answer.set_cookie();
    assert!(cookie.starts_with(&format!("mana.session_token={token}.")), "{cookie}");
    assert!(cookie.ends_with("%3D; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn in_production_the_cookie_asks_for_https() {
    let rig = Rig::start_with(|config| config.production = true).await;
    let answer = rig.try_login(ADMIN_EMAIL, PASSWORD).await.expect(StatusCode::OK);
    assert!(answer.set_cookie().ends_with("; HttpOnly; SameSite=Lax; Secure"), "{}", answer.set_cookie());
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    let wrong = rig.try_login("anna@mana.test", "wrong password").await;
    let unknown = rig.try_login("nobody@mana.test", PASSWORD).await;
    assert_eq!(wrong.body, unknown.body);
    for answer in [wrong, unknown] {
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        answer.expect_coded(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS");
    }
}

/// By the shortest of several answers, which a busy machine lengthens least. More are asked for until they agree.
#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_take_the_same_time() {
    let rig = Rig::start().await;
    let (mut wrong, mut unknown) = (Duration::MAX, Duration::MAX);
    for account in 0..20 {
        rig.register(&format!("anna{account}@mana.test")).await;
        for _ in 0..3 {
            for (name, shortest) in [("anna", &mut wrong), ("nobody", &mut unknown)] {
                let began = Instant::now();
                let answer = rig.try_login(&format!("{name}{account}@mana.test"), "wrong password").await;
                *shortest = (*shortest).min(began.elapsed());
                answer.expect_coded(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS");
            }
        }
        if wrong < unknown * 2 && unknown < wrong * 2 {
            return;
        }
    }
    panic!("{wrong:?} where the password is wrong, {unknown:?} where nobody is known");
}

#[tokio::test]
async fn what_is_no_login_is_refused() {
    let rig = Rig::start().await;
    let refused = |answer: crate::rig::Answer| answer.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
    refused(rig.post(routes::LOGIN).json(&json!({ "email": "anna@mana.test" })).answer().await);
    refused(rig.post(routes::LOGIN).body("not JSON").answer().await);
    refused(rig.post(routes::LOGIN).answer().await);
}

#[tokio::test]
async fn where_verification_is_required_an_unverified_account_waits() {
    let rig = Rig::start_with(|config| config.require_verification = true).await;
    rig.register("anna@mana.test").await;
    let answer = rig.try_login("anna@mana.test", PASSWORD).await;
    assert!(!answer.headers.contains_key(header::SET_COOKIE));
    answer.expect_coded(StatusCode::FORBIDDEN, "EMAIL_NOT_VERIFIED");
    let wrong = rig.try_login("anna@mana.test", "wrong password").await;
    wrong.expect_coded(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS");
    let admin = rig.admin().await;
    let upsert = rig.post(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).json(&persona("ben"));
    upsert.answer().await.expect(StatusCode::OK);
    rig.login("persona.ben@mana.test").await;
}

async fn fail(rig: &Rig, email: &str, times: usize) {
    for _ in 0..times {
        rig.try_login(email, "wrong password").await.expect_coded(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn five_failures_lock_the_account_for_half_an_hour() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    fail(&rig, "anna@mana.test", 5).await;
    let answer = rig.try_login("anna@mana.test", PASSWORD).await.expect(StatusCode::TOO_MANY_REQUESTS);
    let seconds = answer.body["retryAfterSec"].as_i64().unwrap();
    assert!((1790..=1800).contains(&seconds), "{seconds}");
    assert_eq!(answer.header("retry-after"), Some(seconds.to_string().as_str()));
    assert_eq!(
        answer.body,
        json!({
            "error": "ACCOUNT_LOCKED", "message": answer.body["message"], "status": 429, "retryAfterSec": seconds,
        })
    );
    let ben = rig.newcomer("ben@mana.test").await;
    assert!(!ben.session_token.is_empty(), "others are not locked out");

    let soon = rig.later(TimeDelta::minutes(29)).await;
    soon.try_login("ANNA@mana.test", PASSWORD).await.expect(StatusCode::TOO_MANY_REQUESTS);
    let after = rig.later(TimeDelta::minutes(31)).await;
    after.login("anna@mana.test").await;
}

#[tokio::test]
async fn trying_while_locked_does_not_prolong_the_lock() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    fail(&rig, "anna@mana.test", 5).await;
    let soon = rig.later(TimeDelta::minutes(29)).await;
    soon.try_login("anna@mana.test", "wrong password").await.expect(StatusCode::TOO_MANY_REQUESTS);
    let after = rig.later(TimeDelta::minutes(31)).await;
    fail(&after, "anna@mana.test", 4).await;
    after.login("anna@mana.test").await;
}

#[tokio::test]
async fn an_unknown_email_locks_like_a_known_one() {
    let rig = Rig::start().await;
    fail(&rig, "nobody@mana.test", 5).await;
    rig.try_login("nobody@mana.test", PASSWORD).await.expect(StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_good_login_forgets_the_failures_before_it() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    for _ in 0..2 {
        fail(&rig, "anna@mana.test", 4).await;
        rig.login("anna@mana.test").await;
    }
}

#[tokio::test]
async fn failures_long_ago_do_not_count() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    fail(&rig, "anna@mana.test", 4).await;
    let later = rig.later(TimeDelta::minutes(16)).await;
    fail(&later, "anna@mana.test", 4).await;
    later.login("anna@mana.test").await;
}

#[tokio::test]
async fn what_no_longer_matters_is_forgotten() {
    let rig = Rig::start().await;
    rig.newcomer("anna@mana.test").await;
    fail(&rig, "ben@mana.test", 1).await;
    let later = rig.later(TimeDelta::days(8)).await;
    later.login("anna@mana.test").await;
    fail(&later, "julia@mana.test", 1).await;
    assert_eq!(rig.count("SELECT COUNT(*) FROM sessions").await, 1);
    assert_eq!(rig.count("SELECT COUNT(*) FROM login_failures").await, 1);
}

#[tokio::test]
async fn guesses_sent_at_once_are_counted_one_by_one() {
    let rig = Arc::new(Rig::start().await);
    rig.register("anna@mana.test").await;
    let mut guesses = JoinSet::new();
    for n in 0..12 {
        let rig = Arc::clone(&rig);
        guesses.spawn(async move { rig.try_login("anna@mana.test", &format!("guess number {n}")).await.status });
    }
    let answers = guesses.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count(), 5, "{answers:?}");
}

#[tokio::test]
async fn anna_logs_in_from_many_places_at_once() {
    let rig = Arc::new(Rig::start().await);
    rig.register("anna@mana.test").await;
    let mut logins = JoinSet::new();
    for _ in 0..8 {
        let rig = Arc::clone(&rig);
        logins.spawn(async move { rig.login("anna@mana.test").await.session_token });
    }
    let mut tokens = logins.join_all().await;
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 8);
}

#[tokio::test]
async fn neither_password_nor_token_rests_in_clear() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let bytes = rig.stored();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(PASSWORD) && !holds(&anna.session_token) && !holds(&anna.access_token));
    assert!(holds("anna@mana.test"), "what was looked at are the tables");
}
