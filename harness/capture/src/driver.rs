//! ChromeDriver as a running process, and the promise that nothing it started outlives it.
//!
//! Browsers share one Chromium, each in a context and a window of its own. A Chromium that has died or hangs is found out
//! when the next one is opened, and replaced.
//!
//! ChromeDriver leads a process group of its own, in which its Chromiums live too. A [`Reaper`] ends that group when
//! the [`Driver`] is dropped, and also when this program dies in any other way.

mod chromium;
mod invitation;
mod reaper;

use std::{
    fs,
    net::Ipv4Addr,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use fantoccini::ClientBuilder;
use harness_browser::Installation;
use harness_model::Environment;
use hyper_util::client::legacy::connect::HttpConnector;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
};

pub(crate) use self::chromium::Chromium;
pub use self::invitation::Invitation;
use self::reaper::Reaper;
use crate::{
    Browser, CaptureError, World,
    line::Endpoint,
    world::{Fonts, Launch},
};

/// How long ChromeDriver may take to start. It takes some 40 ms.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long a Chromium may take to start. It takes some 300 ms.
const OPEN_LIMIT: Duration = Duration::from_secs(60);
/// How often ChromeDriver is started until it gets its port.
const START_ATTEMPTS: u32 = 10;

/// A running ChromeDriver that opens browsers in one frozen world. Dropping it ends it and every browser it opened.
#[derive(Debug)]
pub struct Driver {
    installation: Installation,
    world: World,
    fonts: Fonts,
    port: u16,
    process: Mutex<Child>,
    reaper: Arc<Reaper>,
    /// The Chromium that browsers share.
    shared: tokio::sync::Mutex<Option<Arc<Chromium>>>,
    started: AtomicU32,
    // Everything that ChromeDriver and Chromium write lies in here. Dropped last, when both have ended.
    folder: TempDir,
}

impl Driver {
    /// Starts ChromeDriver on a free port. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the world is not valid or ChromeDriver does not start.
    pub async fn start(installation: &Installation, world: World) -> Result<Self, CaptureError> {
        world.check()?;
        for _ in 1..START_ATTEMPTS {
            match Self::start_once(installation, world.clone()).await {
                Err(error) if port_was_taken(&error) => {}
                started => return started,
            }
        }
        Self::start_once(installation, world).await
    }

    async fn start_once(installation: &Installation, world: World) -> Result<Self, CaptureError> {
        let folder = tempfile::Builder::new()
            .prefix("capture-")
            .tempdir()
            .map_err(|source| CaptureError::Files { path: std::env::temp_dir(), source })?;
        let fonts = Fonts::prepare(folder.path())?;

        let mut process = command(installation, folder.path(), &fonts)?
            .spawn()
            .map_err(|e| does_not_start(installation, folder.path(), &e.to_string()))?;
        let reaper = match Reaper::watch(process.id(), folder.path()) {
            Ok(reaper) => Arc::new(reaper),
            Err(e) => {
                // It has started nothing yet, so ending it alone leaves nothing behind.
                let _ = process.kill().and_then(|()| process.wait());
                return Err(does_not_start(installation, folder.path(), &format!("no shell to watch it: {e}")));
            }
        };
        let mut driver = Self {
            installation: installation.clone(),
            world,
            fonts,
            port: 0,
            process: Mutex::new(process),
            reaper,
            shared: tokio::sync::Mutex::default(),
            started: AtomicU32::new(0),
            folder,
        };
        let port = match tokio::time::timeout(START_LIMIT, driver.read_port()).await {
            Ok(port) => port,
            Err(_) => Err(format!("it named no port within {} s", START_LIMIT.as_secs())),
        };
        driver.port = port.map_err(|why| does_not_start(installation, driver.folder.path(), &why))?;
        Ok(driver)
    }

    /// Waits for the line in which ChromeDriver names its port. What it prints later is read and dropped, so that it
    /// never waits for a reader.
    async fn read_port(&mut self) -> Result<u16, String> {
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        let output = process.stdout.take().ok_or("its output is not readable")?;
        let output = tokio::process::ChildStdout::from_std(output).map_err(|e| e.to_string())?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await.map_err(|e| e.to_string())? {
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return port.trim_end_matches('.').parse().map_err(|_| format!("it named the port {port:?}"));
            }
        }
        Err("it ended before it named a port".into())
    }

    /// Opens a browser: a context and a window of its own in the Chromium that all share, which is started for the first
    /// and anew when it has died or hangs.
    ///
    /// # Errors
    /// When Chromium does not start.
    pub async fn open(&self) -> Result<Browser, CaptureError> {
        let mut shared = self.shared.lock().await;
        if let Some(chromium) = &*shared {
            if let Ok(line) = chromium.line(&self.world).await {
                return Ok(Browser::new(line, Arc::clone(chromium), self.world.clone()));
            }
            // Those who use it are told by their lines.
            chromium.end();
        }
        *shared = None;
        let chromium = self.start_chromium().await?;
        let browser = Browser::new(chromium.line(&self.world).await?, Arc::clone(&chromium), self.world.clone());
        *shared = Some(chromium).filter(|chromium| chromium.can_be_shared());
        Ok(browser)
    }

    /// Opens a browser in a Chromium that is nobody else's: for a page that may be the death of one.
    ///
    /// # Errors
    /// When Chromium does not start.
    pub async fn open_alone(&self) -> Result<Browser, CaptureError> {
        let chromium = self.start_chromium().await?;
        Ok(Browser::new(chromium.line(&self.world).await?, chromium, self.world.clone()))
    }

    /// Starts a Chromium with an empty profile.
    async fn start_chromium(&self) -> Result<Arc<Chromium>, CaptureError> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let profile = self.folder.path().join(format!("profile-{number}"));
        let launch = Launch {
            chromium: &self.installation.chromium,
            profile: &profile,
            as_root: fs::metadata(self.folder.path()).is_ok_and(|meta| meta.uid() == 0),
        };
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let mut builder = ClientBuilder::new(connector);
        builder.capabilities(launch.capabilities(&self.world));

        let url = format!("http://{}:{}/", Ipv4Addr::LOCALHOST, self.port);
        let why = match tokio::time::timeout(OPEN_LIMIT, builder.connect(&url)).await {
            Ok(Ok(client)) => {
                let major = self.installation.chromium_version.major();
                let endpoint = Endpoint::of_profile(&profile);
                return Ok(Arc::new(Chromium::new(client, endpoint, major, Arc::clone(&self.reaper))));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", OPEN_LIMIT.as_secs()),
        };
        let why = format!("{}{}", why.lines().next().unwrap_or_default(), end_of_log(self.folder.path()));
        Err(CaptureError::BrowserStart { path: self.installation.chromium.clone(), why })
    }

    /// Whether ChromeDriver has ended by itself: it opens no browser any more, and nobody can speak to those it opened.
    ///
    /// A process that is being killed loses its sockets a moment before the system calls it ended, and whoever spoke to
    /// it hears of it in that moment: so one that takes no connection any more has ended too.
    pub async fn has_ended(&self) -> bool {
        let runs = matches!(self.process.lock().unwrap_or_else(PoisonError::into_inner).try_wait(), Ok(None));
        !runs || TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_err()
    }

    /// What pictures are taken in, for the report: the browser, its driver, and what is frozen.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let mut frozen = self.world.frozen();
        frozen.push(self.fonts.describe());
        Environment {
            browser: format!("Chromium {}", self.installation.chromium_version),
            driver: format!("ChromeDriver {}", self.installation.chromedriver_version),
            frozen,
            ..Environment::default()
        }
    }

    /// The folder in which ChromeDriver and its browsers keep everything they write. It goes with the driver. The
    /// command line of each of their processes that writes names it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.reaper.finish();
        // The reaper has ended it already, unless somebody ended the reaper; errors only say that it is gone.
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}

/// ChromeDriver's command line and surroundings: nothing of this machine's settings reaches Chromium.
fn command(installation: &Installation, folder: &Path, fonts: &Fonts) -> Result<Command, CaptureError> {
    let log_path = folder.join(LOG);
    let log = fs::File::create(&log_path).map_err(|source| CaptureError::Files { path: log_path, source })?;
    let mut command = Command::new(&installation.chromedriver);
    command
        .arg("--port=0")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .env("HOME", folder)
        // The words that Chromium itself draws into form controls. English is the one language that every package has.
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

const LOG: &str = "chromedriver.log";

fn does_not_start(installation: &Installation, folder: &Path, why: &str) -> CaptureError {
    let why = format!("{why}{}", end_of_log(folder));
    CaptureError::DriverStart { path: installation.chromedriver.clone(), why }
}

/// ChromeDriver lets the kernel choose a free IPv4 port, then binds the same number on IPv6, and gives up when another
/// program has just got that one.
fn port_was_taken(error: &CaptureError) -> bool {
    matches!(error, CaptureError::DriverStart { why, .. } if why.contains("Address already in use"))
}

/// The last lines that ChromeDriver and Chromium complained in.
fn end_of_log(folder: &Path) -> String {
    let log = fs::read(folder.join(LOG)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.iter().skip(lines.len().saturating_sub(5)).map(|line| format!("\n  {line}")).collect()
}
