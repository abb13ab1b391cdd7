//! What bad input gets: one clear error, a documented exit code, nothing half-written.

use std::net::TcpListener;

use crate::program::{Up, stack, told};

#[test]
fn a_taken_port_is_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    // Taken by us, or by whoever else listens there: taken it is.
    let _ours = TcpListener::bind(("127.0.0.1", stack_api::ports::AUTH));
    let output = stack(&["up", "--data"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert!(told(&output).contains("port 3001 for auth is taken"), "{}", told(&output));
    assert!(told(&output).contains("stack up --free-ports"), "{}", told(&output));
}

#[test]
fn a_second_stack_on_the_same_folder_is_refused_and_the_first_lives_on() {
    let up = Up::start();
    let output = up.verb(&["up", "--free-ports"]);
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
    assert!(told(&output).contains("another stack is running on"), "{}", told(&output));
    assert!(up.verb(&["admin", "token"]).status.success());
}

#[test]
fn a_wrong_flag_or_variable_is_named_with_what_may_stand_there() {
    let folder = tempfile::tempdir().unwrap();
    let flag = stack(&["up", "--freeports"]).output().unwrap();
    assert_eq!(flag.status.code(), Some(2));
    assert!(told(&flag).contains("--free-ports"), "{}", told(&flag));
    let variable = stack(&["up", "--data"]).arg(folder.path()).env("MANA_ENV", "prod").output().unwrap();
    assert_eq!(variable.status.code(), Some(2));
    assert!(told(&variable).contains("`development` or `production`"), "{}", told(&variable));
}

#[test]
fn production_refuses_to_start_with_development_values() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        stack(&["up", "--free-ports", "--data"]).arg(folder.path()).env("MANA_ENV", "production").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    for name in ["MANA_AUTH_SECRET", "MANA_AUTH_KEK", "MANA_SERVICE_KEY", "PERSONA_SEED_SECRET", "MANA_AUTH_URL"] {
        assert!(told(&output).contains(name), "{name} in {}", told(&output));
    }
}

#[test]
fn without_a_stack_every_verb_says_what_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = stack(&["admin", "token", "--data"]).arg(folder.path()).output().unwrap();
    assert!(!nobody.status.success());
    assert!(told(&nobody).contains("help:"), "{}", told(&nobody));
    let tick = stack(&["tick", "--runner", "http://127.0.0.1:9"]).output().unwrap();
    assert!(!tick.status.success());
    assert!(told(&tick).contains("stack up"), "{}", told(&tick));
}

#[test]
fn a_bad_catalogue_is_refused_before_anything_is_written() {
    let up = Up::start();
    let path = up.database.folder().join("catalogue.toml");
    std::fs::write(&path, "[[persona]]\nname = \"X\"\n").unwrap();
    let output = up.verb(&["personas", "seed", "--catalogue", path.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(told(&up.verb(&["personas", "list"])).contains("0 personas"));
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let up = Up::start();
    let output = up.verb(&["personas", "seed", "--dry-run"]);
    assert!(output.status.success() && told(&output).contains("persona.anna@mana.test"), "{}", told(&output));
    assert!(told(&up.verb(&["personas", "list"])).contains("0 personas"));
}
