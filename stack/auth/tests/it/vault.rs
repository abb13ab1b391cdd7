//! `/api/v1/me/encryption-vault/*`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Method, StatusCode};
use serde_json::json;
use stack_api::{routes, vault::VaultKey};

use crate::rig::{Answer, RequestExt, Rig, Visitor, kek};

async fn call(rig: &Rig, method: Method, path: &str, who: &Visitor) -> Answer {
    rig.request(method, path).bearer_auth(&who.access_token).answer().await
}

async fn status(rig: &Rig, who: &Visitor) -> Answer {
    call(rig, Method::GET, routes::VAULT_STATUS, who).await.expect(StatusCode::OK)
}

async fn init(rig: &Rig, who: &Visitor) -> Answer {
    call(rig, Method::POST, routes::VAULT_INIT, who).await.expect(StatusCode::OK)
}

async fn key(rig: &Rig, who: &Visitor) -> Answer {
    call(rig, Method::GET, routes::VAULT_KEY, who).await
}

#[tokio::test]
async fn before_init_there_is_no_key() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let expected = json!({
        "vaultExists": false, "hasRecoveryWrap": false, "zeroKnowledge": false, "recoverySetAt": null,
    });
    assert_eq!(status(&rig, &anna).await.body, expected);
    let answer = key(&rig, &anna).await.expect(StatusCode::NOT_FOUND);
    let code = "VAULT_NOT_INITIALISED";
    let expected = json!({ "error": code, "message": answer.body["message"], "status": 404, "code": code });
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn init_makes_the_key_once() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let first = init(&rig, &anna).await;
    let made: VaultKey = first.json();
    assert_eq!(STANDARD.decode(&made.master_key).unwrap().len(), 32);
    assert_eq!(first.body, json!({ "masterKey": made.master_key, "formatVersion": 1, "kekId": kek(7).id() }));
    assert_eq!(init(&rig, &anna).await.body, first.body);
    assert_eq!(key(&rig, &anna).await.expect(StatusCode::OK).body, first.body);
    assert_eq!(status(&rig, &anna).await.body["vaultExists"], true);
    let later = rig.again(|_| {}).await.unwrap();
    assert_eq!(key(&later, &anna).await.expect(StatusCode::OK).body, first.body, "it outlives the process");
}

#[tokio::test]
async fn who_has_the_key_hears_whether_it_is_still_the_one() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let tag_of = |answer: &Answer| answer.header("etag").unwrap().to_owned();
    let first = init(&rig, &anna).await;
    let tag = tag_of(&first);
    let ask = async |tag: &str| {
        rig.get(routes::VAULT_KEY).bearer_auth(&anna.access_token).header("if-none-match", tag).answer().await
    };
    let noted = "SELECT COUNT(*) FROM vault_audit";
    let before = rig.count(noted).await;
    let same = ask(&tag).await.expect(StatusCode::NOT_MODIFIED);
    assert_eq!((tag_of(&same), same.body), (tag.clone(), json!(null)));
    assert_eq!(rig.count(noted).await, before, "nothing was given away");
    assert_eq!(tag_of(&key(&rig, &anna).await), tag);

    let rotated = call(&rig, Method::POST, routes::VAULT_ROTATE, &anna).await.expect(StatusCode::OK);
    let fresh = ask(&tag).await.expect(StatusCode::OK);
    assert_eq!(fresh.body["masterKey"], rotated.body["masterKey"]);
    assert_ne!(tag_of(&fresh), tag);
    ask(&tag_of(&fresh)).await.expect(StatusCode::NOT_MODIFIED);
    let ben = rig.newcomer("ben@mana.test").await;
    init(&rig, &ben).await;
    let theirs = rig.get(routes::VAULT_KEY).bearer_auth(&ben.access_token).header("if-none-match", tag_of(&fresh));
    theirs.answer().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn everybody_has_a_key_of_their_own() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.newcomer("anna@mana.test").await, rig.newcomer("ben@mana.test").await);
    assert_ne!(init(&rig, &anna).await.body["masterKey"], init(&rig, &ben).await.body["masterKey"]);
}

#[tokio::test]
async fn the_key_rests_wrapped_for_its_owner_alone() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.newcomer("anna@mana.test").await, rig.newcomer("ben@mana.test").await);
    let made: VaultKey = init(&rig, &anna).await.json();
    init(&rig, &ben).await;
    let raw = STANDARD.decode(&made.master_key).unwrap();
    let bytes = rig.stored();
    assert!(!bytes.windows(raw.len()).any(|window| window == raw));
    assert!(!bytes.windows(made.master_key.len()).any(|window| window == made.master_key.as_bytes()));
    // Anna's wrap in Ben's place does not open.
    let swap = "UPDATE vaults SET ciphertext = (SELECT ciphertext FROM vaults WHERE user_id = (SELECT id FROM users \
                WHERE email = 'anna@mana.test')), nonce = (SELECT nonce FROM vaults WHERE user_id = (SELECT id FROM \
                users WHERE email = 'anna@mana.test')) RETURNING 1";
    rig.count(swap).await;
    key(&rig, &anna).await.expect(StatusCode::OK);
    let answer = key(&rig, &ben).await.expect_coded(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");
    assert!(!answer.body.to_string().contains("unwrap"), "the cause is the log's: {}", answer.body);
}

#[tokio::test]
async fn only_a_token_opens_the_vault() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let routes = [
        (Method::GET, routes::VAULT_STATUS),
        (Method::POST, routes::VAULT_INIT),
        (Method::GET, routes::VAULT_KEY),
        (Method::POST, routes::VAULT_ROTATE),
        (Method::POST, routes::VAULT_RECOVERY_WRAP),
        (Method::DELETE, routes::VAULT_RECOVERY_WRAP),
        (Method::POST, routes::VAULT_ZERO_KNOWLEDGE),
    ];
    for (method, path) in routes {
        let request = || rig.request(method.clone(), path);
        let missing = request().answer().await.expect_bad_token();
        assert_eq!(missing.body["message"], "missing bearer token");
        request().cookie(&anna.cookie).answer().await.expect_bad_token();
        request().bearer_auth("x.y.z").answer().await.expect_bad_token();
        request().bearer_auth(&anna.session_token).answer().await.expect_bad_token();
        request().service_key().answer().await.expect_bad_token();
    }
}

#[tokio::test]
async fn who_asked_for_the_vault_is_noted() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    key(&rig, &anna).await.expect(StatusCode::NOT_FOUND);
    for _ in 0..2 {
        init(&rig, &anna).await;
    }
    key(&rig, &anna).await.expect(StatusCode::OK);
    status(&rig, &anna).await;
    let noted = [
        "SELECT COUNT(*) FROM vault_audit WHERE action = 'key' AND outcome = 'missing'",
        "SELECT COUNT(*) FROM vault_audit WHERE action = 'init' AND outcome = 'made'",
        "SELECT COUNT(*) FROM vault_audit WHERE action = 'init' AND outcome = 'given'",
        "SELECT COUNT(*) FROM vault_audit WHERE action = 'key' AND outcome = 'given'",
        "SELECT COUNT(*) FROM vault_audit WHERE action = 'status' AND outcome = 'given'",
    ];
    for sql in noted {
        assert_eq!(rig.count(sql).await, 1, "{sql}");
    }
    let hers = "SELECT COUNT(*) FROM vault_audit JOIN sessions ON sessions.id = vault_audit.session_id \
                AND sessions.user_id = vault_audit.user_id";
    assert_eq!(rig.count(hers).await, 5);
}
