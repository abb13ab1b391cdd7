//! `POST /api/auth/sign-in/email`.

use http::{StatusCode, header};
use serde_json::json;
use stack_api::routes;

use crate::rig::{Answer, PAGE, PASSWORD, RequestExt, Rig};

async fn sign_in(rig: &Rig, headers: &[(&str, &str)]) -> Answer {
    let body = json!({ "email": "anna@mana.test", "password": PASSWORD, "rememberMe": true });
    let request = rig.post(routes::SIGN_IN_EMAIL).json(&body);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).answer().await
}

#[tokio::test]
async fn a_page_of_ours_signs_anna_in() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    let answer = sign_in(&rig, &[("origin", PAGE), ("sec-fetch-mode", "cors")]).await.expect(StatusCode::OK);
    let token = answer.body["token"].as_str().unwrap();
    assert_eq!(answer.body, json!({ "redirect": false, "token": token, "user": answer.body["user"] }));
    assert_eq!(answer.body["user"]["email"], "anna@mana.test");
    let cookie = answer.session_cookie();
    assert!(cookie.starts_with(&format!("mana.session_token={token}.")), "{cookie}");
    let session = rig.get(routes::GET_SESSION).cookie(&cookie).answer().await;
    assert_eq!(session.body["user"]["email"], "anna@mana.test");
}

#[tokio::test]
async fn a_program_that_is_no_browser_needs_no_origin() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    sign_in(&rig, &[]).await.expect(StatusCode::OK);
    sign_in(&rig, &[("origin", PAGE)]).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_browser_that_names_no_page_is_refused() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    for header in ["sec-fetch-mode", "sec-fetch-site", "sec-fetch-dest"] {
        let answer = sign_in(&rig, &[(header, "cors")]).await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        answer.expect_coded(StatusCode::FORBIDDEN, "MISSING_OR_NULL_ORIGIN");
    }
}

#[tokio::test]
async fn a_foreign_page_is_refused() {
    let rig = Rig::start().await;
    rig.register("anna@mana.test").await;
    for origin in ["https://evil.test", "null"] {
        let answer = sign_in(&rig, &[("origin", origin)]).await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE));
        answer.expect_coded(StatusCode::FORBIDDEN, "INVALID_ORIGIN");
    }
}

#[tokio::test]
async fn failures_here_and_at_login_are_counted_together() {
    let rig = Rig::start().await;
    for n in 0..5 {
        let path = if n % 2 == 0 { routes::SIGN_IN_EMAIL } else { routes::LOGIN };
        let body = json!({ "email": "anna@mana.test", "password": PASSWORD });
        let answer = rig.post(path).json(&body).answer().await;
        answer.expect_coded(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS");
    }
    sign_in(&rig, &[]).await.expect(StatusCode::TOO_MANY_REQUESTS);
}
