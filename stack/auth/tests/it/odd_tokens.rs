//! Tokens and cookies that nobody was given.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};
use stack_api::{auth::Jwks, routes};
use stack_http::{Clock, TokenVerifier};

use crate::rig::{RequestExt, Rig};

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn decoded(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

/// A token signed by HMAC under `secret`, as by somebody who takes the public key for a shared one.
fn hmac_token(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn no_token_but_our_own_opens_anything() {
    let (rig, other) = (Rig::start().await, Rig::start().await);
    let anna = rig.newcomer("anna@mana.test").await;
    let stranger = other.newcomer("anna@mana.test").await;
    let keys: Jwks = rig.get(routes::JWKS).answer().await.json();
    let (header, claims) = (decoded(&anna.access_token, 0), decoded(&anna.access_token, 1));
    let with = |alg: &str| json!({ "typ": "JWT", "alg": alg, "kid": header["kid"] });
    let public = URL_SAFE_NO_PAD.decode(&keys.keys[0].x).unwrap();
    let parts: Vec<&str> = anna.access_token.split('.').collect();
    let mut unknown_key = header.clone();
    unknown_key["kid"] = json!("unknown");
    let mut embedded_key = header.clone();
    embedded_key["jwk"] = json!(stack_jwk(&other).await);
    let stranger_parts: Vec<&str> = stranger.access_token.split('.').collect();
    for (name, token) in [
        ("none", format!("{}.{}.", encoded(&with("none")), parts[1])),
        ("None", format!("{}.{}.{}", encoded(&with("None")), parts[1], parts[2])),
        ("HS256 with the public key", hmac_token(&with("HS256"), &claims, &public)),
        ("HS256 with the public key as text", hmac_token(&with("HS256"), &claims, keys.keys[0].x.as_bytes())),
        ("unknown kid", format!("{}.{}.{}", encoded(&unknown_key), parts[1], parts[2])),
        ("a key of its own", format!("{}.{}.{}", encoded(&embedded_key), stranger_parts[1], stranger_parts[2])),
        ("another stack's", stranger.access_token.clone()),
        ("another stack's under our key's name", format!("{}.{}.{}", parts[0], stranger_parts[1], stranger_parts[2])),
        ("another's signature", format!("{}.{}.{}", parts[0], parts[1], stranger_parts[2])),
        ("no signature", format!("{}.{}", parts[0], parts[1])),
        ("cut short", anna.access_token[..anna.access_token.len() - 4].to_owned()),
        ("one part more", format!("{}.x", anna.access_token)),
        ("long", "x".repeat(16 * 1024)),
        ("dots", ".".repeat(100)),
        ("nothing", String::new()),
    ] {
        let answer = rig.get(routes::VAULT_STATUS).bearer_auth(&token).answer().await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {answer:?}");
        answer.expect_bad_token();
        let body = json!({ "token": token });
        let answer = rig.post(routes::VALIDATE).json(&body).answer().await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {answer:?}");
        let verifier = TokenVerifier::new(&rig.base, rig.http.clone(), Clock::system());
        assert!(verifier.verify(&token).await.is_err(), "{name}");
    }
    rig.get(routes::VAULT_STATUS).bearer_auth(&anna.access_token).answer().await.expect(StatusCode::OK);
}

async fn stack_jwk(rig: &Rig) -> Value {
    rig.get(routes::JWKS).answer().await.body["keys"][0].clone()
}

#[tokio::test]
async fn a_token_of_a_mebibyte_is_refused() {
    let rig = Rig::start().await;
    let huge = "x".repeat(1024 * 1024);
    let answer = rig.post(routes::VALIDATE).json(&json!({ "token": huge })).answer().await;
    assert_eq!(answer.expect(StatusCode::UNAUTHORIZED).body["valid"], false);
    // In a header it is more than any request's head may have; the server says so, or ends the connection.
    if let Ok(answer) = rig.get(routes::VAULT_STATUS).bearer_auth(&huge).send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    rig.get(routes::HEALTH).answer().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_of_a_deleted_user_is_nobodys() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let id = rig.persona(&admin, "kai", "daily").await;
    let kai = rig.login("persona.kai@mana.test").await;
    let delete = rig.request(http::Method::DELETE, &routes::fill(routes::ADMIN_PERSONA, &id));
    delete.bearer_auth(&admin.access_token).answer().await.expect(StatusCode::OK);
    assert_eq!(rig.get(routes::GET_SESSION).cookie(&kai.cookie).answer().await.body, Value::Null);
    rig.get(routes::TOKEN).cookie(&kai.cookie).answer().await.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    rig.get(routes::VAULT_STATUS).bearer_auth(&kai.access_token).answer().await.expect_bad_token();
    let refresh = json!({ "refreshToken": kai.session_token });
    let refused = rig.post(routes::REFRESH).json(&refresh).answer().await;
    refused.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
}
