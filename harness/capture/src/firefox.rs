//! Firefox through geckodriver.
//!
//! A geckodriver serves one session, so each browser has one of its own, with a Firefox of its own. Both live in one
//! process group, which ends with the browser, and also when this program dies in any other way.

use std::{sync::Arc, time::Duration};

use harness_browser::FirefoxInstallation;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    Browser, CaptureError, World,
    driver::{Process, Program, end_of_log},
    line::{Bidi, Line},
    remote::{Failure, Server, Session},
    world::{Fonts, firefox_capabilities},
};

/// How long Firefox may take to start. It takes some 2 s.
const OPEN_LIMIT: Duration = Duration::from_secs(120);

/// A Firefox of this machine that opens browsers in one frozen world.
#[derive(Debug)]
pub struct Firefox {
    installation: FirefoxInstallation,
    world: World,
    fonts: String,
}

/// A running geckodriver, with all that it started.
#[derive(Debug)]
pub(crate) struct Geckodriver {
    process: Process,
    // Dropped last, when both have ended.
    folder: TempDir,
}

impl Firefox {
    /// Checks the world; what is started is started with each browser.
    ///
    /// # Errors
    /// When the world is not valid.
    pub fn new(installation: FirefoxInstallation, world: World) -> Result<Self, CaptureError> {
        world.check()?;
        let folder = folder()?;
        let fonts = Fonts::prepare(folder.path())?.describe();
        Ok(Self { installation, world, fonts })
    }

    /// Opens a Firefox with an empty profile.
    ///
    /// # Errors
    /// When geckodriver or Firefox does not start.
    pub async fn open(&self) -> Result<Browser, CaptureError> {
        let folder = folder()?;
        let fonts = Fonts::prepare(folder.path())?;
        let program =
            Program { name: "geckodriver", path: &self.installation.geckodriver, listens: "Listening on 127.0.0.1:" };
        let root = folder.path().display().to_string();
        let arguments = ["--websocket-port=0", "--profile-root", &root];
        let process = Process::start(program, &arguments, folder.path(), &fonts).await?;
        let driver = Geckodriver { process, folder };
        let server = Arc::new(Server::new(&driver.url())?);
        let mut capabilities = firefox_capabilities(&self.world);
        capabilities["moz:firefoxOptions"]["binary"] = json!(self.installation.firefox);
        let opened = Session::open(&server, capabilities, OPEN_LIMIT).await;
        let (session, told) = opened.map_err(|failure| self.does_not_start(failure, &driver))?;
        let line = Bidi::new(session, &told, &self.world).await?;
        Ok(Browser::of_firefox(Line::Bidi(line), driver, self.world.clone()))
    }

    fn does_not_start(&self, failure: Failure, driver: &Geckodriver) -> CaptureError {
        let why = match failure {
            Failure::Told { error, message } => format!("{error}: {message}"),
            Failure::Foreign(why) | Failure::Silent(why) | Failure::Late(why) => why,
        };
        let why = format!("{why}{}", end_of_log(driver.folder.path()));
        CaptureError::FirefoxStart { path: self.installation.firefox.clone(), why }
    }

    /// The driver and its version, for the report.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("geckodriver {}", self.installation.geckodriver_version)
    }

    /// The browser and its version, for the report.
    #[must_use]
    pub fn describe_browser(&self) -> String {
        format!("Firefox {}", self.installation.firefox_version)
    }

    /// What is frozen, one line each, for the report.
    #[must_use]
    pub fn frozen(&self) -> Vec<String> {
        let mut lines = self.world.frozen_in_firefox();
        lines.push(self.fonts.clone());
        lines
    }
}

impl Geckodriver {
    fn url(&self) -> url::Url {
        self.process.url().parse().expect("host and port make an address")
    }
}

fn folder() -> Result<TempDir, CaptureError> {
    let made = tempfile::Builder::new().prefix("capture-").tempdir();
    made.map_err(|source| CaptureError::Files { path: std::env::temp_dir(), source })
}
