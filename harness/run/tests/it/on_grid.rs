//! Runs whose browsers a Selenium Grid keeps.

use std::process::{Command, Output};

use harness_model::{ExitCode, VerdictName};

use crate::{
    app::{App, told},
    grid::{self, Turn},
    interrupted::{RESTLESS_ON_TABLET, begun, ended},
};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("two_workers_share_a_grid_of_one_place_and_leave_it_empty", shared),
        ("a_session_that_a_grid_ends_is_replaced_and_its_picture_taken_again", replaced),
        ("an_interrupted_run_leaves_no_session_on_the_grid", interrupted),
        ("a_grid_that_gives_no_browser_in_time_is_told", full),
        ("what_is_no_grid_is_told", foreign),
    ]
}

fn on(server: &str, app: &App) -> Command {
    let mut suite = app.suite();
    // What is not needed may be missing.
    suite.env("WEBDRIVER_URL", server).env("CHROME", "/no/chromium").env("CHROMEDRIVER", "/no/driver");
    suite
}

fn run(grid: &Turn, app: &App, update: &str) -> Output {
    on(&grid.url(), app).arg("--test-threads=2").env("UPDATE_SNAPSHOTS", update).output().unwrap()
}

fn shared() {
    let grid = grid::turn();
    let app = App::new("<p>page</p><script>document.write(new Date().toISOString(), Math.random())</script>");
    let first = run(&grid, &app, "missing");
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    grid.becomes_empty();
    let second = run(&grid, &app, "");
    assert_eq!(second.status.code(), Some(0), "{}", told(&second));
    let report = app.report();
    assert_eq!((report.summary.total, report.summary.identical), (2, 2), "{:#?}", report.pictures);
    let browser = harness_browser::Installation::find().unwrap().chromium_version;
    assert_eq!(report.environment.browser, format!("Chromium {browser}"));
    let driver = report.environment.driver;
    assert!(driver.starts_with("ChromeDriver ") && driver.contains(", by Selenium Grid 4."), "{driver}");
    assert!(report.environment.not_frozen.iter().any(|line| line.starts_with("fonts ")));
    grid.becomes_empty();
}

fn replaced() {
    let grid = grid::turn();
    let app = App::new(RESTLESS_ON_TABLET);
    let mut run = begun(&app, on(&grid.url(), &app));
    let [session] = &grid.sessions()[..] else { panic!("one session takes the pictures") };
    app.shows("<p>page</p>");
    grid.end_session(session);
    assert_eq!(ended(&mut run), Some(100), "both pictures are new: {:#?}", app.report().pictures);
    let report = app.report();
    let found: Vec<_> = report.pictures.iter().map(|picture| (picture.verdict, picture.retries)).collect();
    assert_eq!(found, [(VerdictName::New, 0), (VerdictName::New, 1)]);
    grid.becomes_empty();
}

fn interrupted() {
    let grid = grid::turn();
    let app = App::new(RESTLESS_ON_TABLET);
    let mut run = begun(&app, on(&grid.url(), &app));
    assert_eq!(grid.sessions().len(), 1);
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(ended(&mut run), Some(130));
    grid.becomes_empty();
}

fn full() {
    let grid = grid::turn();
    let app = App::new("<p>page</p>");
    let session = grid.occupied();
    let refused = run(&grid, &app, "");
    grid.end_session(&session);
    assert_eq!(refused.status.code(), Some(ExitCode::BrowserUnavailable as i32), "{}", told(&refused));
    assert!(
        told(&refused).contains("gave no Chromium: Could not start a new session. New session request timed out"),
        "{}",
        told(&refused)
    );
    assert!(told(&refused).contains("\nhelp: wait until others end their sessions"), "{}", told(&refused));
}

fn foreign() {
    let app = App::new("<p>page</p>");
    // The app is a server, and none of WebDriver's; on the other port nobody listens.
    let suite = app.suite();
    let (_, address) = suite.get_envs().find(|(name, _)| *name == crate::APP).unwrap();
    for (server, why) in
        [(address.unwrap().to_str().unwrap(), "it answers 404"), ("http://127.0.0.1:9/", "onnection refused")]
    {
        let refused = on(server, &app).output().unwrap();
        assert_eq!(refused.status.code(), Some(ExitCode::BrowserUnavailable as i32), "{}", told(&refused));
        let said = told(&refused);
        assert!(said.contains(&format!("no WebDriver server answers at {server}: ")) && said.contains(why), "{said}");
    }
    let wrong = on("grid:4444", &app).output().unwrap();
    assert_eq!(wrong.status.code(), Some(ExitCode::BadConfig as i32), "{}", told(&wrong));
    assert!(told(&wrong).contains("WEBDRIVER_URL is `grid:4444`"), "{}", told(&wrong));
}
