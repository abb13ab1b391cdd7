//! `POST /api/v1/auth/register`.

use http::{StatusCode, header};
use serde_json::{Value, json};
use stack_api::{auth::RegisterResponse, routes, spaces::Space};

use crate::rig::{Answer, PASSWORD, RequestExt, Rig};

async fn register(rig: &Rig, body: Value) -> Answer {
    rig.post(routes::REGISTER).json(&body).answer().await
}

#[tokio::test]
async fn anna_registers_and_is_not_yet_logged_in() {
    let rig = Rig::start().await;
    let answer = register(&rig, json!({ "email": "Anna@Mana.test", "password": PASSWORD, "name": "Anna" })).await;
    let answer = answer.expect(StatusCode::OK);
    assert!(!answer.headers.contains_key(header::SET_COOKIE));
    assert_eq!(answer.body["token"], Value::Null);
    let user = &answer.body["user"];
    let expected = json!({
        "name": "Anna", "email": "anna@mana.test", "emailVerified": false, "image": null,
        "createdAt": user["createdAt"], "updatedAt": user["createdAt"], "twoFactorEnabled": false,
        "accessTier": "free", "kind": "human", "id": user["id"],
    });
    assert_eq!(*user, expected);
    answer.json::<RegisterResponse>();
}

#[tokio::test]
async fn registering_makes_the_personal_space() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let answer = rig.get(routes::ORGANIZATION_LIST).bearer_auth(&anna.access_token).answer().await;
    let spaces: Vec<Space> = answer.expect(StatusCode::OK).json();
    assert_eq!(spaces.iter().map(|s| (s.name.as_str(), s.role.as_str())).collect::<Vec<_>>(), [("anna", "owner")]);
}

#[tokio::test]
async fn a_known_email_gets_the_same_answer_and_changes_nothing() {
    let rig = Rig::start().await;
    let body = json!({ "email": "anna@mana.test", "password": PASSWORD, "name": "Anna" });
    let first = register(&rig, body.clone()).await.expect(StatusCode::OK);
    let again = json!({ "email": "ANNA@mana.test", "password": "another password", "name": "Mallory" });
    let second = register(&rig, again).await.expect(StatusCode::OK);
    let shape = |answer: &Answer| {
        let mut body = answer.body.clone();
        for field in ["id", "createdAt", "updatedAt", "name"] {
            assert!(body["user"][field].take().is_string(), "{}", answer.body);
        }
        body
    };
    assert_eq!(shape(&first), shape(&second));
    assert_ne!(first.body["user"]["id"], second.body["user"]["id"]);
    assert_eq!(second.body["user"]["name"], "Mallory");
    rig.try_login("anna@mana.test", "another password").await.expect(StatusCode::UNAUTHORIZED);
    let anna = rig.login("anna@mana.test").await;
    assert_eq!(first.body["user"]["id"], anna.id.as_str());
    assert_eq!(rig.count("SELECT COUNT(*) FROM spaces").await, 2, "Anna's and the admin's");
}

#[tokio::test]
async fn a_password_of_seven_characters_is_weak() {
    let rig = Rig::start().await;
    let body = |password: &str| json!({ "email": "anna@mana.test", "password": password });
    register(&rig, body("1234567")).await.expect_coded(StatusCode::BAD_REQUEST, "WEAK_PASSWORD");
    register(&rig, body("äöüäöüä")).await.expect_coded(StatusCode::BAD_REQUEST, "WEAK_PASSWORD");
    register(&rig, body("12345678")).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_registration_is_refused() {
    let rig = Rig::start().await;
    for body in [
        json!({ "email": "anna", "password": PASSWORD }),
        json!({ "email": "", "password": "short" }),
        json!({ "email": "anna@mana.test" }),
        json!({ "password": PASSWORD }),
        json!({ "email": 7, "password": PASSWORD }),
        json!({ "email": "anna@mana.test", "password": "x".repeat(129) }),
        json!({ "email": "anna@mana.test", "password": PASSWORD, "name": "x".repeat(201) }),
        json!([]),
    ] {
        register(&rig, body).await.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
    }
    let broken = rig.post(routes::REGISTER).body("{\"email\":").answer().await;
    broken.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
    assert_eq!(rig.count("SELECT COUNT(*) FROM users").await, 1, "the admin alone");
}

#[tokio::test]
async fn fields_that_nobody_knows_are_ignored() {
    let rig = Rig::start().await;
    let body = json!({ "email": "anna@mana.test", "password": PASSWORD, "role": "admin", "kind": "system" });
    let answer = register(&rig, body).await.expect(StatusCode::OK);
    assert_eq!(answer.body["user"]["kind"], "human");
    let anna = rig.login("anna@mana.test").await;
    let admin = rig.get(routes::ADMIN_PERSONAS).bearer_auth(&anna.access_token).answer().await;
    admin.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let rig = Rig::start().await;
    let body = json!({ "email": "anna@mana.test", "password": "x".repeat(3 * 1024 * 1024) });
    register(&rig, body).await.expect_coded(StatusCode::PAYLOAD_TOO_LARGE, "VALIDATION");
}
