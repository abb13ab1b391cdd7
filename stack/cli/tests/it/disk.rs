//! A disk that is full under services that go on.
//!
//! A service on SQLite is given a limit to the size of its files as it runs, and freed of it again: what it is told
//! beyond the limit is what a full disk tells. PostgreSQL's disk is its server's own: there a trigger says what the
//! server says when it finds no room.

use std::{collections::BTreeSet, process::Command};

use reqwest::{RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use stack_api::{routes, spaces::SpaceType};
use stack_cli::Service;
use stack_http::Database;

use crate::{
    mcp::Session,
    processes::Processes,
    pushes::{SINCE, task},
};

/// Largest file of a service, in bytes: more than it needs to start, less than what is written.
const LIMIT: usize = 1 << 20;
/// Far more writes than the limit has room for.
const ENOUGH: usize = 1000;

/// Leaves no room for what this service keeps in `table`.
async fn fill(processes: &Processes, service: Service, table: &str) {
    if processes.database.is_postgres() {
        let says = "CREATE FUNCTION no_room() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION \
            'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$";
        let trigger = format!("CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()");
        tell(processes, service, &[says, &trigger]).await;
    } else {
        limit(processes, service, &format!("{LIMIT}:unlimited"));
    }
}

async fn make_room(processes: &Processes, service: Service, table: &str) {
    if processes.database.is_postgres() {
        tell(processes, service, &[&format!("DROP TRIGGER no_room ON {table}"), "DROP FUNCTION no_room()"]).await;
    } else {
        limit(processes, service, "unlimited");
    }
}

async fn tell(processes: &Processes, service: Service, statements: &[&str]) {
    let database = Database::open(&processes.tables(service)).await.unwrap();
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe((*statement).to_owned())).execute(database.pool()).await.unwrap();
    }
    database.close().await;
}

fn limit(processes: &Processes, service: Service, bytes: &str) {
    let process = processes.id(service).to_string();
    let set = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={bytes}")]).status().unwrap();
    assert!(set.success(), "{set}");
}

/// What an answer said: status, seconds until another try, text.
async fn answer(request: RequestBuilder) -> (StatusCode, u64, String) {
    let answer = request.send().await.unwrap();
    let after = answer.headers().get(header::RETRY_AFTER).map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    (answer.status(), after, answer.text().await.unwrap())
}

/// Writes until there is no room; what was stored, and what was said of what was not.
async fn write_until_full(write: impl Fn(String) -> RequestBuilder) -> (BTreeSet<String>, String, String) {
    let mut stored = BTreeSet::new();
    for n in 0..ENOUGH {
        let name = format!("write-{n}");
        let (status, after, text) = answer(write(name.clone())).await;
        if status == StatusCode::OK {
            stored.insert(name);
            continue;
        }
        assert_eq!((status, after > 0), (StatusCode::INSUFFICIENT_STORAGE, true), "{text}");
        return (stored, name, text);
    }
    panic!("{ENOUGH} writes found room");
}

#[tokio::test]
async fn a_full_disk_is_told_by_sync_loses_nothing_and_needs_no_restart_when_there_is_room() {
    let mut processes = Processes::start(&[Service::Auth, Service::Sync, Service::Mcp]).await;
    let (auth, token) = processes.admin().await;
    let space = auth.spaces(&token).await.unwrap().remove(0).id;
    let http = reqwest::Client::new();
    let url = format!("{}/sync/todo", processes.addresses.sync);
    let push = |id: String| {
        let mut change = serde_json::to_value(task(&id, &space)).unwrap();
        change["data"]["note"] = Value::from("x".repeat(20_000));
        let body = json!({ "clientId": "disk", "since": SINCE, "changes": [change] });
        http.post(&url).bearer_auth(&token).json(&body)
    };
    assert_eq!(answer(push("before".to_owned())).await.0, StatusCode::OK);
    fill(&processes, Service::Sync, "sync_changes").await;

    let (mut stored, refused, text) = write_until_full(push).await;
    stored.insert("before".to_owned());
    assert_eq!(text, "the store is full; nothing was stored");
    let there = async |processes: &Processes| {
        let records = processes.sync().records(&token, "todo", "tasks", &space).await.unwrap().records;
        records.into_iter().map(|record| record.id).collect::<BTreeSet<_>>()
    };
    assert_eq!(there(&processes).await, stored, "what is stored can be read while nothing can be written");
    let session = Session::open(&processes.addresses.mcp, &token, &[]).await.unwrap();
    let note = json!({ "title": "Milch", "description": "x".repeat(10_000) });
    let mut told = String::new();
    for _ in 0..ENOUGH {
        let result = session.call("todo.create", &note).await.unwrap();
        if result.is_error == Some(true) {
            told = format!("{:?}", result.content);
            break;
        }
        stored.insert(result.structured_content.unwrap()["id"].as_str().unwrap().to_owned());
    }
    assert!(
        told.contains("todo.create: the sync service answered 507") && told.contains("the store is full"),
        "{told}"
    );

    make_room(&processes, Service::Sync, "sync_changes").await;
    let (status, _, text) = answer(push("after".to_owned())).await;
    assert_eq!(status, StatusCode::OK, "{text}: {}", processes.log(Service::Sync));
    stored.insert("after".to_owned());
    assert_eq!(there(&processes).await, stored);
    processes.kill(Service::Sync);
    processes.run(Service::Sync).await;
    assert_eq!(there(&processes).await, stored, "{refused} was refused");
}

#[tokio::test]
async fn a_full_disk_is_told_by_auth_loses_nothing_and_needs_no_restart_when_there_is_room() {
    let mut processes = Processes::start(&[Service::Auth]).await;
    let (auth, token) = processes.admin().await;
    let http = reqwest::Client::new();
    let url = format!("{}{}", processes.addresses.auth, routes::ORGANIZATION_CREATE);
    let make = |slug: String| {
        let metadata = json!({ "type": SpaceType::Team.as_str() });
        let body = json!({ "name": slug, "slug": slug, "logo": "x".repeat(2000), "metadata": metadata });
        http.post(&url).bearer_auth(&token).json(&body)
    };
    fill(&processes, Service::Auth, "spaces").await;
    let (mut stored, refused, text) = write_until_full(make).await;
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&body["error"], &body["status"]), (&json!("STORAGE_FULL"), &json!(507)), "{text}");
    let there = async || {
        let spaces = auth.spaces(&token).await.unwrap();
        spaces.into_iter().skip(1).map(|space| space.slug).collect::<BTreeSet<_>>()
    };
    assert_eq!(there().await, stored, "what is stored can be read while nothing can be written");

    make_room(&processes, Service::Auth, "spaces").await;
    let (status, _, text) = answer(make("after".to_owned())).await;
    assert_eq!(status, StatusCode::OK, "{text}: {}", processes.log(Service::Auth));
    stored.insert("after".to_owned());
    processes.kill(Service::Auth);
    processes.run(Service::Auth).await;
    assert_eq!(there().await, stored, "{refused} was refused");
}
