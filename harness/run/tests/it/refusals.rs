//! What bad input gets: one clear error, its own exit code, baselines untouched.

use std::{collections::BTreeSet, ffi::OsString};

use crate::{
    APP,
    app::{App, told},
};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("listing_needs_neither_app_nor_browser", list),
        ("an_app_that_is_down_is_said_before_any_browser_starts", down),
        ("a_filter_that_fits_nothing_fails", nothing),
        ("a_wrong_update_mode_lists_the_right_ones", mode),
        ("ci_accepts_nothing", ci),
        ("a_missing_driver_is_named", driver),
        ("a_damaged_baseline_is_named_kept_and_replaced_on_demand", damaged),
    ]
}

fn list() {
    let app = App::new("");
    let listed = app.suite().env(APP, "http://127.0.0.1:9/").env("CHROME", "/nowhere").arg("--list").output().unwrap();
    assert_eq!(listed.status.code(), Some(0), "{}", told(&listed));
    assert!(told(&listed).contains("page/whole/guest-desktop: test"), "{}", told(&listed));
}

fn down() {
    let app = App::new("");
    let run = app.suite().env(APP, "http://127.0.0.1:9/").env("CHROME", "/nowhere").output().unwrap();
    assert_eq!(run.status.code(), Some(3), "{}", told(&run));
    assert!(told(&run).contains("does not answer"), "{}", told(&run));
}

fn nothing() {
    let app = App::new("");
    let run = app.suite().arg("no-such-page").output().unwrap();
    assert_eq!(run.status.code(), Some(5), "{}", told(&run));
    assert!(told(&run).contains("`no-such-page`") && told(&run).contains("-- --list"), "{}", told(&run));
}

fn mode() {
    let run = App::new("").run("everything");
    assert_eq!(run.status.code(), Some(2), "{}", told(&run));
    for word in ["UPDATE_SNAPSHOTS", "everything", "missing", "changed", "all"] {
        assert!(told(&run).contains(word), "{word}: {}", told(&run));
    }
}

fn ci() {
    let app = App::new("");
    let run = app.suite().env("CI", "true").env("UPDATE_SNAPSHOTS", "all").output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", told(&run));
    assert!(!app.baseline().exists());
}

fn driver() {
    let run = App::new("").suite().env("CHROMEDRIVER", "/nowhere").output().unwrap();
    assert_eq!(run.status.code(), Some(4), "{}", told(&run));
    assert!(told(&run).contains("CHROMEDRIVER") && told(&run).contains("/nowhere"), "{}", told(&run));
}

fn damaged() {
    let app = App::new("<p>page</p>");
    assert_eq!(app.run("missing").status.code(), Some(0));
    let whole = std::fs::read(app.baseline()).unwrap();
    let cut = &whole[..whole.len() / 2];
    std::fs::write(app.baseline(), cut).unwrap();
    let before = beside(&app);
    let run = app.run("");
    assert_eq!(run.status.code(), Some(101), "{}", told(&run));
    assert!(told(&run).contains("guest-desktop.png") && told(&run).contains("damaged"), "{}", told(&run));
    assert_eq!(std::fs::read(app.baseline()).unwrap(), cut, "untouched");
    assert_eq!(beside(&app), before, "nothing half-written");
    assert_eq!(app.run("changed").status.code(), Some(0));
    assert_eq!(std::fs::read(app.baseline()).unwrap(), whole);
}

/// The names of the files beside the baseline.
fn beside(app: &App) -> BTreeSet<OsString> {
    let folder = std::fs::read_dir(app.baseline().parent().unwrap()).unwrap();
    folder.map(|file| file.unwrap().file_name()).collect()
}
