//! ChromeDriver as a running process, and the promise that nothing it started outlives it.
//!
//! Browsers share one Chromium, each in a context and a window of its own. A Chromium that has died or hangs is found out
//! when the next one is opened, and replaced.
//!
//! ChromeDriver leads a process group of its own, in which its Chromiums live too. A [`Reaper`] ends that group when
//! the [`Driver`] is dropped, and also when this program dies in any other way.

mod chromium;
mod invitation;
mod process;
mod reaper;

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use fantoccini::ClientBuilder;
use harness_browser::Installation;
use hyper_util::client::legacy::connect::HttpConnector;
use tempfile::TempDir;

pub use self::invitation::Invitation;
use self::reaper::Reaper;
pub(crate) use self::{
    chromium::Chromium,
    process::{Process, Program, end_of_log},
};
use crate::{
    Browser, CaptureError, World,
    line::Endpoint,
    world::{Fonts, Launch},
};

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
    process: Process,
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

        let program = Program {
            name: "ChromeDriver",
            path: &installation.chromedriver,
            listens: "started successfully on port ",
        };
        let process = Process::start(program, &[], folder.path(), &fonts).await?;
        Ok(Self {
            installation: installation.clone(),
            world,
            fonts,
            process,
            shared: tokio::sync::Mutex::default(),
            started: AtomicU32::new(0),
            folder,
        })
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

        let url = self.process.url();
        let why = match tokio::time::timeout(OPEN_LIMIT, builder.connect(&url)).await {
            Ok(Ok(client)) => {
                let major = self.installation.chromium_version.major();
                let endpoint = Endpoint::of_profile(&profile);
                return Ok(Arc::new(Chromium::new(client, endpoint, major, Arc::clone(self.process.reaper()))));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", OPEN_LIMIT.as_secs()),
        };
        let why = format!("{}{}", why.lines().next().unwrap_or_default(), end_of_log(self.folder.path()));
        Err(CaptureError::BrowserStart { path: self.installation.chromium.clone(), why })
    }

    /// Whether ChromeDriver has ended by itself: it opens no browser any more, and nobody can speak to those it opened.
    pub async fn has_ended(&self) -> bool {
        self.process.has_ended().await
    }

    /// The driver and its version, for the report.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("ChromeDriver {}", self.installation.chromedriver_version)
    }

    /// The browser and its version, for the report.
    #[must_use]
    pub fn describe_browser(&self) -> String {
        format!("Chromium {}", self.installation.chromium_version)
    }

    /// What is frozen, one line each, for the report.
    #[must_use]
    pub fn frozen(&self) -> Vec<String> {
        let mut lines = self.world.frozen();
        lines.push(self.fonts.describe());
        lines
    }

    /// The folder in which ChromeDriver and its browsers keep everything they write. It goes with the driver. The
    /// command line of each of their processes that writes names it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// ChromeDriver lets the kernel choose a free IPv4 port, then binds the same number on IPv6, and gives up when another
/// program has just got that one.
fn port_was_taken(error: &CaptureError) -> bool {
    matches!(error, CaptureError::DriverStart { why, .. } if why.contains("Address already in use"))
}
