//! Everything a run needs to know: the app, its viewers, the flows, the folders.

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures::{FutureExt as _, future::BoxFuture};
use harness_baseline::Budget;
use harness_capture::{Cookie, Mask, World};
use harness_compare::{Gate, Options};
use harness_model::{RunReport, Viewport};
use url::Url;

use crate::{Flow, plan::Job};

/// Gets a viewer's cookies: logs them in.
pub type LogIn = Arc<dyn Fn(String) -> BoxFuture<'static, Result<Vec<Cookie>, LogInError>> + Send + Sync>;

/// Why a viewer could not log in, with the next command to type.
pub type LogInError = String;

/// Asks whether the app can be tested at all; an error is the whole message for the user.
pub type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Writes the reports of a finished run and says on one line where they are.
pub type Report = Arc<dyn Fn(&RunReport) -> Result<String, String> + Send + Sync>;

/// Says what is known about a viewer, if anything; called once a run for each who looked.
pub type About = Arc<dyn Fn(String) -> BoxFuture<'static, Option<String>> + Send + Sync>;

/// Where a run reads and writes.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The baselines.
    pub snapshots: PathBuf,
    /// Run file, report and new pictures; cleared by each run.
    pub output: PathBuf,
}

/// A set of flows over one app.
#[derive(Clone)]
pub struct Suite {
    /// The app; flows name paths below it.
    pub base_url: Url,
    /// What is done and pictured.
    pub flows: Vec<Flow>,
    /// Through which windows.
    pub viewports: Vec<Viewport>,
    /// The moment, place and taste that every page believes in.
    pub world: World,
    /// A CSS selector that matches once a page shows its content.
    pub ready: Option<String>,
    /// Masked in every picture.
    pub masks: Vec<Mask>,
    /// When a picture passes.
    pub gate: Gate,
    /// When a pixel differs.
    pub compare: Options,
    /// How long a page may take to come to rest.
    pub settle_within: Duration,
    /// Logs a viewer in.
    pub log_in: LogIn,
    /// Asked once before the first picture.
    pub check: Check,
    /// Tells about the viewers, for the report.
    pub about: Option<About>,
    /// How much the baselines may take; without a limit when absent.
    pub budget: Option<Budget>,
    /// Called once after the last picture.
    pub report: Report,
    /// Where to read and write.
    pub folders: Folders,
    /// The command that runs this suite, for messages: `cargo test -p flows`.
    pub command: String,
}

impl Suite {
    /// A suite over the app at this address that lacks only its flows: a laptop and a phone look, nobody logs in, and a
    /// picture passes by the usual gate.
    pub fn new(
        base_url: Url,
        folders: Folders,
        report: impl Fn(&RunReport) -> Result<String, String> + Send + Sync + 'static,
    ) -> Self {
        let checked = base_url.clone();
        Self {
            base_url,
            flows: Vec::new(),
            viewports: vec![Viewport::desktop(), Viewport::mobile()],
            world: World::default(),
            ready: None,
            masks: Vec::new(),
            gate: Gate::default(),
            compare: Options::default(),
            settle_within: Duration::from_secs(15),
            log_in: Arc::new(|_| async { Ok(Vec::new()) }.boxed()),
            check: Arc::new(move || {
                let url = checked.clone();
                async move { answers(&url).await }.boxed()
            }),
            about: None,
            budget: None,
            report: Arc::new(report),
            folders,
            command: "cargo test".to_owned(),
        }
    }

    /// The world, in which the app itself can be reached.
    pub(crate) fn whole_world(&self) -> World {
        let mut world = self.world.clone();
        world.reachable_hosts.extend(self.base_url.host_str().map(str::to_owned));
        world
    }

    /// Everything that is masked in a picture, in the order in which the picture tells it.
    pub(crate) fn masks_of(&self, job: &Job) -> Vec<Mask> {
        self.masks.iter().chain(&job.masks).cloned().collect()
    }
}

/// Whether something listens where a site should be; an error is the whole message for the user.
///
/// # Errors
/// When nothing does.
pub async fn answers(url: &Url) -> Result<(), String> {
    let help = format!("start the site, then: curl -sS {url}");
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Err(format!("{url} is no address of a site\nhelp: give one such as http://localhost:8000/"));
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match tokio::net::TcpStream::connect((host, port)).await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{url} does not answer: {error}\nhelp: {help}")),
    }
}
