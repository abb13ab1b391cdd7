//! A day in the stack, with a plain MCP client beside it.

use fixtures::Catalogue;
use serde_json::json;
use stack_api::sync::EPOCH;
use stack_client::{AuthClient, SyncClient};
use stack_crypto::{DEV_SEED_SECRET, MasterKey, decrypt_field, persona_password};

use crate::{
    mcp::call,
    program::{Up, told},
};

/// Logs a persona in as the runner does.
async fn log_in(auth: &AuthClient, name: &str) -> String {
    let email = Catalogue::embedded().find(name).unwrap().email.clone();
    auth.login(&email, &persona_password(&email, DEV_SEED_SECRET)).await.unwrap().0.access_token
}

#[tokio::test]
async fn seeding_twice_and_ticking_twice_plays_one_day() {
    let up = Up::start();
    up.seed_and_tick();
    let again = told(&up.verb(&["personas", "seed"]));
    assert!(again.contains("10 updated, 5 spaces up to date"), "{again}");
    let tick = told(&up.verb(&["tick"]));
    assert!(tick.contains("0 of 0 due personas"), "{tick}");
    let cleaned = told(&up.verb(&["personas", "cleanup"]));
    assert!(cleaned.contains("10 deleted"), "{cleaned}");
    assert!(told(&up.verb(&["personas", "list"])).contains("0 personas"));
}

#[tokio::test]
async fn a_task_made_through_mcp_is_ciphertext_in_sync_and_opens_with_its_owners_key() {
    let up = Up::start();
    assert!(up.verb(&["personas", "seed"]).status.success());
    let http = reqwest::Client::new();
    let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), http.clone());
    let token = log_in(&auth, "anna").await;
    call(&up, &token, &[], "todo.create", json!({"title": "Geheime Überraschung für Ben"})).await;

    let sync = SyncClient::new(up.addresses.sync.parse().unwrap(), http, "test");
    let pulled = sync.pull(&token, "todo", "tasks", EPOCH).await.unwrap();
    let wire = serde_json::to_string(&pulled).unwrap();
    assert!(!wire.contains("Überraschung"), "{wire}");
    let title = pulled.server_changes.last().unwrap().data.as_ref().unwrap()["title"].get();
    let key = MasterKey::from_base64(&auth.master_key(&token).await.unwrap().master_key).unwrap();
    let opened = decrypt_field(&key, &serde_json::from_str(title).unwrap()).unwrap();
    assert_eq!(opened, json!("Geheime Überraschung für Ben"));

    let ben = log_in(&auth, "ben").await;
    assert!(sync.pull(&ben, "todo", "tasks", EPOCH).await.unwrap().server_changes.is_empty());
}

#[tokio::test]
async fn after_a_rotation_nothing_is_written_under_the_old_key() {
    let up = Up::start();
    assert!(up.verb(&["personas", "seed"]).status.success());
    let http = reqwest::Client::new();
    let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), http.clone());
    let sync = SyncClient::new(up.addresses.sync.parse().unwrap(), http, "test");
    let token = log_in(&auth, "anna").await;
    for (n, rotate) in [false, true, true].into_iter().enumerate() {
        let key = if rotate { auth.rotate_key(&token).await.unwrap() } else { auth.master_key(&token).await.unwrap() };
        let title = format!("Aufgabe {n}");
        call(&up, &token, &[], "todo.create", json!({ "title": title })).await;
        let pulled = sync.pull(&token, "todo", "tasks", EPOCH).await.unwrap();
        let written = pulled.server_changes.last().unwrap().data.as_ref().unwrap()["title"].get();
        let key = MasterKey::from_base64(&key.master_key).unwrap();
        let opened = decrypt_field(&key, &serde_json::from_str(written).unwrap());
        assert_eq!(opened.expect("it is written under the present key"), json!(title));
    }
}
