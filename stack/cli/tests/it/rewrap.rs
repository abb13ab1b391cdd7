//! Changing the key-encryption key of a stack that is in use.

use std::process::Output;

use serde_json::{Value, json};
use stack_test_database::TestDatabase;

use crate::{
    mcp::call,
    program::{Up, stack, told},
};

const NEW: &str = "bmV1ZXIgU2NobHVlc3NlbCBtaXQgMzIgQnl0ZXMhISE=";

fn again(up: &mut Up, keys: &[(&str, &str)]) -> Up {
    up.terminate();
    let database = std::mem::replace(&mut up.database, TestDatabase::fresh());
    Up::start_with(database, |command| {
        command.envs(keys.iter().copied());
    })
}

fn rewrap(up: &Up, keys: &[(&str, &str)], flags: &[&str]) -> Output {
    let mut command = stack(&["vault", "rewrap", "--data"]);
    if up.database.is_postgres() {
        command.env("DATABASE_URL", up.database.url());
    }
    command.arg(up.data()).args(flags).envs(keys.iter().copied()).output().unwrap()
}

async fn use_the_vault(up: &Up, tool: &'static str, arguments: Value) {
    let token = told(&up.verb(&["admin", "token"]));
    call(up, token.trim(), &[], tool, arguments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_a_running_stack_is_changed_and_everything_still_opens() {
    let mut up = Up::start();
    use_the_vault(&up, "todo.create", json!({ "title": "Milch" })).await;
    let secrets = std::fs::read_to_string(up.data().join("secrets.json")).unwrap();
    let old = serde_json::from_str::<Value>(&secrets).unwrap()["auth_kek"].as_str().unwrap().to_owned();
    let (new, both) = ([("MANA_AUTH_KEK", NEW)], [("MANA_AUTH_KEK", NEW), ("MANA_AUTH_KEK_PREVIOUS", old.as_str())]);

    let without = rewrap(&up, &new, &[]);
    assert_eq!(without.status.code(), Some(1), "{}", told(&without));
    assert!(told(&without).contains("MANA_AUTH_KEK_PREVIOUS"), "{}", told(&without));
    let twice = rewrap(&up, &[("MANA_AUTH_KEK", NEW), ("MANA_AUTH_KEK_PREVIOUS", NEW)], &[]);
    assert_eq!(twice.status.code(), Some(2), "{}", told(&twice));

    let mut up = again(&mut up, &both);
    use_the_vault(&up, "todo.list", json!({})).await;
    let dry = rewrap(&up, &both, &["--dry-run"]);
    assert!(
        told(&dry).contains("1 signing keys, 1 vaults and 0 keys of spaces would be wrapped anew under kek-"),
        "{}",
        told(&dry)
    );
    let done = rewrap(&up, &both, &[]);
    assert!(done.status.success(), "{}", told(&done));
    assert!(
        told(&done).contains("1 signing keys, 1 vaults and 0 keys of spaces wrapped anew under kek-"),
        "{}",
        told(&done)
    );
    assert!(told(&done).contains("MANA_AUTH_KEK_PREVIOUS may be taken out"), "{}", told(&done));
    assert!(![NEW, old.as_str()].iter().any(|key| told(&done).contains(key)), "a key was printed");
    use_the_vault(&up, "todo.list", json!({})).await;

    let up = again(&mut up, &new);
    use_the_vault(&up, "todo.list", json!({})).await;
}

#[test]
fn without_tables_there_is_nothing_to_rewrap() {
    let folder = tempfile::tempdir().unwrap();
    let output = stack(&["vault", "rewrap", "--data"]).arg(folder.path()).env("MANA_AUTH_KEK", NEW).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("help: stack migrate"), "{}", told(&output));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was made");
}
