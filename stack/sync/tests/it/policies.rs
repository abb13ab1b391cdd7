//! What the database itself holds when a query forgets to name its scopes.
//!
//! On PostgreSQL the tables' policies do; SQLite has none, so there the queries' own scopes are the only line, and the
//! tests say so.

use serde_json::json;
use stack_http::{Database, Principal};

use crate::rig::{Rig, in_space, task};

/// Anna and Ben with a record each of their own and one in their family's space; a stranger with one.
async fn lived_in() -> (Rig, Database) {
    let rig = Rig::start().await;
    let (anna, ben, sofia) = (rig.person("anna"), rig.person("ben"), rig.person("sofia"));
    rig.share("family", &[&anna, &ben]);
    anna.push(json!([task("a", "Anna")])).await;
    ben.push(json!([task("b", "Ben"), in_space("family", task("f", "Familie"))])).await;
    sofia.push(json!([task("s", "Sofia")])).await;
    let database = Database::open(&rig.database.url()).await.unwrap();
    (rig, database)
}

fn anna() -> Principal<'static> {
    Principal::User { id: "anna", spaces: vec!["family"] }
}

/// Runs one statement without any scope and keeps what it did, if it was let.
async fn run(database: &Database, sql: &'static str) -> Result<u64, String> {
    let mut transaction = database.write_as(&anna()).await.unwrap();
    let done = sqlx::query(sql).execute(transaction.connection()).await.map_err(|e| e.to_string())?;
    transaction.commit().await.unwrap();
    Ok(done.rows_affected())
}

#[tokio::test]
async fn an_unfiltered_read_finds_the_callers_own_rows_alone() {
    let (_rig, database) = lived_in().await;
    let everything = ["a", "b", "f", "s"];
    for table in ["sync_changes", "sync_records"] {
        for (principal, on_postgres) in [
            (Principal::User { id: "anna", spaces: vec![] }, &["a"][..]),
            (anna(), &["a", "f"]),
            (Principal::User { id: "family", spaces: vec!["anna"] }, &[]),
            (Principal::User { id: "", spaces: vec!["family"] }, &[]),
            (Principal::Service, &everything),
        ] {
            let mut transaction = database.read_as(&principal).await.unwrap();
            let select = sqlx::AssertSqlSafe(format!("SELECT record_id FROM {table} ORDER BY record_id"));
            let found: Vec<String> = sqlx::query_scalar(select).fetch_all(transaction.connection()).await.unwrap();
            let expected = if database.is_sqlite() { &everything } else { on_postgres };
            assert_eq!(found, expected, "{table} {principal:?}");
        }
    }
}

#[tokio::test]
async fn not_even_the_owner_passes_by_the_policies() {
    let (_rig, database) = lived_in().await;
    for (table, rows) in [("sync_changes", 4_i64), ("sync_records", 4), ("sync_clock", 1)] {
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let seen: i64 = sqlx::query_scalar(count).fetch_one(database.pool()).await.unwrap();
        assert_eq!(seen, if database.is_sqlite() { rows } else { 0 }, "{table}");
    }
}

#[tokio::test]
async fn a_write_reaches_the_callers_own_rows_alone() {
    let (_rig, database) = lived_in().await;
    let touched = run(&database, "UPDATE sync_records SET deleted = 1").await.unwrap();
    assert_eq!(touched, if database.is_sqlite() { 4 } else { 2 });
    let policy = "violates row-level security";
    for (sql, fault) in [
        ("INSERT INTO sync_changes VALUES ('u:ben', 'todo', 1, 'tasks', 'x', 'anna', '', '{}')", policy),
        ("INSERT INTO sync_changes VALUES ('s:family', 'todo', 2, 'tasks', 'x', 'ben', '', '{}')", policy),
        ("INSERT INTO sync_records VALUES ('todo', 'tasks', 'x', 'u:ben', 1, 1, 0, '{}')", policy),
        ("UPDATE sync_records SET scope = 'u:ben' WHERE record_id = 'a'", policy),
        ("UPDATE sync_changes SET body = '{}' WHERE record_id = 'a'", "permission denied"),
        ("DELETE FROM sync_changes WHERE record_id = 'a'", "permission denied"),
        ("DELETE FROM sync_records WHERE record_id = 'a'", "permission denied"),
    ] {
        match run(&database, sql).await {
            Ok(_) => assert!(database.is_sqlite(), "{sql} was let"),
            Err(said) => assert!(!database.is_sqlite() && said.contains(fault), "{sql}: {said}"),
        }
    }
    let own = "INSERT INTO sync_changes VALUES ('s:family', 'todo', 3, 'tasks', 'y', 'anna', '', '{}')";
    assert_eq!(run(&database, own).await, Ok(1));
}
