//! Whatever is sent: an answer that says what is wrong, in the route's own words, and never a fault of ours.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use stack_api::routes;

use crate::rig::{Answer, RequestExt, Rig, Visitor};

/// Every route that reads a body, with a body that it understands.
fn bodies() -> Vec<(&'static str, Value)> {
    let action =
        json!({ "tickId": "t", "toolName": "todo.create", "result": "ok", "errorMessage": "e", "inputHash": "h" });
    vec![
        (routes::REGISTER, json!({ "email": "new@mana.test", "password": "0123456789", "name": "New" })),
        (routes::LOGIN, json!({ "email": "anna@mana.test", "password": "wrong password" })),
        (routes::SIGN_IN_EMAIL, json!({ "email": "ben@mana.test", "password": "wrong password" })),
        (routes::REFRESH, json!({ "refreshToken": "unknown" })),
        (routes::VALIDATE, json!({ "token": "unknown" })),
        (routes::ORGANIZATION_CREATE, json!({ "name": "n", "slug": "s", "logo": "l", "metadata": { "type": "team" } })),
        (routes::ORGANIZATION_INVITE, json!({ "email": "x@mana.test", "role": "member", "organizationId": "unknown" })),
        (routes::ORGANIZATION_ACCEPT, json!({ "invitationId": "unknown" })),
        (routes::ORGANIZATION_SET_ACTIVE, json!({ "organizationSlug": "unknown" })),
        (routes::ORGANIZATION_DELETE, json!({ "organizationId": "unknown" })),
        (routes::VAULT_RECOVERY_WRAP, json!({ "recoveryWrappedMk": "x", "recoveryIv": "x" })),
        (routes::VAULT_ZERO_KNOWLEDGE, json!({ "enable": false, "masterKey": "x" })),
        (routes::ADMIN_PERSONAS, crate::rig::persona("kai")),
        (routes::INTERNAL_ACTIONS, json!({ "actions": [action] })),
        (
            routes::INTERNAL_FEEDBACK,
            json!({ "feedback": [{ "tickId": "t", "module": "m", "rating": 3, "notes": "n" }] }),
        ),
    ]
}

async fn send(rig: &Rig, admin: &Visitor, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    rig.post(path).bearer_auth(&admin.access_token).service_key().body(body).answer().await
}

/// A refusal in one of the documented forms.
fn expect_refusal(answer: &Answer, shown: &str) {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status), "{shown}: {answer:?}");
    let told = ["error", "statusCode"].iter().any(|field| !answer.body[*field].is_null());
    assert!(told, "{shown}: {answer:?}");
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let kai = rig.persona(&admin, "kai", "daily").await;
    let deep = "[".repeat(100_000);
    let nested = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let malformed: [&[u8]; 11] = [
        b"{",
        b"null",
        b"7",
        b"[]",
        b"\"text\"",
        b"\xff\xfe",
        b"{\"email\":\"\xc3\x28\"}",
        b"{} x",
        br#"["a@mana.test","0123456789"]"#,
        deep.as_bytes(),
        nested.as_bytes(),
    ];
    for (path, _) in bodies() {
        let path = routes::fill(path, &kai);
        for body in malformed {
            let shown = format!("{path} {}", String::from_utf8_lossy(&body[..body.len().min(40)]));
            expect_refusal(&send(&rig, &admin, &path, body.to_vec()).await, &shown);
        }
    }
}

/// Each text of each body is replaced by each of these. Some are even welcome; none is a fault of ours.
#[tokio::test]
async fn odd_texts_and_types_are_no_fault_of_ours() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let kai = rig.persona(&admin, "kai", "daily").await;
    let odd = [
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("\u{202e}abc"),
        json!("🙂👩‍👩‍👧"),
        json!("'; DROP TABLE users; --"),
        json!("%00"),
        json!(""),
        json!(" "),
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5e300),
        json!(18_446_744_073_709_551_615_u64),
        json!([]),
        json!({}),
        json!("x".repeat(100_000)),
    ];
    let nested = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    for (path, body) in bodies() {
        let path = routes::fill(path, &kai);
        for pointer in leaves(&body) {
            for value in &odd {
                let mut body = body.clone();
                *body.pointer_mut(&pointer).unwrap() = value.clone();
                let answer = send(&rig, &admin, &path, body.to_string()).await;
                let shown = format!("{path} {pointer} {}", value.to_string().chars().take(40).collect::<String>());
                assert!(answer.status.as_u16() < 500, "{shown}: {answer:?}");
                if value.as_str().is_some_and(|text| text.contains('\0')) {
                    expect_refusal(&answer, &shown);
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{shown}");
                }
            }
            for raw in [r#""\ud800""#, r#""\udc00\ud800""#, "1e999", nested.as_str()] {
                let mut body = body.clone();
                *body.pointer_mut(&pointer).unwrap() = json!("@");
                let body = body.to_string().replace(r#""@""#, raw);
                let answer = send(&rig, &admin, &path, body).await;
                let shown = format!("{path} {pointer} {}", raw.chars().take(40).collect::<String>());
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{shown}: {answer:?}");
                expect_refusal(&answer, &shown);
            }
        }
    }
}

fn leaves(value: &Value) -> Vec<String> {
    let below = |prefix: String, value: &Value| leaves(value).into_iter().map(move |rest| format!("{prefix}{rest}"));
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().flat_map(|(name, value)| below(format!("/{name}"), value)).collect()
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().flat_map(|(index, value)| below(format!("/{index}"), value)).collect()
        }
        _ => vec![String::new()],
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    for (path, _) in bodies() {
        let path = routes::fill(path, "x");
        let request = rig.post(&path).bearer_auth(&admin.access_token).service_key();
        // The service answers before it has read all; a client that is still writing may see the connection end instead.
        if let Ok(answer) = request.body(vec![b' '; 10 * 1024 * 1024]).send().await {
            assert!((400..500).contains(&answer.status().as_u16()), "{path}: {}", answer.status());
        }
    }
    rig.get(routes::HEALTH).answer().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn odd_ids_in_paths_are_refused() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let long = "x".repeat(5000);
    for id in ["%00", "a%00b", "%FF%FE", "%E2%80%AE", "..%2f..%2f", "%F0%9F%99%82", long.as_str()] {
        for (method, path) in [
            (Method::GET, routes::ADMIN_PERSONA),
            (Method::DELETE, routes::ADMIN_PERSONA),
            (Method::POST, routes::INTERNAL_ACTIONS),
            (Method::POST, routes::INTERNAL_FEEDBACK),
        ] {
            let request = rig.request(method, &routes::fill(path, id)).bearer_auth(&admin.access_token).service_key();
            let answer = request.body(r#"{"actions":[],"feedback":[]}"#).answer().await;
            expect_refusal(&answer, &format!("{path} {id}"));
        }
    }
}
