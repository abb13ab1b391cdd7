//! Access tokens and the keys to check them with.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use stack_api::{
    auth::{Claims, Jwks, TokenPair, ValidateResponse},
    routes,
};
use stack_http::{Clock, TokenError, TokenVerifier};

use crate::rig::{ADMIN_EMAIL, Answer, RequestExt, Rig, Visitor};

fn verifier(rig: &Rig) -> TokenVerifier {
    TokenVerifier::new(&rig.base, rig.http.clone(), Clock::system())
}

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

async fn jwks(rig: &Rig) -> Jwks {
    rig.get(routes::JWKS).answer().await.expect(StatusCode::OK).json()
}

#[tokio::test]
async fn another_service_verifies_annas_token() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let claims = verifier(&rig).verify(&anna.access_token).await.unwrap();
    let now = Utc::now().timestamp();
    assert!((now - 5..=now).contains(&claims.iat), "{claims:?}");
    let expected = Claims {
        iat: claims.iat,
        sub: anna.id,
        email: "anna@mana.test".to_owned(),
        role: "user".to_owned(),
        sid: claims.sid.clone(),
        tier: "free".to_owned(),
        exp: claims.iat + 900,
        iss: rig.base.as_str().trim_end_matches('/').to_owned(),
        aud: "mana".to_owned(),
    };
    assert_eq!(*claims, expected);
}

#[tokio::test]
async fn an_admins_token_says_admin() {
    let rig = Rig::start().await;
    let admin = rig.login(ADMIN_EMAIL).await;
    assert!(verifier(&rig).verify(&admin.access_token).await.unwrap().is_admin());
}

#[tokio::test]
async fn a_token_names_its_key_by_the_keys_thumbprint() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let keys = jwks(&rig).await.keys;
    assert_eq!(keys.len(), 1);
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, keys[0].x);
    let thumbprint = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    let header = part(&anna.access_token, 0);
    assert_eq!(header, json!({ "typ": "JWT", "alg": "EdDSA", "kid": URL_SAFE_NO_PAD.encode(thumbprint) }));
    assert_eq!(keys[0].kid, header["kid"].as_str().unwrap());
}

#[tokio::test]
async fn the_keys_are_served_at_both_addresses_without_a_private_part() {
    let rig = Rig::start().await;
    let one = rig.get(routes::JWKS).answer().await.expect(StatusCode::OK);
    let two = rig.get(routes::JWKS_V1).answer().await.expect(StatusCode::OK);
    assert_eq!(one.body, two.body);
    let key = &one.body["keys"][0];
    let (x, kid) = (&key["x"], &key["kid"]);
    let expected = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "alg": "EdDSA", "use": "sig" });
    assert_eq!(one.body, json!({ "keys": [expected] }));
}

#[tokio::test]
async fn the_cookie_gives_a_token() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let answer = rig.get(routes::TOKEN).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
    let token = answer.body["token"].as_str().unwrap();
    assert_eq!(answer.body, json!({ "token": token }));
    assert_eq!(verifier(&rig).verify(token).await.unwrap().sub, anna.id);
    rig.get(routes::TOKEN).answer().await.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_cookie_gives_both_tokens() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let answer = rig.post(routes::SESSION_TO_TOKEN).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
    expect_pair(&rig, &answer, &anna).await;
    let nobody = rig.post(routes::SESSION_TO_TOKEN).answer().await;
    nobody.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
}

async fn expect_pair(rig: &Rig, answer: &Answer, anna: &Visitor) {
    let pair: TokenPair = answer.json();
    assert_eq!(answer.body, json!({ "accessToken": pair.access_token, "refreshToken": anna.session_token }));
    let claims = verifier(rig).verify(&pair.access_token).await.unwrap();
    assert_eq!(claims.sub, anna.id);
}

#[tokio::test]
async fn the_refresh_token_gives_both_tokens() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let body = json!({ "refreshToken": anna.session_token });
    let answer = rig.post(routes::REFRESH).json(&body).answer().await.expect(StatusCode::OK);
    expect_pair(&rig, &answer, &anna).await;
}

#[tokio::test]
async fn a_client_of_the_original_refreshes_by_its_cookie() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let answer = rig.post(routes::REFRESH).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
    expect_pair(&rig, &answer, &anna).await;
}

#[tokio::test]
async fn a_bad_refresh_token_is_refused_even_beside_a_good_cookie() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    for token in ["", "unknown", anna.access_token.as_str()] {
        let body = json!({ "refreshToken": token });
        let answer = rig.post(routes::REFRESH).cookie(&anna.cookie).json(&body).answer().await;
        answer.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    }
    rig.post(routes::REFRESH).answer().await.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    let malformed = rig.post(routes::REFRESH).json(&json!({})).answer().await;
    malformed.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
}

async fn validate(rig: &Rig, token: &str) -> Answer {
    rig.post(routes::VALIDATE).json(&json!({ "token": token })).answer().await
}

#[tokio::test]
async fn a_good_token_is_valid_and_shows_its_claims() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let answer = validate(&rig, &anna.access_token).await.expect(StatusCode::OK);
    assert_eq!(answer.body, json!({ "valid": true, "payload": part(&anna.access_token, 1) }));
    answer.json::<ValidateResponse>();
}

#[tokio::test]
async fn a_changed_token_is_not_valid() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let parts: Vec<&str> = anna.access_token.split('.').collect();
    let mut claims = part(&anna.access_token, 1);
    claims["role"] = json!("admin");
    let admin = URL_SAFE_NO_PAD.encode(claims.to_string());
    let unsigned = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "kid": part(parts[0], 0)["kid"] }).to_string());
    for token in [
        format!("{}.{admin}.{}", parts[0], parts[2]),
        format!("{unsigned}.{admin}."),
        format!("{}.{}", parts[0], parts[1]),
        anna.session_token.clone(),
        String::new(),
    ] {
        let answer = validate(&rig, &token).await.expect(StatusCode::UNAUTHORIZED);
        assert_eq!(answer.body, json!({ "valid": false, "payload": null }), "{token}");
        rig.get(routes::ADMIN_PERSONAS).bearer_auth(&token).answer().await.expect_bad_token();
        assert!(verifier(&rig).verify(&token).await.is_err(), "{token}");
    }
}

#[tokio::test]
async fn another_stacks_token_is_not_valid() {
    let (ours, theirs) = (Rig::start().await, Rig::start().await);
    let anna = theirs.newcomer("anna@mana.test").await;
    validate(&ours, &anna.access_token).await.expect(StatusCode::UNAUTHORIZED);
    let error = verifier(&ours).verify(&anna.access_token).await.unwrap_err();
    assert!(matches!(error, TokenError::UnknownKey), "{error}");
}

#[tokio::test]
async fn a_token_issued_under_another_address_is_not_valid() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let moved = rig.again(|config| config.public_url = "http://auth.test".parse().unwrap()).await.unwrap();
    validate(&moved, &anna.access_token).await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_is_valid_for_a_quarter_of_an_hour() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let before = rig.later(TimeDelta::minutes(14)).await;
    validate(&before, &anna.access_token).await.expect(StatusCode::OK);
    let after = rig.later(TimeDelta::minutes(16)).await;
    validate(&after, &anna.access_token).await.expect(StatusCode::UNAUTHORIZED);
    let answer = after.get(routes::VAULT_STATUS).bearer_auth(&anna.access_token).answer().await;
    assert_eq!(answer.expect_bad_token().body["message"], "token expired");
}

#[tokio::test]
async fn a_token_is_not_valid_before_its_time() {
    let rig = Rig::start().await;
    let ahead = rig.later(TimeDelta::hours(1)).await;
    let anna = ahead.newcomer("anna@mana.test").await;
    let answer = rig.get(routes::VAULT_STATUS).bearer_auth(&anna.access_token).answer().await.expect_bad_token();
    assert_eq!(answer.body["message"], "token is not valid yet");
    validate(&rig, &anna.access_token).await.expect(StatusCode::UNAUTHORIZED);
    validate(&ahead, &anna.access_token).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_not_valid_after_logging_out() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    rig.post(routes::LOGOUT).cookie(&anna.cookie).answer().await.expect(StatusCode::OK);
    validate(&rig, &anna.access_token).await.expect(StatusCode::UNAUTHORIZED);
}
