//! The configuration file: printed, read, overruled, refused.

use std::path::Path;

use stack_test_database::TestDatabase;

use crate::program::{Up, stack, told};

fn write(folder: &Path, text: &str) -> String {
    let path = folder.join("stack.toml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test]
async fn a_stack_runs_on_the_file_that_it_prints() {
    let database = TestDatabase::fresh();
    let printed = told(&stack(&["config"]).output().unwrap());
    let printed = printed.replace("format = \"text\"", "format = \"json\"");
    let file = write(database.folder(), &printed);
    let up = Up::start_with(database, |command| {
        command.args(["--config", &file]).env("RUST_LOG", "stack=debug");
    });
    reqwest::get(format!("{}/health", up.addresses.auth)).await.unwrap();
    let log = up.log();
    assert!(
        log.lines().any(|line| line.starts_with('{') && line.contains("answered")),
        "no JSON, or not by RUST_LOG: {log}"
    );
}

#[test]
fn the_environment_stands_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "env = \"prod\"\n[runner]\nconcurrency = 0\n");
    let run = |over: Option<&str>| {
        let mut command = stack(&["up", "--config", &file, "--data"]);
        command.arg(folder.path().join("data"));
        if let Some(over) = over {
            command.env("MANA_ENV", over);
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        told(&output)
    };
    let file_alone = run(None);
    assert!(
        file_alone.contains("MANA_ENV is `prod`") && file_alone.contains("PERSONA_CONCURRENCY is `0`"),
        "{file_alone}"
    );
    let overruled = run(Some("dev"));
    assert!(overruled.contains("MANA_ENV is `dev`") && overruled.contains("PERSONA_CONCURRENCY is `0`"), "{overruled}");
}

#[test]
fn a_wrong_file_is_refused_by_name_with_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "[runner]\nconcurency = 3\n");
    let output = stack(&["migrate", "--dry-run", "--config", &file]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let words = told(&output);
    assert!(words.contains(&file) && words.contains("did you mean `runner.concurrency`?"), "{words}");
    let missing = stack(&["up", "--config", "/no/such/stack.toml"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(4), "{}", told(&missing));
    assert!(told(&missing).contains("cannot read /no/such/stack.toml"), "{}", told(&missing));
}

#[test]
fn production_names_all_that_it_refuses_in_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "env = \"production\"\n[urls]\nauth = \"http://auth.example.com\"\n");
    for verb in [&["up"][..], &["serve", "auth"]] {
        let output = stack(verb).args(["--config", &file, "--data"]).arg(folder.path().join("data")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        for name in
            ["MANA_AUTH_URL is `http://", "MANA_SYNC_URL", "MANA_WEB_URL", "MANA_AUTH_KEK", "PERSONA_SEED_SECRET"]
        {
            assert!(told(&output).contains(name), "{name} in {}", told(&output));
        }
    }
}
