//! The personas' spaces: built by seeding, shared by two, closed to the others, gone after clean-up.

use fixtures::Catalogue;
use serde_json::json;
use stack_api::{spaces::Space, sync::EPOCH};
use stack_client::{AuthClient, SyncClient};
use stack_crypto::{DEV_SEED_SECRET, MasterKey, decrypt_field, persona_password};
use stack_http::{Database, Principal};

use crate::{
    mcp::{Session, call},
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

#[tokio::test]
async fn what_anna_writes_into_the_family_ben_reads_and_marcus_never_does() {
    let up = Up::start();
    seed(&up, &[]);
    let (auth, sync) = clients(&up);
    let (anna, ben, marcus) = (log_in(&auth, "anna").await, log_in(&auth, "ben").await, log_in(&auth, "marcus").await);
    let space = auth.spaces(&anna).await.unwrap()[1].id.clone();
    let headers = [("x-mana-space", space.as_str())];
    for (tool, arguments) in [
        ("todo.create", json!({ "title": "Geheime Einkaufsliste" })),
        ("notes.create", json!({ "title": "Geheimes Rezept", "content": "Mehl" })),
        ("journal.add", json!({ "content": "Geheimer Ausflug" })),
    ] {
        call(&up, &anna, &headers, tool, arguments).await;
    }
    let session = Session::open(&up.addresses.mcp, &ben, &headers).await.unwrap();
    for (tool, words) in [("todo.list", "Geheime Einkaufsliste"), ("notes.search", "Geheimes Rezept")] {
        let listed = session.call(tool, &json!({})).await.unwrap().structured_content.unwrap().to_string();
        assert!(listed.contains(words), "{listed}");
    }
    session.close().await;
    let key = MasterKey::from_base64(&auth.space_key(&ben, &space).await.unwrap().key.master_key).unwrap();
    for (app, table, field) in
        [("todo", "tasks", "title"), ("notes", "notes", "title"), ("journal", "journalEntries", "content")]
    {
        let records = sync.records(&ben, app, table, &space).await.unwrap().records;
        let text = records[0].data[field].get();
        assert!(!text.contains("Geheim"), "sync sees ciphertext alone: {text}");
        let opened = decrypt_field(&key, &serde_json::from_str(text).unwrap()).unwrap();
        assert!(opened.as_str().unwrap().starts_with("Geheim"), "{opened}");
    }
    let refused = auth.space_key(&marcus, &space).await.err().expect("Marcus is no member");
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(403));
    assert!(Session::open(&up.addresses.mcp, &marcus, &headers).await.is_err());
}

/// Tables that tell of nobody.
const NOBODYS: [&str; 4] = ["signing_keys", "sync_clock", "auth_migrations", "sync_migrations"];

/// Every other table of both services and how many of its rows may be left: the administrator's.
const LEFT: [(&str, &str, i64); 14] = [
    ("auth", "SELECT COUNT(*) FROM users WHERE kind <> 'human'", 0),
    ("auth", "SELECT COUNT(*) FROM spaces", 1),
    ("auth", "SELECT COUNT(*) FROM members", 1),
    ("auth", "SELECT COUNT(*) FROM invitations", 0),
    ("auth", "SELECT COUNT(*) FROM sessions WHERE user_id NOT IN (SELECT id FROM users WHERE role = 'admin')", 0),
    ("auth", "SELECT COUNT(*) FROM login_failures", 0),
    ("auth", "SELECT COUNT(*) FROM vaults", 0),
    ("auth", "SELECT COUNT(*) FROM space_keys", 0),
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
    auth.space_key(&ben, &space).await.unwrap();
    // A guess at Anna's password, and an invitation that nobody accepts.
    assert!(auth.login("persona.anna@mana.test", "wrong password").await.is_err());
    let open = json!({ "email": "persona.kai@mana.test", "role": "member", "organizationId": space });
    auth.invite_member(&anna, &serde_json::from_value(open).unwrap()).await.unwrap();

    let cleaned = up.verb(&["personas", "cleanup"]);
    assert!(cleaned.status.success(), "{}", told(&cleaned));
    for (service, sql, left) in LEFT {
        let db = tables(&up, service).await;
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
    for service in ["auth", "sync"] {
        let db = tables(&up, service).await;
        let all = if db.is_sqlite() {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
        };
        let names: Vec<String> = sqlx::query_scalar(all).fetch_all(db.pool()).await.unwrap();
        db.close().await;
        assert!(names.len() > 3, "{names:?}");
        for name in names.iter().filter(|name| !NOBODYS.contains(&name.as_str())) {
            let looked_at = LEFT.iter().any(|(_, sql, _)| sql.split(' ').any(|word| word == name));
            assert!(looked_at, "nobody looked at the table {name}");
        }
    }
    assert!(seed(&up, &[]).contains("10 created, 5 spaces created"), "they can be made anew");
}

async fn tables(up: &Up, service: &str) -> Database {
    let url = if up.database.is_postgres() {
        up.database.url()
    } else {
        format!("sqlite://{}", up.data().join(format!("{service}.db")).display())
    };
    Database::open(&url).await.unwrap()
}
