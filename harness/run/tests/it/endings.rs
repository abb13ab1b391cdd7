//! How a run goes on after a failure, and how it ends: taken again, ended early, given up.

use harness_run::{RunReport, VerdictName};

use crate::app::{App, told};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("a_picture_that_passes_only_the_second_time_is_flaky_and_fails", flaky),
        ("a_picture_that_fails_every_time_is_no_flaky_one", steady),
        ("a_run_that_fails_fast_takes_no_further_picture", fail_fast),
        ("a_picture_that_takes_too_long_is_given_up", too_long),
        ("a_baseline_without_a_picture_is_named_by_a_whole_run", orphans),
        ("a_terminal_is_told_on_one_line_and_each_failure_above_it", terminal),
    ]
}

/// A box whose colour hangs on how often this page was asked for: `%N%` counts the visits.
const PER_VISIT: &str = "<div style='width:300px;height:300px;background:rgb(2%N%, 9, 9)'></div>";

fn verdicts(report: &RunReport) -> Vec<VerdictName> {
    report.pictures.iter().map(|picture| picture.verdict).collect()
}

fn flaky() {
    let app = App::new("<p>page</p>");
    assert_eq!(app.run("missing").status.code(), Some(0));
    let once = "<div style='width:300px;height:300px;background:#c00'></div>";
    let visit = |fails: &[(&str, &str)]| {
        app.shows_once(once);
        app.suite().envs(fails.iter().copied()).arg("guest-desktop").output().unwrap()
    };
    let plain = visit(&[]);
    assert_eq!(
        (plain.status.code(), verdicts(&app.report())),
        (Some(101), vec![VerdictName::Changed]),
        "{}",
        told(&plain)
    );

    let retried = visit(&[("VISUAL_RETRIES", "2")]);
    let report = app.report();
    assert_eq!((retried.status.code(), verdicts(&report)), (Some(101), vec![VerdictName::Flaky]), "{}", told(&retried));
    let picture = &report.pictures[0];
    let attempts: Vec<_> = picture.attempts.iter().map(|attempt| attempt.verdict).collect();
    assert_eq!(attempts, [VerdictName::Changed, VerdictName::Identical]);
    assert!(picture.diff_pixels > 80_000 && picture.images.diff.is_some(), "the picture that failed is shown");
    assert!(told(&retried).contains("changed when taken first, identical when taken again"), "{}", told(&retried));
    assert!(!told(&retried).contains("UPDATE_SNAPSHOTS"), "no advice to accept it: {}", told(&retried));

    let allowed = visit(&[("VISUAL_RETRIES", "2"), ("VISUAL_ALLOW_FLAKY", "1")]);
    assert_eq!(allowed.status.code(), Some(0), "{}", told(&allowed));
    let report = app.report();
    assert_eq!((verdicts(&report), report.pictures[0].allowed), (vec![VerdictName::Flaky], true));
}

fn steady() {
    let app = App::new("<p>page</p>");
    assert_eq!(app.run("missing").status.code(), Some(0));
    app.shows(PER_VISIT);
    let run = app.suite().env("VISUAL_RETRIES", "1").arg("guest-desktop").output().unwrap();
    assert_eq!(run.status.code(), Some(101), "{}", told(&run));
    let picture = &app.report().pictures[0];
    assert_eq!((picture.verdict, picture.attempts.len()), (VerdictName::Changed, 2));
    assert!(app.output().join("report/pictures/page/whole/guest-desktop.actual-2.png").exists());
}

fn fail_fast() {
    let app = App::new("<p>page</p>");
    assert_eq!(app.run("missing").status.code(), Some(0));
    app.shows("<div style='width:300px;height:300px;background:#c00'></div>");
    let run = app.suite().env("VISUAL_FAIL_FAST", "1").arg("--test-threads=1").output().unwrap();
    assert_eq!(run.status.code(), Some(101), "{}", told(&run));
    let report = app.report();
    assert_eq!((report.pictures.len(), report.not_run.len()), (1, 1));
}

fn too_long() {
    let app = App::new("<p>page</p>");
    app.falls_silent();
    let limited = app.suite().env("VISUAL_PICTURE_SECONDS", "1").arg("guest-tablet").output().unwrap();
    assert_eq!(limited.status.code(), Some(101), "{}", told(&limited));
    assert!(told(&limited).contains("was not taken within 1 s"), "{}", told(&limited));
    assert!(told(&limited).contains("VISUAL_PICTURE_SECONDS"), "{}", told(&limited));
}

fn orphans() {
    let app = App::new("<p>page</p>");
    assert_eq!(app.run("missing").status.code(), Some(0));
    std::fs::copy(app.baseline(), app.baseline().with_file_name("ghost-desktop.png")).unwrap();
    assert_eq!(app.suite().arg("guest-desktop").status().unwrap().code(), Some(0));
    assert_eq!(app.report().orphans, [], "a part of the suite asks for a part of the baselines");
    let whole = app.run("");
    assert_eq!(whole.status.code(), Some(0), "{}", told(&whole));
    let orphans = || app.report().orphans.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((orphans(), app.report().suite), (vec!["page/whole/ghost-desktop".to_owned()], None));
    assert_eq!(app.suite().args(["--shard", "2/2"]).status().unwrap().code(), Some(0));
    assert_eq!(orphans(), ["page/whole/ghost-desktop"], "a shard is merged to a whole");
}

/// `script` gives the run a terminal, as a person has one.
fn terminal() {
    let app = App::new("<p>page</p>");
    let followed = |ci: &str| {
        let suite = app.suite();
        let mut script = std::process::Command::new("script");
        script.args(["--quiet", "--return", "--command"]).arg(suite.get_program()).arg("/dev/null");
        for (name, value) in suite.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let run = script.env("TERM", "xterm").env("CI", ci).output().unwrap();
        assert_eq!(run.status.code(), Some(100), "{}", told(&run));
        told(&run)
    };
    let text = followed("");
    assert!(text.contains("\r\u{1b}[K\u{1b}[?7l0/2 · page/whole/guest-"), "{text:?}");
    assert!(text.contains("\u{1b}[?7l2/2 · 2 failed"), "{text:?}");
    let (before, after) = text.rsplit_once("\r\u{1b}[K").unwrap();
    assert!(
        before.contains("page/whole/guest-desktop: new: ") && before.contains("UPDATE_SNAPSHOTS=missing"),
        "{text:?}"
    );
    assert_eq!(after.trim(), "2 pictures", "the line is gone when the report comes");
    assert!(!text.contains("test result"), "{text:?}");

    let plain = followed("true");
    assert!(plain.contains("test page/whole/guest-desktop ... ") && !plain.contains("\u{1b}[K"), "{plain:?}");
}
