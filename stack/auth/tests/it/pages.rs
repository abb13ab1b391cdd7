//! What web pages may do: ours call with cookies and read the answers, foreign ones change nothing.

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use stack_api::routes;

use crate::rig::{PAGE, PASSWORD, RequestExt, Rig};

const EVIL: &str = "https://evil.test";

#[tokio::test]
async fn a_page_of_ours_reads_answers_and_headers() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let request = rig.get(routes::GET_SESSION).cookie(&anna.cookie).header(header::ORIGIN, PAGE);
    let answer = request.answer().await.expect(StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("set-auth-jwt"));
}

#[tokio::test]
async fn a_page_of_ours_may_ask_before_it_posts() {
    let rig = Rig::start().await;
    let request = rig.request(Method::OPTIONS, routes::LOGIN).header(header::ORIGIN, PAGE);
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST");
    let answer = request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type").answer().await;
    assert_eq!(answer.expect(StatusCode::OK).header("access-control-allow-origin"), Some(PAGE));
}

#[tokio::test]
async fn a_foreign_page_reads_nothing() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let request = rig.get(routes::GET_SESSION).cookie(&anna.cookie).header(header::ORIGIN, EVIL);
    assert_eq!(request.answer().await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let body = json!({ "email": "anna@mana.test", "password": PASSWORD });
    for path in [
        routes::LOGOUT,
        routes::LOGIN,
        routes::REGISTER,
        routes::SIGN_IN_EMAIL,
        routes::SESSION_TO_TOKEN,
        routes::REFRESH,
        routes::ORGANIZATION_CREATE,
        routes::ORGANIZATION_INVITE,
        routes::ORGANIZATION_ACCEPT,
        routes::ORGANIZATION_SET_ACTIVE,
        routes::ORGANIZATION_DELETE,
    ] {
        let request = rig.post(path).cookie(&anna.cookie).header(header::ORIGIN, EVIL).json(&body);
        let answer = request.answer().await;
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
        answer.expect_coded(StatusCode::FORBIDDEN, "INVALID_ORIGIN");
    }
    let session = rig.get(routes::GET_SESSION).cookie(&anna.cookie).answer().await;
    assert_ne!(session.body, Value::Null, "Anna is still logged in");
    let ours = rig.post(routes::LOGOUT).cookie(&anna.cookie).header(header::ORIGIN, PAGE);
    ours.answer().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_address_that_is_no_route_says_so() {
    let rig = Rig::start().await;
    rig.get("/api/v1/nothing").answer().await.expect_coded(StatusCode::NOT_FOUND, "NOT_FOUND");
    rig.get(routes::LOGIN).answer().await.expect(StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_service_is_healthy() {
    let rig = Rig::start().await;
    let answer = rig.get(routes::HEALTH).answer().await.expect(StatusCode::OK);
    assert_eq!(answer.body, json!({ "status": "ok", "service": "auth" }));
}

#[tokio::test]
async fn the_service_hands_out_the_document_of_its_wire() {
    let rig = Rig::start().await;
    let answer = rig.get(routes::OPENAPI).answer().await.expect(StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.body, stack_api::openapi::auth());
}
