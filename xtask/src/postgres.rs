//! A PostgreSQL server for one run of the tests or a measurement: a cluster of its own in a temporary folder, reached by a socket there,
//! ended and removed with the run. The system's own server, where there is one, is left alone.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::step;

/// Names the server that the tests use; set by whoever has one, else by us.
pub(crate) const VARIABLE: &str = "TEST_POSTGRES_URL";

/// Where Debian keeps the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Debian's account for the server, which refuses to run as root.
const ACCOUNT: &str = "postgres";
const UP_WITHIN: Duration = Duration::from_secs(30);
const DOWN_WITHIN: Duration = Duration::from_secs(10);

const SETTINGS: [&str; 3] = [
    "listen_addresses=",
    // Every test has a service with a pool, and several test programs may run at once.
    "max_connections=300",
    "log_min_messages=fatal",
];
const UNSAFE: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It does, as PostgreSQL's defaults have it.
    Full,
    /// It does not: what is written is thrown away with the run.
    None,
}

/// The address of a server that the environment names.
pub(crate) fn named() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())
}

/// The folder of `initdb` and `postgres`; the newest version where there are several.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).collect::<Vec<_>>();
    let mut folders = versions.into_iter().rev().map(|(_, folder)| folder).chain(elsewhere);
    folders.find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// A running server. Ended on drop, and by the system when this program dies before that.
pub(crate) struct Server {
    process: Child,
    folder: PathBuf,
}

impl Server {
    /// Makes a cluster and starts its server.
    pub(crate) fn start(durability: Durability) -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is not installed\nhelp: cargo xtask setup")?;
        let folder = std::env::temp_dir().join(format!("beholder-postgres-{}", std::process::id()));
        let as_account = is_root();
        make_folder(&folder, as_account)?;
        let data = folder.join("data");
        let made = make_cluster(&programs, &data, as_account);
        let process = made.and_then(|()| run(&programs, &data, &folder, as_account, durability));
        let process = process.inspect_err(|_| remove(&folder))?;
        let mut server = Self { process, folder };
        server.wait(&programs)?;
        Ok(server)
    }

    /// Its address, for an administrator.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{ACCOUNT}@localhost/postgres?host={}", self.folder.display())
    }

    /// `pg_isready` is part of another package: the file that the server writes when it takes connections says the same.
    fn wait(&mut self, programs: &Path) -> anyhow::Result<()> {
        let began = Instant::now();
        let file = self.folder.join("data").join("postmaster.pid");
        loop {
            if fs::read_to_string(&file).is_ok_and(|text| text.lines().nth(7).is_some_and(|l| l.trim() == "ready")) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait().context("cannot watch the PostgreSQL server")? {
                bail!("the PostgreSQL server of {} ended while it started ({status})", programs.display());
            }
            if began.elapsed() > UP_WITHIN {
                bail!("the PostgreSQL server is not up after {} s", UP_WITHIN.as_secs());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast end: connections are cut, no client is waited for.
        let mut ask = Command::new("kill");
        let asked = ask.arg("-INT").arg(self.process.id().to_string()).status().is_ok_and(|status| status.success());
        let began = Instant::now();
        while asked && began.elapsed() < DOWN_WITHIN && !matches!(self.process.try_wait(), Ok(Some(_))) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _already_gone = self.process.kill();
        let _already_reaped = self.process.wait();
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        eprintln!("cannot remove {}: {error}", folder.display());
    }
}

fn make_folder(folder: &Path, as_account: bool) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Nobody else may reach the socket: behind it the server trusts whoever comes.
    let mut close = Command::new("chmod");
    quietly(close.arg("700").arg(folder))?;
    if as_account {
        quietly(Command::new("chown").arg(ACCOUNT).arg(folder))?;
    }
    Ok(())
}

fn make_cluster(programs: &Path, data: &Path, as_account: bool) -> anyhow::Result<()> {
    let mut initdb = as_user(programs.join("initdb"), as_account);
    initdb.args(["--username", ACCOUNT, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    quietly(initdb.arg("--pgdata").arg(data))
}

fn run(programs: &Path, data: &Path, socket: &Path, as_account: bool, durability: Durability) -> anyhow::Result<Child> {
    let mut server = as_user(programs.join("postgres"), as_account);
    server.arg("-D").arg(data).arg("-k").arg(socket);
    let not_kept = UNSAFE.into_iter().filter(|_| durability == Durability::None);
    for setting in SETTINGS.into_iter().chain(not_kept) {
        server.args(["-c", setting]);
    }
    server.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("cannot run the PostgreSQL server")
}

/// A command that, where we are root, runs as the server's account; and that on Linux ends when we do.
fn as_user(program: impl AsRef<OsStr>, as_account: bool) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    if as_account {
        command.args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"]);
    }
    command.args(["--pdeathsig", "INT"]).arg(program).current_dir("/");
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Runs a command whose words matter only when it fails.
fn quietly(command: &mut Command) -> anyhow::Result<()> {
    let name = step::shown(command);
    let output = command.output().with_context(|| format!("cannot run {name}"))?;
    if !output.status.success() {
        bail!("{name} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
