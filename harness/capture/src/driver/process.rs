//! A driver's program as a running process: how it is started, where it listens, and that all it started ends with it.

use std::{
    fs,
    net::Ipv4Addr,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
};

use super::Reaper;
use crate::{CaptureError, world::Fonts};

/// How long a driver may take to start. It takes some 40 ms.
const START_LIMIT: Duration = Duration::from_secs(30);
const LOG: &str = "driver.log";

/// A driver's program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program<'a> {
    /// What people call it.
    pub(crate) name: &'static str,
    pub(crate) path: &'a Path,
    /// The words before its port in the line that names it.
    pub(crate) listens: &'static str,
}

/// A running driver. Dropping it ends it and every browser it started.
#[derive(Debug)]
pub(crate) struct Process {
    child: Mutex<Child>,
    reaper: Arc<Reaper>,
    port: u16,
}

impl Process {
    /// Starts it, and waits until it listens. Everything that it and its browsers write lies in `folder`.
    pub(crate) async fn start(
        program: Program<'_>,
        arguments: &[&str],
        folder: &Path,
        fonts: &Fonts,
    ) -> Result<Self, CaptureError> {
        let does_not_start = |why: &str| {
            let why = format!("{why}{}", end_of_log(folder));
            CaptureError::DriverStart { name: program.name, path: program.path.to_owned(), why }
        };
        let mut command = command(program, folder, fonts)?;
        let mut child = command.args(arguments).spawn().map_err(|e| does_not_start(&e.to_string()))?;
        let output = child.stdout.take();
        let reaper = match Reaper::watch(child.id(), folder) {
            Ok(reaper) => Arc::new(reaper),
            Err(e) => {
                // It has started nothing yet, so ending it alone leaves nothing behind.
                let _ = child.kill().and_then(|()| child.wait());
                return Err(does_not_start(&format!("no shell to watch it: {e}")));
            }
        };
        let mut process = Self { child: Mutex::new(child), reaper, port: 0 };
        let port = match tokio::time::timeout(START_LIMIT, read_port(output, program.listens)).await {
            Ok(port) => port,
            Err(_) => Err(format!("it named no port within {} s", START_LIMIT.as_secs())),
        };
        process.port = port.map_err(|why| does_not_start(&why))?;
        Ok(process)
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}:{}/", Ipv4Addr::LOCALHOST, self.port)
    }

    pub(crate) fn reaper(&self) -> &Arc<Reaper> {
        &self.reaper
    }

    /// Whether it has ended by itself.
    ///
    /// A process that is being killed loses its sockets a moment before the system calls it ended, and whoever spoke to
    /// it hears of it in that moment: so one that takes no connection any more has ended too.
    pub(crate) async fn has_ended(&self) -> bool {
        let runs = matches!(self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait(), Ok(None));
        !runs || TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_err()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.reaper.finish();
        // The reaper has ended it already, unless somebody ended the reaper; errors only say that it is gone.
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Waits for the line in which a driver names its port. What it prints later is read and dropped, so that it never waits
/// for a reader.
async fn read_port(output: Option<ChildStdout>, listens: &str) -> Result<u16, String> {
    let output = output.ok_or("its output is not readable")?;
    let output = tokio::process::ChildStdout::from_std(output).map_err(|e| e.to_string())?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await.map_err(|e| e.to_string())? {
        if let Some((_, port)) = line.split_once(listens) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return port.trim_end_matches('.').parse().map_err(|_| format!("it named the port {port:?}"));
        }
    }
    Err("it ended before it named a port".into())
}

/// A driver's command line and surroundings: nothing of this machine's settings reaches the browser.
fn command(program: Program<'_>, folder: &Path, fonts: &Fonts) -> Result<Command, CaptureError> {
    let log_path = folder.join(LOG);
    let log = fs::File::create(&log_path).map_err(|source| CaptureError::Files { path: log_path, source })?;
    let mut command = Command::new(program.path);
    command
        .arg("--port=0")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .env("HOME", folder)
        // The words that a browser itself draws into form controls. English is the one language that every package has.
        .env("LANGUAGE", "en_US")
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL");
    if cfg!(target_os = "linux") {
        // Sockets lie in here; macOS has too long a path for them.
        command.env("TMPDIR", folder);
    }
    if let Some(file) = fonts.config_file() {
        command.env("FONTCONFIG_FILE", file);
    }
    Ok(command)
}

/// The last lines that a driver and its browsers complained in.
pub(crate) fn end_of_log(folder: &Path) -> String {
    let log = fs::read(folder.join(LOG)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.iter().skip(lines.len().saturating_sub(5)).map(|line| format!("\n  {line}")).collect()
}
