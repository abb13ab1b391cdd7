//! Runs as cargo nextest makes them: a process for each picture, all with the run's name in their environment.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use crate::app::{App, told};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("processes_of_one_run_share_a_browser_and_a_log_in", shared),
        ("nothing_is_left_of_a_run_whose_runner_or_keeper_is_killed", killed),
        ("a_shared_browser_that_dies_costs_no_picture", browser_dies),
    ]
}

const PICTURES: [&str; 2] = ["page/whole/guest-desktop", "page/whole/guest-tablet"];

/// Plays the runner: starts the suite for each name that it reads, waits for them all at an empty line, and says so. Each
/// process has an output folder of its own.
const RUNNER: &str = r#"
while read -r name; do
  if [ -z "$name" ]; then wait; echo done; else
    NEXTEST_RUN_ID=$1 TINY_FOLDER="$TINY_FOLDER/$name" "$0" --exact "$name" --nocapture >> "$2" 2>&1 &
  fi
done
"#;

/// A runner, which is no part of the run that it makes.
struct Runner {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    run: String,
    log: PathBuf,
}

impl Runner {
    fn start(app: &App, name: &str) -> Self {
        let run = format!("{name}-{}", std::process::id());
        let log = app.output().with_file_name(format!("{name}.txt"));
        let mut runner = Command::new("/bin/sh");
        runner.args(["-c", RUNNER]).arg(std::env::current_exe().unwrap()).arg(&run).arg(&log);
        for (name, value) in app.suite().get_envs() {
            match value {
                Some(value) => runner.env(name, value),
                None => runner.env_remove(name),
            };
        }
        runner.env("UPDATE_SNAPSHOTS", "missing");
        let mut process = runner.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (orders, answers) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, orders, answers, run, log }
    }

    /// Has these pictures taken at the same time; gives what all processes of the run said.
    fn take(&mut self, names: &[&str]) -> String {
        for name in names.iter().chain(&[""]) {
            writeln!(self.orders, "{name}").unwrap();
        }
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer, "done\n");
        fs::read_to_string(&self.log).unwrap()
    }

    /// The folder that the processes of the run share.
    fn folder(&self) -> Option<PathBuf> {
        let name = format!("visual-{}-", self.run);
        let entries = fs::read_dir(std::env::temp_dir()).unwrap().filter_map(Result::ok);
        entries.map(|entry| entry.path()).find(|path| path.file_name().unwrap().to_string_lossy().starts_with(&name))
    }

    /// How the shared browser is got into.
    fn invitation(&self) -> String {
        fs::read_to_string(self.folder().unwrap().join("browser.json")).unwrap()
    }

    /// Ends as a runner that has no more tests, or as one that is killed; nothing of the run is left.
    fn ends(mut self, killed: bool) {
        let folder = self.folder().unwrap();
        if killed {
            self.process.kill().unwrap();
        }
        drop(self.orders);
        self.process.wait().unwrap();
        is_gone(&self.run, &folder);
    }
}

/// The processes that have the run's name in their environment: its keeper, the driver and the browser.
fn processes_of(run: &str) -> Vec<u32> {
    let entry = format!("NEXTEST_RUN_ID={run}");
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let environment = |id: u32| fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    numbers.filter(|id| environment(*id).split(|byte| *byte == 0).any(|found| found == entry.as_bytes())).collect()
}

fn command_line(process: u32) -> String {
    String::from_utf8_lossy(&fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default()).into_owned()
}

fn browsers_of(run: &str) -> Vec<u32> {
    let is_browser = |line: String| line.contains("--remote-debugging-port") && !line.contains("--type=");
    processes_of(run).into_iter().filter(|id| is_browser(command_line(*id))).collect()
}

fn kill(process: u32) {
    assert!(Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success());
}

fn eventually(condition: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        if condition() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

fn is_gone(run: &str, folder: &Path) {
    let left = || processes_of(run).into_iter().map(command_line).collect::<Vec<_>>();
    assert!(eventually(|| left().is_empty() && !folder.exists()), "{:#?}, {}", left(), folder.exists());
}

fn passed(said: &str) -> usize {
    said.matches("test result: ok. 1 passed").count()
}

fn shared() {
    let app = App::new("<p>page</p>");
    let mut runner = Runner::start(&app, "shared");
    let said = runner.take(&PICTURES);
    assert_eq!((passed(&said), browsers_of(&runner.run).len(), app.log_ins()), (2, 1, 1), "{said}");
    let invitation = runner.invitation();
    let mode = fs::metadata(runner.folder().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "cookies lie in there");

    let said = runner.take(&PICTURES);
    assert_eq!((passed(&said), browsers_of(&runner.run).len(), app.log_ins()), (4, 1, 1), "{said}");
    assert_eq!(runner.invitation(), invitation, "the same browser, although all who used it had ended");
    runner.ends(false);

    let alone = app.run("missing");
    assert_eq!((alone.status.code(), app.log_ins()), (Some(0), 2), "{}", told(&alone));
}

fn killed() {
    let app = App::new("<p>page</p>");
    let mut runner = Runner::start(&app, "killed");
    runner.take(&PICTURES[..1]);
    assert!(!processes_of(&runner.run).is_empty());
    runner.ends(true);

    let mut runner = Runner::start(&app, "keeper");
    runner.take(&PICTURES[..1]);
    let folder = runner.folder().unwrap();
    let own = std::env::current_exe().unwrap().display().to_string();
    let keeper = processes_of(&runner.run).into_iter().find(|id| command_line(*id).starts_with(&own)).unwrap();
    kill(keeper);
    is_gone(&runner.run, &folder);
    let said = runner.take(&PICTURES[1..]);
    assert_eq!((passed(&said), browsers_of(&runner.run).len()), (2, 1), "another is started: {said}");
    runner.ends(false);
}

fn browser_dies() {
    let app = App::new("<p>page</p>");
    let mut runner = Runner::start(&app, "dies");
    runner.take(&PICTURES[..1]);
    let invitation = runner.invitation();
    browsers_of(&runner.run).into_iter().for_each(kill);
    let said = runner.take(&PICTURES[1..]);
    assert_eq!(passed(&said), 2, "{said}");
    assert!(eventually(|| runner.invitation() != invitation), "the keeper opens another");
    runner.ends(false);
}
