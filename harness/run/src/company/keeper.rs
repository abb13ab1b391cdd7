//! The process that has the browser of a cargo nextest run.

use std::{
    io,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use harness_browser::Installation;
use harness_capture::{Browser, Driver, World};
use tokio::runtime::Runtime;

use super::{INVITATION, runner::Runner, write};

/// Set for the keeper: the run's folder. The next one is whom it watches.
const FOLDER_VARIABLE: &str = "VISUAL_KEEPER_FOLDER";
const RUNNER_VARIABLE: &str = "VISUAL_KEEPER_RUNNER";
/// How often it is asked whether the run goes on: of a process that is no child of one's own the system tells nothing.
const EVERY: Duration = Duration::from_millis(200);

/// Waits for the keeper and takes the folder away, however the keeper ended. Ctrl-C spares both: they end with the run.
const SCRIPT: &str = r#"trap '' HUP INT TERM; "$0"; rm -rf -- "$1""#;

/// Starts this program as a keeper. It is no part of the process group of the test, which nextest may end as a whole, and
/// holds none of its pipes.
pub(super) fn spawn(folder: &Path, runner: u32) -> io::Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", SCRIPT])
        .arg(std::env::current_exe()?)
        .arg(folder)
        .env(FOLDER_VARIABLE, folder)
        .env(RUNNER_VARIABLE, runner.to_string())
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// What this process is to keep, if it was started as a keeper.
pub(crate) fn asked() -> Option<(PathBuf, u32)> {
    let folder = std::env::var_os(FOLDER_VARIABLE)?;
    Some((folder.into(), std::env::var(RUNNER_VARIABLE).ok()?.parse().ok()?))
}

/// Has a browser for the run until the run has ended. One that dies is replaced. Nobody reads what goes wrong: a process
/// that finds no browser starts its own, and says why that fails.
pub(crate) fn keep(folder: &Path, runner: u32, world: World) -> ExitCode {
    let Some(runner) = Runner::watch(runner) else { return ExitCode::FAILURE };
    let kept = Runtime::new().map(|runtime| runtime.block_on(kept(folder, &runner, world)));
    if matches!(kept, Ok(Some(()))) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn kept(folder: &Path, runner: &Runner, world: World) -> Option<()> {
    let driver = Driver::start(&Installation::find().ok()?, world).await.ok()?;
    let mut browser = None;
    while runner.lives() && folder.is_dir() {
        if browser.as_ref().is_none_or(Browser::is_lost) {
            let opened = driver.open().await.ok()?;
            write(&folder.join(INVITATION), &driver.invitation(&opened)?).ok()?;
            browser = Some(opened);
        }
        tokio::time::sleep(EVERY).await;
    }
    Some(())
}
