//! Runs with a Firefox of this machine.

use std::process::{Command, Output};

use harness_model::VerdictName;

use crate::{
    app::{App, told},
    interrupted::{RESTLESS_ON_TABLET, begun, ended},
    losses::below,
};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("firefox_takes_the_same_pictures_again_and_keeps_them_apart_from_chromiums", apart),
        ("a_firefox_that_dies_in_a_run_is_replaced_and_its_picture_taken_again", replaced),
    ]
}

/// Differs at each visit unless clock, dice, animations and caret are held.
const RESTLESS: &str = "<style>@keyframes turn { to { transform: rotate(1turn) } }
    i { display: block; width: 40px; height: 40px; background: red; animation: turn 1s infinite linear }</style>
    <script>document.write(new Date().toISOString(), ' ', Math.random(), ' ', crypto.randomUUID?.())</script>
    <i></i><input autofocus value='teh wrold'>";

fn with_firefox(app: &App) -> Command {
    let mut suite = app.suite();
    suite.env("VISUAL_BROWSER", "firefox");
    suite
}

fn run(app: &App, update: &str) -> Output {
    with_firefox(app).env("UPDATE_SNAPSHOTS", update).output().unwrap()
}

fn apart() {
    let app = App::new(RESTLESS);
    let chromium = app.run("missing");
    assert_eq!(chromium.status.code(), Some(0), "{}", told(&chromium));
    let without = run(&app, "");
    assert_eq!(without.status.code(), Some(100), "Chromium's are none of Firefox's: {}", told(&without));
    let first = run(&app, "missing");
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    let second = run(&app, "");
    assert_eq!(second.status.code(), Some(0), "{}", told(&second));
    let report = app.report();
    assert_eq!((report.summary.total, report.summary.identical), (2, 2), "{:#?}", report.pictures);
    let browser = harness_browser::FirefoxInstallation::find().unwrap();
    assert_eq!(report.environment.browser, format!("Firefox {}", browser.firefox_version));
    assert_eq!(report.environment.driver, format!("geckodriver {}", browser.geckodriver_version));
    let told_of = |lines: &[String], word: &str| lines.iter().any(|line| line.starts_with(word));
    assert!(told_of(&report.environment.frozen, "clock ") && told_of(&report.environment.frozen, "fonts "));
    assert!(told_of(&report.environment.not_frozen, "network") && told_of(&report.environment.not_frozen, "touch"));
    assert!(!told_of(&report.environment.frozen, "network"));
    assert_eq!(report.orphans, [], "Chromium's baselines are no orphans of Firefox's");
    let again = app.run("");
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
}

fn replaced() {
    let app = App::new(RESTLESS_ON_TABLET);
    let mut run = begun(&app, with_firefox(&app));
    let firefox = harness_browser::FirefoxInstallation::find().unwrap().firefox;
    let process = below(run.id(), firefox.file_name().unwrap().to_str().unwrap()).unwrap();
    app.shows("<p>page</p>");
    assert!(Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success());
    assert_eq!(ended(&mut run), Some(100), "both pictures are new: {:#?}", app.report().pictures);
    let report = app.report();
    let found: Vec<_> = report.pictures.iter().map(|picture| (picture.verdict, picture.retries)).collect();
    assert_eq!(found, [(VerdictName::New, 0), (VerdictName::New, 1)]);
}
