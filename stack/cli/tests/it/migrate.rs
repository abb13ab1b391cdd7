//! Bringing the tables up to date, and refusing those of a newer program.

use stack_http::{Database, Migration, Schema};
use stack_test_database::TestDatabase;

use crate::program::{Up, stack, told};

/// Sync's tables as a much newer program leaves them.
const NEWER: Schema = Schema {
    service: "sync",
    steps: &[Migration { version: 999, name: "tomorrow", sql: "CREATE TABLE tomorrow (id TEXT)" }],
};

/// A database that no stack was started on, and what its SQLite files would lie in.
struct Untouched(TestDatabase);

impl Untouched {
    fn new() -> Self {
        Self(TestDatabase::fresh())
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        let mut command = stack(arguments);
        if self.0.is_postgres() {
            command.env("DATABASE_URL", self.0.url());
        }
        command.arg("--data").arg(self.data()).output().unwrap()
    }

    fn data(&self) -> std::path::PathBuf {
        self.0.folder().join("data")
    }

    fn url(&self, service: &str) -> String {
        if self.0.is_postgres() {
            return self.0.url();
        }
        format!("sqlite://{}", self.data().join(format!("{service}.db")).display())
    }
}

#[test]
fn a_dry_run_lists_every_step_and_touches_nothing() {
    let fresh = Untouched::new();
    for _ in 0..2 {
        let output = fresh.run(&["migrate", "--dry-run"]);
        assert!(output.status.success(), "{}", told(&output));
        let listed = told(&output).lines().filter(|line| line.ends_with("would be run")).count();
        assert_eq!(listed, stack_auth::SCHEMA.steps.len() + stack_sync::SCHEMA.steps.len(), "{}", told(&output));
    }
    assert!(!fresh.data().exists(), "a folder was made");
}

#[test]
fn every_step_is_run_once_and_told_and_a_stack_lives_on_the_tables() {
    let fresh = Untouched::new();
    let first = told(&fresh.run(&["migrate"]));
    for step in stack_auth::SCHEMA.steps.iter().chain(stack_sync::SCHEMA.steps) {
        assert!(first.contains(&format!("{} {}: run in ", step.version, step.name)), "{first}");
    }
    for again in [&["migrate"][..], &["migrate", "--dry-run"]] {
        let output = fresh.run(again);
        assert_eq!(told(&output).matches("up to date at step").count(), 2, "{}", told(&output));
    }
    let up = Up::start_on(fresh.0);
    assert!(up.verb(&["admin", "token"]).status.success());
}

#[test]
fn the_folder_of_a_running_stack_is_left_alone() {
    let up = Up::start();
    let output = up.verb(&["migrate"]);
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
    assert!(told(&output).contains("another stack is running on"), "{}", told(&output));
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused_before_anything_is_written() {
    let fresh = Untouched::new();
    std::fs::create_dir_all(fresh.data()).unwrap();
    let database = Database::open(&fresh.url("sync")).await.unwrap();
    database.migrate(&NEWER).await.unwrap();
    for arguments in [&["up", "--free-ports"][..], &["serve", "sync"], &["migrate"], &["migrate", "--dry-run"]] {
        let output = fresh.run(arguments);
        assert_eq!(output.status.code(), Some(7), "{arguments:?}: {}", told(&output));
        let words = told(&output);
        assert!(words.contains("the tables of sync in ") && words.contains("step 999"), "{words}");
        assert!(words.contains("nothing was written") && words.contains("help: "), "{words}");
    }
    let pending = stack_auth::SCHEMA.pending(&fresh.url("auth")).await.unwrap();
    assert_eq!(pending.len(), stack_auth::SCHEMA.steps.len(), "auth's tables were touched");
    let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM tomorrow").fetch_one(database.pool()).await.unwrap();
    assert_eq!(there, 0);
    let clock = sqlx::query("SELECT * FROM sync_clock").fetch_optional(database.pool()).await;
    assert!(clock.is_err(), "a step of ours was run on tables that are newer");
}
