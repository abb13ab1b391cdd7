//! The personas' spaces: built by seeding, shared by two, closed to the others, gone after clean-up.

use fixtures::Catalogue;
use serde_json::json;
use stack_api::{spaces::Space, sync::EPOCH};
use stack_client::{AuthClient, SyncClient};
use stack_crypto::{DEV_SEED_SECRET, persona_password};
use stack_http::{Database, Principal};

use crate::{
    program::{Up, told},
    pushes::task,
};

async fn log_in(auth: &AuthClient, name: &str) -> String {
    let email = Catalogue::embedded().find(name).unwrap().email.clone();
    auth.login(&email, &persona_password(&email, DEV_SEED_SECRET)).await.unwrap().0.access_token
}

fn clients(up: &Up) -> (AuthClient, SyncClient) {
    let http = reqwest::Client::new();
    let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), http.clone());
    (auth, SyncClient::new(up.addresses.sync.parse().unwrap(), http, "test"))
}

fn besides_personal(spaces: &[Space]) -> Vec<(&str, &str)> {
    spaces.iter().skip(1).map(|space| (space.slug.as_str(), space.role.as_str())).collect()
}

fn seed(up: &Up, arguments: &[&str]) -> String {
    let output = up.verb(&[&["personas", "seed"], arguments].concat());
    assert!(output.status.success(), "{}", told(&output));
    told(&output)
}

#[tokio::test]
async fn anna_and_ben_share_what_marcus_never_sees() {
    let up = Up::start();
    let planned = seed(&up, &["--dry-run"]);
    assert!(planned.contains("family-anna-ben                would be created"), "{planned}");
    let first = seed(&up, &[]);
    assert!(first.contains("10 created, 5 spaces created"), "{first}");
    assert!(first.contains("team-marcus-lena               space created"), "{first}");
    let planned = seed(&up, &["--dry-run"]);
    assert!(planned.contains("family-anna-ben                would be updated"), "{planned}");

    let (auth, sync) = clients(&up);
    let mut tokens = Vec::new();
    let mut shared = None;
    for (name, expected) in [
        ("anna", vec![("family-anna-ben", "owner")]),
        ("ben", vec![("family-anna-ben", "member")]),
        ("marcus", vec![("team-marcus-lena", "owner")]),
        ("kai", vec![("practice-kai", "owner")]),
        ("paul", vec![("brand-paul", "owner")]),
        ("maya", vec![]),
    ] {
        let token = log_in(&auth, name).await;
        let spaces = auth.spaces(&token).await.unwrap();
        assert_eq!(besides_personal(&spaces), expected, "{name}");
        if name == "anna" {
            shared = Some(spaces[1].id.clone());
        }
        tokens.push(token);
    }
    let space = shared.unwrap();
    sync.push(&tokens[0], "todo", EPOCH, vec![task("einkauf", &space)]).await.unwrap();
    let seen = sync.records(&tokens[1], "todo", "tasks", &space).await.unwrap();
    assert_eq!(seen.records.len(), 1, "Ben reads Anna's list");
    let refused = sync.records(&tokens[2], "todo", "tasks", &space).await.expect_err("Marcus does not");
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(403));
}

/// Every table of both services and how many of its rows may be left: the administrator's.
const LEFT: [(&str, &str, i64); 13] = [
    ("auth", "SELECT COUNT(*) FROM users WHERE kind <> 'human'", 0),
    ("auth", "SELECT COUNT(*) FROM spaces", 1),
    ("auth", "SELECT COUNT(*) FROM members", 1),
    ("auth", "SELECT COUNT(*) FROM invitations", 0),
    ("auth", "SELECT COUNT(*) FROM sessions WHERE user_id NOT IN (SELECT id FROM users WHERE role = 'admin')", 0),
    ("auth", "SELECT COUNT(*) FROM login_failures", 0),
    ("auth", "SELECT COUNT(*) FROM vaults", 0),
    ("auth", "SELECT COUNT(*) FROM vault_audit", 0),
    ("auth", "SELECT COUNT(*) FROM personas", 0),
    ("auth", "SELECT COUNT(*) FROM persona_actions", 0),
    ("auth", "SELECT COUNT(*) FROM persona_feedback", 0),
    ("sync", "SELECT COUNT(*) FROM sync_changes", 0),
    ("sync", "SELECT COUNT(*) FROM sync_records", 0),
];

#[tokio::test]
async fn clean_up_leaves_no_orphan_in_any_table() {
    let up = Up::start();
    up.seed_and_tick();
    let (auth, sync) = clients(&up);
    let anna = log_in(&auth, "anna").await;
    let ben = log_in(&auth, "ben").await;
    let space = auth.spaces(&anna).await.unwrap()[1].id.clone();
    for (token, id) in [(&anna, "a"), (&ben, "b")] {
        sync.push(token, "todo", EPOCH, vec![task(id, &space)]).await.unwrap();
    }
    // A guess at Anna's password, and an invitation that nobody accepts.
    assert!(auth.login("persona.anna@mana.test", "wrong password").await.is_err());
    let open = json!({ "email": "persona.kai@mana.test", "role": "member", "organizationId": space });
    auth.invite_member(&anna, &serde_json::from_value(open).unwrap()).await.unwrap();

    let cleaned = up.verb(&["personas", "cleanup"]);
    assert!(cleaned.status.success(), "{}", told(&cleaned));
    for (service, sql, left) in LEFT {
        let url = if up.database.is_postgres() {
            up.database.url()
        } else {
            format!("sqlite://{}", up.data().join(format!("{service}.db")).display())
        };
        let db = Database::open(&url).await.unwrap();
        // The owner of tables with row-level security sees nothing of them.
        let count: i64 = if service == "sync" {
            let mut reading = db.read_as(&Principal::Service).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(reading.connection()).await.unwrap()
        } else {
            sqlx::query_scalar(sql).fetch_one(db.pool()).await.unwrap()
        };
        db.close().await;
        assert_eq!(count, left, "{service}: {sql}");
    }
    assert!(seed(&up, &[]).contains("10 created, 5 spaces created"), "they can be made anew");
}
