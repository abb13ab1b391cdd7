//! What the processes of one cargo nextest run share. There each picture is a process of its own, and would otherwise start a
//! browser and log its viewer in for itself.
//!
//! The first process starts a [`keeper`]: this program once more, which has the browser until nextest has ended, however it
//! ends. The others find in a folder that only this user can read how to get into that browser, and the cookies of those who
//! logged in. A file lock decides who is first. Without the folder, or when the browser in it is gone, a process does all by
//! itself.

pub(crate) mod keeper;
mod runner;

use std::{
    fs::{self, DirBuilder, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use harness_capture::{Cookie, Invitation, World};
use serde::{Serialize, de::DeserializeOwned};

use crate::LogInError;

/// The run that this process is a part of, under cargo nextest.
const RUN_VARIABLE: &str = "NEXTEST_RUN_ID";
/// How long the keeper may take until its browser is there.
const START_LIMIT: Duration = Duration::from_secs(90);
/// Where the keeper says how to get into its browser.
const INVITATION: &str = "browser.json";
const LOCK: &str = "lock";

/// The processes of one run, and this one among them.
#[derive(Debug)]
pub(crate) struct Company {
    folder: PathBuf,
    runner: u32,
}

impl Company {
    /// The one that the environment names, for a program that is a keeper when it is started as one. Suites of other worlds in the same run have others.
    pub(crate) fn of_environment(world: &World) -> Option<Self> {
        let run = std::env::var(RUN_VARIABLE).ok()?;
        let plain = !run.is_empty() && run.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let runner = plain.then(|| runner::of(&format!("{RUN_VARIABLE}={run}"))).flatten()?;
        let mut hash = DefaultHasher::new();
        format!("{world:?}").hash(&mut hash);
        let name = format!("visual-{run}-{:016x}", hash.finish());
        Some(Self { folder: std::env::temp_dir().join(name), runner })
    }

    /// How to get into the shared browser, which is started if nobody has done so.
    pub(crate) fn join(&self) -> io::Result<Invitation> {
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let _first = locked(&self.folder.join(LOCK))?;
        let path = self.folder.join(INVITATION);
        if let Some(invitation) = read(&path) {
            return Ok(invitation);
        }
        let mut keeper = keeper::spawn(&self.folder, self.runner)?;
        let began = Instant::now();
        loop {
            if let Some(invitation) = read(&path) {
                return Ok(invitation);
            }
            if keeper.try_wait()?.is_some() {
                return Err(io::Error::other("it ended before its browser was there"));
            }
            if began.elapsed() > START_LIMIT {
                return Err(io::Error::other(format!("its browser was not there within {} s", START_LIMIT.as_secs())));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A viewer's cookies: of the log-in of the first process that needed one.
    pub(crate) async fn cookies(
        &self,
        viewer: &str,
        log_in: impl FnOnce() -> BoxFuture<'static, Result<Vec<Cookie>, LogInError>>,
    ) -> Result<Vec<Cookie>, LogInError> {
        let path = self.folder.join(format!("cookies-{viewer}.json"));
        let lock = self.folder.join(format!("cookies-{viewer}.lock"));
        // Another process may hold it for as long as a log-in takes. Without a folder there is nobody to share with.
        let _first = tokio::task::spawn_blocking(move || locked(&lock).ok()).await;
        if let Some(cookies) = read(&path) {
            return Ok(cookies);
        }
        let cookies = log_in().await?;
        let _nobody_shares = write(&path, &cookies);
        Ok(cookies)
    }
}

/// The lock on a file, held as long as what this gives. The system takes it back from a process that dies.
fn locked(path: &Path) -> io::Result<File> {
    let file = File::create(path)?;
    file.lock()?;
    Ok(file)
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes it whole or not at all.
fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, serde_json::to_vec(value)?)?;
    fs::rename(new, path)
}
