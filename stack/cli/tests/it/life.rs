//! Starting and ending.

use std::time::Duration;

use stack_test_database::TestDatabase;

use crate::program::{Up, stack, told};

#[tokio::test]
async fn every_service_is_healthy_once_the_addresses_are_there() {
    let up = Up::start();
    let at = up.addresses.clone();
    for (name, url) in [("auth", at.auth), ("sync", at.sync), ("mcp", at.mcp), ("runner", at.runner), ("web", at.web)] {
        let health: serde_json::Value = reqwest::get(format!("{url}/health")).await.unwrap().json().await.unwrap();
        assert_eq!((health["status"].as_str(), health["service"].as_str()), (Some("ok"), Some(name)));
    }
}

#[tokio::test]
async fn sigterm_ends_the_stack_within_five_seconds_though_a_stream_is_open() {
    let mut up = Up::start();
    let token = told(&up.verb(&["admin", "token"])).trim().to_owned();
    let url = format!("{}/sync/todo/stream?collections=tasks", up.addresses.sync);
    let mut stream = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert!(stream.status().is_success(), "{}", stream.status());
    let (status, took) = up.terminate();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(!matches!(stream.chunk().await, Ok(Some(_))), "the stream has ended");
    assert!(!up.data().join("addresses.json").exists(), "a stack that ended has no addresses");
}

#[test]
fn the_administrator_logs_in_with_the_password_of_the_data_folder() {
    let up = Up::start();
    let token = up.verb(&["admin", "token"]);
    assert!(token.status.success(), "{}", told(&token));
    assert_eq!(told(&token).trim().split('.').count(), 3, "a JWT has three parts");
    let listed = up.verb(&["personas", "list"]);
    assert!(told(&listed).contains("0 personas"), "{}", told(&listed));
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let mut up = Up::start();
    up.seed_and_tick();
    up.terminate();
    let database = std::mem::replace(&mut up.database, TestDatabase::fresh());
    std::fs::remove_file(database.folder().join("addresses.json")).ok();
    let again = Up::start_on(database);
    let listed = told(&again.verb(&["personas", "list"]));
    assert!(listed.contains("10 personas") && !listed.contains("last day never"), "{listed}");
}

#[test]
fn help_names_every_verb() {
    let help = told(&stack(&["--help"]).output().unwrap());
    for verb in ["up", "serve", "migrate", "config", "admin", "personas", "vault", "tick"] {
        assert!(help.contains(verb), "{verb} in {help}");
    }
}
