//! Runs that are spread, cut short, or started twice.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use harness_model::{PROGRESS_FILE, Progress};
use harness_run::SnapshotKey;

use crate::app::{App, told};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("shards_together_take_each_picture_once", shards),
        ("a_killed_run_leaves_what_it_finished_and_what_it_was_to_take", killed),
        ("an_interrupted_run_reports_what_it_did_not_come_to", interrupted),
        ("a_second_run_in_the_same_folder_is_refused", twice),
    ]
}

/// Rests on a desktop; on the narrower tablet it never does, so that a run is surely still at it.
pub(crate) const RESTLESS_ON_TABLET: &str = "<p id=p>0</p><script>const p = document.getElementById('p');
    if (innerWidth < 1000) (function tick() { p.textContent = +p.textContent + 1; requestAnimationFrame(tick); })()</script>";

fn keys(pictures: &[harness_model::PictureReport]) -> Vec<String> {
    pictures.iter().map(|picture| picture.key.to_string()).collect()
}

fn shards() {
    let app = App::new("<p>page</p>");
    let shard = |shard: &str| {
        let run = app.suite().arg(format!("--shard={shard}")).output().unwrap();
        assert_eq!(run.status.code(), Some(100), "{}", told(&run));
        let report = app.report();
        assert_eq!((report.shard.unwrap().to_string().as_str(), report.suite), (shard, Some(2)));
        keys(&report.pictures)
    };
    let all = [shard("1/2"), shard("2/2")].concat();
    assert_eq!(all, ["page/whole/guest-desktop", "page/whole/guest-tablet"]);

    let listed = app.suite().args(["--list", "--shard", "2/2"]).output().unwrap();
    assert!(told(&listed).contains("guest-tablet") && !told(&listed).contains("guest-desktop"), "{}", told(&listed));
    let empty = app.suite().args(["--shard", "1/3"]).output().unwrap();
    assert_eq!(empty.status.code(), Some(5), "{}", told(&empty));
    assert!(told(&empty).contains("shard 1/3 is empty: 2 pictures are selected"), "{}", told(&empty));
    let wrong = app.suite().args(["--shard", "3/2"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2), "{}", told(&wrong));
}

/// Starts the suite and waits until its first picture is judged.
pub(crate) fn under_way(app: &App) -> Child {
    begun(app, app.suite())
}

/// The same for a suite that was told more.
pub(crate) fn begun(app: &App, mut suite: Command) -> Child {
    suite.arg("--test-threads=1").stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = suite.spawn().unwrap();
    let began = Instant::now();
    while progress(app).len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(180), "no picture was judged");
        assert_eq!(run.try_wait().unwrap(), None, "the run ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    run
}

/// How a run ends, which it has to.
pub(crate) fn ended(run: &mut Child) -> Option<i32> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(120) {
        if let Some(status) = run.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    run.kill().unwrap();
    panic!("the run did not end");
}

fn progress(app: &App) -> Vec<Progress> {
    let text = std::fs::read_to_string(app.output().join(PROGRESS_FILE)).unwrap_or_default();
    text.lines().map_while(|line| serde_json::from_str(line).ok()).collect()
}

fn killed() {
    let app = App::new(RESTLESS_ON_TABLET);
    let mut run = under_way(&app);
    run.kill().unwrap();
    run.wait().unwrap();
    let lines = progress(&app);
    let (Progress::Began(began), Progress::Took { picture, .. }) = (&lines[0], &lines[1]) else { panic!("{lines:?}") };
    assert_eq!(picture.key.viewport(), "desktop");
    assert!(app.output().join(picture.images.actual.as_ref().unwrap()).is_file());
    let report = began.report(1, vec![*picture.clone()]);
    assert_eq!(report.not_run, ["page/whole/guest-tablet".parse::<SnapshotKey>().unwrap()]);
    assert!(!app.output().join("run.json").exists(), "nothing says that the run is whole");

    app.shows("<p>page</p>");
    let next = app.run("");
    assert_eq!(next.status.code(), Some(100), "the folder is free again: {}", told(&next));
    assert_eq!((app.report().pictures.len(), progress(&app).len()), (2, 0));
}

fn interrupted() {
    let app = App::new(RESTLESS_ON_TABLET);
    let mut run = under_way(&app);
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let report = app.report();
    assert_eq!(keys(&report.pictures), ["page/whole/guest-desktop"]);
    assert_eq!(report.not_run, ["page/whole/guest-tablet".parse::<SnapshotKey>().unwrap()]);
}

fn twice() {
    let app = App::new(RESTLESS_ON_TABLET).impatient();
    let mut first = under_way(&app);
    let second = app.run("");
    assert_eq!(second.status.code(), Some(2), "{}", told(&second));
    assert!(told(&second).contains("another run is writing to") && told(&second).contains("VISUAL_OUTPUT"));
    assert_eq!(first.wait().unwrap().code(), Some(101), "the first goes on as if alone");
    assert_eq!(app.report().pictures.len(), 2);
}
