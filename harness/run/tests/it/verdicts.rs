//! From a first picture over a change to its acceptance.

use harness_run::VerdictName;

use crate::app::{App, told};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("a_new_picture_fails_and_is_kept_as_a_candidate", new),
        ("a_change_fails_until_it_is_accepted", change),
        ("a_small_change_passes_and_is_named", small_change),
        ("a_page_that_never_rests_is_never_accepted", restless),
    ]
}

/// A red square of this size, alone on its page.
fn square(size: u32) -> String {
    format!("<div style='width:{size}px;height:{size}px;background:#c00'></div>")
}

fn new() {
    let app = App::new(&square(200));
    let run = app.run("");
    assert_eq!(run.status.code(), Some(100), "{}", told(&run));
    assert!(told(&run).contains("UPDATE_SNAPSHOTS=missing cargo test -p tiny -- --exact page/whole/guest-desktop"));
    assert!(!app.baseline().exists(), "nothing is accepted unasked");
    let report = app.report();
    assert_eq!((report.summary.total, report.summary.new), (2, 2));
    let candidate = report.pictures[0].images.actual.as_ref().unwrap();
    assert!(app.output().join(candidate).is_file(), "{candidate}");
}

fn change() {
    let app = App::new(&square(200));
    let first = app.run("missing");
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    let again = app.run("");
    assert_eq!((again.status.code(), app.report().summary.identical), (Some(0), 2), "{}", told(&again));

    let accepted = std::fs::read(app.baseline()).unwrap();
    app.shows(&square(300));
    let changed = app.run("");
    assert_eq!(changed.status.code(), Some(101), "{}", told(&changed));
    assert!(told(&changed).contains("50000 pixels"), "300² - 200² = 50,000: {}", told(&changed));
    assert_eq!(std::fs::read(app.baseline()).unwrap(), accepted, "the baseline is untouched");
    assert_eq!(app.run("missing").status.code(), Some(101), "`missing` accepts no change");

    assert_eq!(app.run("changed").status.code(), Some(0));
    assert!(app.report().pictures.iter().all(|p| p.accepted && p.verdict == VerdictName::Changed));
    let green = app.run("");
    assert_eq!((green.status.code(), app.report().summary.identical), (Some(0), 2), "{}", told(&green));
}

fn small_change() {
    let app = App::new(&square(20));
    assert_eq!(app.run("missing").status.code(), Some(0));
    app.shows(&square(24));
    let run = app.run("");
    assert_eq!(run.status.code(), Some(0), "{}", told(&run));
    let report = app.report();
    assert!(report.pictures.iter().all(|p| p.verdict == VerdictName::PassedWithChange), "{report:?}");
    assert!(report.pictures[0].message.as_ref().unwrap().contains("below the gate, but no noise"));
}

fn restless() {
    // Its title changes with every frame, so no two looks find it unchanged.
    let body = "<p id=p>0</p><script>const p = document.getElementById('p');
        console.error('unrest'); (function tick() { p.textContent = +p.textContent + 1; requestAnimationFrame(tick); })()</script>";
    let app = App::new(body).impatient();
    let run = app.suite().env("UPDATE_SNAPSHOTS", "all").arg("guest-desktop").output().unwrap();
    assert_eq!(run.status.code(), Some(101), "{}", told(&run));
    let errors = &app.report().pictures[0].page_errors;
    assert!(
        errors.console[0].text.contains("unrest"),
        "a failed picture tells what its page complained of: {errors:?}"
    );
    assert!(told(&run).contains("never came to rest") && told(&run).contains("mutation"), "{}", told(&run));
    assert!(!app.baseline().exists(), "a picture without proof becomes no baseline");
}
