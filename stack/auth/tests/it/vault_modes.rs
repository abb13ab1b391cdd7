//! Rotation, recovery wrap and zero-knowledge mode of `/api/v1/me/encryption-vault/*`, and the rules of the table.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use stack_api::routes;
use stack_http::Database;

use crate::rig::{Answer, RequestExt, Rig, Visitor, kek};

async fn call(rig: &Rig, who: &Visitor, method: Method, path: &str, body: Value) -> Answer {
    rig.request(method, path).bearer_auth(&who.access_token).json(&body).answer().await
}

async fn get(rig: &Rig, who: &Visitor, path: &str) -> Value {
    call(rig, who, Method::GET, path, Value::Null).await.expect(StatusCode::OK).body
}

async fn post(rig: &Rig, who: &Visitor, path: &str, body: Value) -> Answer {
    call(rig, who, Method::POST, path, body).await
}

fn recovery(byte: u8) -> Value {
    json!({ "recoveryWrappedMk": STANDARD.encode([byte; 48]), "recoveryIv": STANDARD.encode([byte; 12]) })
}

/// Anna, who has a vault.
async fn anna(rig: &Rig) -> (Visitor, Value) {
    let anna = rig.newcomer("anna@mana.test").await;
    let made = post(rig, &anna, routes::VAULT_INIT, Value::Null).await.expect(StatusCode::OK).body;
    (anna, made)
}

pub(crate) async fn enter_zero_knowledge(rig: &Rig, who: &Visitor) {
    post(rig, who, routes::VAULT_RECOVERY_WRAP, recovery(1)).await.expect(StatusCode::OK);
    post(rig, who, routes::VAULT_ZERO_KNOWLEDGE, json!({ "enable": true })).await.expect(StatusCode::OK);
}

async fn noted(rig: &Rig, sql: &'static str) {
    assert_eq!(rig.count(sql).await, 1, "{sql}");
}

#[tokio::test]
async fn a_rotated_key_is_another_one_and_its_recovery_wrap_is_gone() {
    let rig = Rig::start().await;
    let (anna, first) = anna(&rig).await;
    post(&rig, &anna, routes::VAULT_RECOVERY_WRAP, recovery(1)).await.expect(StatusCode::OK);
    let rotated = post(&rig, &anna, routes::VAULT_ROTATE, Value::Null).await.expect(StatusCode::OK).body;
    assert_ne!(rotated["masterKey"], first["masterKey"]);
    assert_eq!(rotated, json!({ "masterKey": rotated["masterKey"], "formatVersion": 1, "kekId": kek(7).id() }));
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await, rotated);
    assert_eq!(get(&rig, &anna, routes::VAULT_STATUS).await["hasRecoveryWrap"], false, "it opened the old key");
    noted(&rig, "SELECT COUNT(*) FROM vault_audit WHERE action = 'rotate' AND outcome = 'changed'").await;
}

#[tokio::test]
async fn a_recovery_wrap_is_set_replaced_and_cleared() {
    let rig = Rig::start().await;
    let (anna, _) = anna(&rig).await;
    for byte in [1, 2] {
        let set = post(&rig, &anna, routes::VAULT_RECOVERY_WRAP, recovery(byte)).await.expect(StatusCode::OK);
        assert_eq!(set.body, json!({ "ok": true }));
    }
    let status = get(&rig, &anna, routes::VAULT_STATUS).await;
    assert_eq!((&status["hasRecoveryWrap"], &status["zeroKnowledge"]), (&json!(true), &json!(false)));
    assert!(status["recoverySetAt"].is_string(), "{status}");
    for _ in 0..2 {
        let cleared = call(&rig, &anna, Method::DELETE, routes::VAULT_RECOVERY_WRAP, Value::Null).await;
        assert_eq!(cleared.expect(StatusCode::OK).body, json!({ "ok": true }));
    }
    let status = get(&rig, &anna, routes::VAULT_STATUS).await;
    assert_eq!((&status["hasRecoveryWrap"], &status["recoverySetAt"]), (&json!(false), &Value::Null));
    let sets = "SELECT COUNT(*) FROM vault_audit WHERE action LIKE '%-recovery' AND outcome = 'changed'";
    assert_eq!(rig.count(sets).await, 4);
}

#[tokio::test]
async fn what_is_no_recovery_wrap_is_refused() {
    let rig = Rig::start().await;
    let (anna, _) = anna(&rig).await;
    let (good, iv) = (STANDARD.encode([1; 48]), STANDARD.encode([1; 12]));
    for body in [
        json!({}),
        json!({ "recoveryWrappedMk": good }),
        json!({ "recoveryWrappedMk": "", "recoveryIv": iv }),
        json!({ "recoveryWrappedMk": "no base64!", "recoveryIv": iv }),
        json!({ "recoveryWrappedMk": STANDARD.encode([1; 47]), "recoveryIv": iv }),
        json!({ "recoveryWrappedMk": STANDARD.encode([1; 513]), "recoveryIv": iv }),
        json!({ "recoveryWrappedMk": good, "recoveryIv": STANDARD.encode([1; 11]) }),
        json!({ "recoveryWrappedMk": good, "recoveryIv": "" }),
    ] {
        let refused = post(&rig, &anna, routes::VAULT_RECOVERY_WRAP, body).await;
        refused.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
    }
    assert_eq!(get(&rig, &anna, routes::VAULT_STATUS).await["hasRecoveryWrap"], false);
}

#[tokio::test]
async fn in_zero_knowledge_the_server_keeps_no_usable_key() {
    let rig = Rig::start().await;
    let (anna, made) = anna(&rig).await;
    let on = json!({ "enable": true });
    let refused = post(&rig, &anna, routes::VAULT_ZERO_KNOWLEDGE, on.clone()).await;
    refused.expect_coded_twice(StatusCode::BAD_REQUEST, "RECOVERY_WRAP_MISSING");
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await, made, "refused, and nothing changed");

    enter_zero_knowledge(&rig, &anna).await;
    let again = post(&rig, &anna, routes::VAULT_ZERO_KNOWLEDGE, on).await.expect(StatusCode::OK);
    assert_eq!(again.body, json!({ "ok": true, "zeroKnowledge": true }));
    let mut locked = recovery(1);
    locked["requiresRecoveryCode"] = json!(true);
    locked["formatVersion"] = json!(1);
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await, locked);
    let init = post(&rig, &anna, routes::VAULT_INIT, Value::Null).await.expect(StatusCode::OK);
    assert_eq!(init.body, locked, "init makes no second key");
    assert_eq!(get(&rig, &anna, routes::VAULT_STATUS).await["zeroKnowledge"], true);
    let kept = "SELECT COUNT(*) FROM vaults WHERE ciphertext IS NOT NULL OR nonce IS NOT NULL OR kek_id IS NOT NULL";
    assert_eq!(rig.count(kept).await, 0);
    noted(&rig, "SELECT COUNT(*) FROM vault_audit WHERE action = 'key' AND outcome = 'locked'").await;
    let refused = "SELECT COUNT(*) FROM vault_audit WHERE action = 'enter-zero-knowledge' AND outcome = 'refused'";
    noted(&rig, refused).await;
}

#[tokio::test]
async fn in_zero_knowledge_key_and_recovery_wrap_stay_as_they_are() {
    let rig = Rig::start().await;
    let (anna, _) = anna(&rig).await;
    enter_zero_knowledge(&rig, &anna).await;
    let locked = get(&rig, &anna, routes::VAULT_KEY).await;
    let rotate = post(&rig, &anna, routes::VAULT_ROTATE, Value::Null).await;
    rotate.expect_coded_twice(StatusCode::CONFLICT, "ZK_ROTATE_FORBIDDEN");
    let set = post(&rig, &anna, routes::VAULT_RECOVERY_WRAP, recovery(2)).await;
    set.expect_coded_twice(StatusCode::CONFLICT, "ZK_ACTIVE");
    let clear = call(&rig, &anna, Method::DELETE, routes::VAULT_RECOVERY_WRAP, Value::Null).await;
    clear.expect_coded_twice(StatusCode::CONFLICT, "ZK_ACTIVE");
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await, locked);
    assert_eq!(rig.count("SELECT COUNT(*) FROM vault_audit WHERE outcome = 'refused'").await, 3);
}

#[tokio::test]
async fn the_owner_gives_the_key_back_and_leaves_zero_knowledge() {
    let rig = Rig::start().await;
    let (anna, made) = anna(&rig).await;
    enter_zero_knowledge(&rig, &anna).await;
    for body in [json!({ "enable": false }), json!({ "enable": false, "masterKey": "eA==" }), json!({ "enable": 1 })] {
        let refused = post(&rig, &anna, routes::VAULT_ZERO_KNOWLEDGE, body).await;
        refused.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
    }
    let off = json!({ "enable": false, "masterKey": made["masterKey"] });
    let left = post(&rig, &anna, routes::VAULT_ZERO_KNOWLEDGE, off).await.expect(StatusCode::OK);
    assert_eq!(left.body, json!({ "ok": true, "zeroKnowledge": false }));
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await, made);
    assert_eq!(get(&rig, &anna, routes::VAULT_STATUS).await["hasRecoveryWrap"], true);
    // A second call must not put another key in the place of the one that opens her data.
    let other = json!({ "enable": false, "masterKey": STANDARD.encode([9; 32]) });
    post(&rig, &anna, routes::VAULT_ZERO_KNOWLEDGE, other).await.expect(StatusCode::OK);
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await, made);
}

#[tokio::test]
async fn without_a_vault_there_is_nothing_to_change() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let key = STANDARD.encode([1; 32]);
    for (method, path, body) in [
        (Method::POST, routes::VAULT_ROTATE, Value::Null),
        (Method::POST, routes::VAULT_RECOVERY_WRAP, recovery(1)),
        (Method::DELETE, routes::VAULT_RECOVERY_WRAP, Value::Null),
        (Method::POST, routes::VAULT_ZERO_KNOWLEDGE, json!({ "enable": true })),
        (Method::POST, routes::VAULT_ZERO_KNOWLEDGE, json!({ "enable": false, "masterKey": key })),
    ] {
        let refused = call(&rig, &anna, method, path, body).await;
        refused.expect_coded_twice(StatusCode::NOT_FOUND, "VAULT_NOT_INITIALISED");
    }
    assert_eq!(rig.count("SELECT COUNT(*) FROM vault_audit WHERE outcome = 'missing'").await, 5);
}

#[tokio::test]
async fn an_inconsistent_vault_cannot_be_stored() {
    let rig = Rig::start().await;
    let (anna, _) = anna(&rig).await;
    let db = Database::open(&rig.database_url()).await.unwrap();
    for (change, rule) in [
        ("zero_knowledge = 2", "vaults_mode"),
        ("format_version = 0", "vaults_format"),
        ("ciphertext = NULL", "vaults_server_wrap"),
        ("nonce = NULL", "vaults_server_wrap"),
        ("kek_id = ''", "vaults_server_wrap"),
        ("ciphertext = NULL, nonce = NULL, kek_id = NULL", "vaults_server_wrap"),
        ("zero_knowledge = 1", "vaults_server_wrap"),
        ("zero_knowledge = 1, recovery_wrapped_mk = 'a', recovery_iv = 'b', recovery_set_at = 1", "vaults_server_wrap"),
        ("zero_knowledge = 1, ciphertext = NULL, nonce = NULL, kek_id = NULL", "vaults_zero_knowledge"),
        ("recovery_wrapped_mk = 'a'", "vaults_recovery_wrap"),
        ("recovery_iv = 'b', recovery_set_at = 1", "vaults_recovery_wrap"),
        ("recovery_wrapped_mk = 'a', recovery_iv = '', recovery_set_at = 1", "vaults_recovery_wrap"),
    ] {
        let sql = sqlx::AssertSqlSafe(format!("UPDATE vaults SET {change}"));
        let error = sqlx::query(sql).execute(db.pool()).await.expect_err(change).to_string();
        assert!(error.contains(rule), "{change}: {error}");
    }
    let whole = "UPDATE vaults SET zero_knowledge = 1, ciphertext = NULL, nonce = NULL, kek_id = NULL, \
                 recovery_wrapped_mk = 'a', recovery_iv = 'b', recovery_set_at = 1 ";
    sqlx::query(whole).execute(db.pool()).await.expect("a rule that refuses everything would prove nothing");
    db.close().await;
    assert_eq!(get(&rig, &anna, routes::VAULT_KEY).await["recoveryWrappedMk"], "a");
}
