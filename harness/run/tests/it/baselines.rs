//! Baselines that come from elsewhere, or that cannot be written.

use harness_baseline::Store;
use harness_run::{SnapshotKey, VerdictName};

use crate::app::{App, told};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("another_browser_than_the_baselines_is_told", another_browser),
        ("baselines_that_cannot_be_written_are_named_with_their_pictures", unwritable),
        ("an_output_folder_that_cannot_be_made_is_named_before_any_picture", no_output),
    ]
}

fn another_browser() {
    let app = App::new("<p>page</p>");
    assert_eq!(app.run("missing").status.code(), Some(0));
    assert_eq!(app.report().warnings, [""; 0], "the baselines are this browser's own");
    let store = Store::open(app.snapshots()).unwrap();
    let key: SnapshotKey = "page/whole/guest-desktop".parse().unwrap();
    let sidecar = store.read_sidecar(&key).unwrap();
    let mut origin = sidecar.origin.unwrap();
    origin.browser = "Chromium 1.2.3".to_owned();
    store.write_sidecar(&key, &sidecar.outline, Some(&origin)).unwrap();

    let run = app.run("");
    assert_eq!(run.status.code(), Some(0), "a warning fails nothing: {}", told(&run));
    let warnings = app.report().warnings;
    assert!(
        warnings.len() == 1
            && warnings[0].starts_with("1 baseline was taken with Chromium 1.2.3, this run's pictures with Chromium "),
        "{warnings:?}"
    );
}

/// A file where a folder should be refuses whoever wants to write there, root too: as a disk without room or rights does.
fn unwritable() {
    let app = App::new("<p>page</p>");
    std::fs::create_dir_all(app.snapshots().join("page")).unwrap();
    std::fs::write(app.snapshots().join("page/whole"), "in the way").unwrap();
    let run = app.run("all");
    assert_eq!(run.status.code(), Some(101), "{}", told(&run));
    let report = app.report();
    assert_eq!(report.pictures.len(), 2, "every picture is told");
    for picture in &report.pictures {
        assert_eq!(picture.verdict, VerdictName::Error);
        let why = picture.message.as_deref().unwrap();
        assert!(why.contains("page/whole") && !picture.accepted, "{why}");
    }
    assert_eq!(std::fs::read(app.snapshots().join("page/whole")).unwrap(), b"in the way");
}

fn no_output() {
    let app = App::new("<p>page</p>");
    std::fs::write(app.output(), "in the way").unwrap();
    let run = app.suite().env("CHROME", "/nowhere").output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", told(&run));
    assert!(told(&run).contains("cannot make ") && told(&run).contains("output"), "{}", told(&run));
}
