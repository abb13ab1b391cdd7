//! `visual check` and `visual update`: pictures the pages that a config names, compares them with their baselines, and in
//! an update accepts what differs.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use futures::FutureExt as _;
use harness_capture::{PictureRequest, Source};
use harness_run::{
    Action, ColorScheme, Cookie, Flow, Folders, Mask, RunError, RunReport, Settings, Step, Suite, UpdateMode, Viewport,
    World,
};
use url::Url;

use crate::{
    config::{self, Config},
    error::CliError,
};

/// Pictures the pages of a site and compares them with their baselines.
///
/// Retries, limits and the rest come from the environment (VISUAL_RETRIES, VISUAL_FAIL_FAST …), as README.md lists them.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The config
    #[arg(long, default_value = "visual.toml", value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Which pictures: part of a name, --exact NAME, --list, --shard K/N
    #[arg(last = true, value_name = "SELECTION")]
    selection: Vec<String>,
}

const EXAMPLES: &str = "Examples:
  visual check                               every picture of visual.toml
  visual check -- start                      those with `start` in their names
  visual update -- --exact site/start/guest-desktop

Exit codes: 0 all passed, 1 internal, 2 wrong config or flag, 3 the site does not answer, 4 no browser,
  5 nothing selected, 100 pictures without a baseline, 101 pictures that failed";

/// What is done with what differs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Nothing, unless the environment asks for it.
    Check,
    /// It becomes the baseline.
    Update,
}

pub(crate) fn run(arguments: &Arguments, intent: Intent) -> ExitCode {
    match checked(arguments, intent) {
        Ok(code) => code.into(),
        Err(Failed::Cli(error)) => {
            eprintln!("error: {error}");
            harness_run::ExitCode::BadConfig.into()
        }
        Err(Failed::Run(error)) => {
            eprintln!("error: {error}");
            error.exit_code().into()
        }
    }
}

enum Failed {
    Cli(CliError),
    Run(RunError),
}

impl From<CliError> for Failed {
    fn from(error: CliError) -> Self {
        Self::Cli(error)
    }
}

impl From<RunError> for Failed {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

fn checked(arguments: &Arguments, intent: Intent) -> Result<harness_run::ExitCode, Failed> {
    let variable = |name: &str| std::env::var(name).ok();
    let mut settings = Settings::from_lookup(variable)?;
    if intent == Intent::Update {
        let ci = variable("CI").is_some_and(|value| !value.is_empty() && value != "false");
        let asked = UpdateMode::from_variable(Some("changed"), ci);
        settings.update = settings.update.max(asked.map_err(|e| RunError::Config(e.to_string()))?);
    }
    let config = config::read(&arguments.config)?;
    let suite = suite(&config, &arguments.config, settings.server.as_ref(), &variable)?;
    Ok(harness_run::take(suite, settings, &arguments.selection)?)
}

/// The run's folders of a config that lies at `path`.
pub(crate) fn folders(config: &Config, path: &Path) -> Folders {
    let beside = path.parent().unwrap_or(Path::new(""));
    Folders { snapshots: beside.join(&config.snapshots), output: beside.join(&config.output) }
}

fn suite(
    config: &Config,
    path: &Path,
    server: Option<&Url>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Suite, CliError> {
    let wrong = |why: String| CliError::Config { path: path.to_owned(), why };
    let base_url = match (&config.url, &config.serve) {
        (Some(url), _) => url.clone(),
        (None, folder) => {
            let folder = folder.as_deref().unwrap_or(Path::new("."));
            let folder = path.parent().unwrap_or(Path::new("")).join(folder);
            harness_run::serve(&folder).map_err(|error| wrong(error.to_string()))?
        }
    };
    let folders = folders(config, path);
    let world = world(config);
    let reported = folders.output.clone();
    let report = move |run: &RunReport| {
        let paths = reports_render::write(run, &reported).map_err(|e| e.to_string())?;
        Ok(reports_render::terminal(run, Some(&paths.page), false))
    };
    Ok(Suite {
        flows: vec![flow(config, variable).map_err(wrong)?],
        viewports: config.viewports.iter().map(|window| window.viewport()).collect::<Result<_, _>>().map_err(wrong)?,
        ready: config.ready.clone(),
        masks: masks(&config.masks).map_err(wrong)?,
        settle_within: Duration::from_secs(config.settle_seconds),
        log_in: log_in(config, &base_url, &world, server, variable).map_err(wrong)?,
        command: format!("visual check --config {}", path.display()),
        world,
        ..Suite::new(base_url, folders, report)
    })
}

fn flow(config: &Config, variable: &impl Fn(&str) -> Option<String>) -> Result<Flow, String> {
    let mut flow = Flow::named(&config.name).seen_by([config.viewer.as_str()]);
    for page in &config.pages {
        let step = Step::at(&page.path, &page.name).after(actions(&page.steps, variable)?);
        let mut step = step.showing(page.target()?);
        for mask in masks(&page.masks)? {
            step = step.masking(mask);
        }
        if let Some(rule) = &page.rule {
            step = step.judged(rule.rule());
        }
        flow = flow.step(step);
    }
    Ok(flow)
}

fn actions(steps: &[config::StepEntry], variable: &impl Fn(&str) -> Option<String>) -> Result<Vec<Action>, String> {
    steps.iter().map(|step| step.action(variable)).collect()
}

fn masks(entries: &[config::MaskEntry]) -> Result<Vec<Mask>, String> {
    entries.iter().map(config::MaskEntry::mask).collect()
}

fn world(config: &Config) -> World {
    let (asked, mut world) = (&config.world, World::default());
    world.now = asked.now.clone().unwrap_or(world.now);
    world.time_zone = asked.time_zone.clone().unwrap_or(world.time_zone);
    world.locale = asked.locale.clone().unwrap_or(world.locale);
    world.reachable_hosts.clone_from(&asked.reachable_hosts);
    world.slowdown = asked.slowdown.unwrap_or(world.slowdown);
    if asked.dark {
        world.color_scheme = ColorScheme::Dark;
    }
    world
}

/// Logs the viewer in by the config's recipe, in a browser of its own; without a recipe nobody logs in.
fn log_in(
    config: &Config,
    base_url: &Url,
    world: &World,
    server: Option<&Url>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<harness_run::LogIn, String> {
    let Some(recipe) = &config.log_in else { return Ok(Arc::new(|_| async { Ok(Vec::new()) }.boxed())) };
    let url = base_url.join(&recipe.path).map_err(|e| format!("the log-in's path is none: {e}"))?;
    let (server, mut world) = (server.cloned(), world.clone());
    world.reachable_hosts.extend(base_url.host_str().map(str::to_owned));
    let request = PictureRequest {
        actions: actions(&recipe.steps, variable)?,
        ready: Some(recipe.until.clone()),
        timeout: Duration::from_secs(config.settle_seconds),
        ..PictureRequest::new(url)
    };
    Ok(Arc::new(move |_| {
        let (server, world, request) = (server.clone(), world.clone(), request.clone());
        let cookies = async move { cookies(server.as_ref(), world, &request).await };
        async { cookies.await.map_err(|why| format!("nobody could log in: {why}")) }.boxed()
    }))
}

async fn cookies(server: Option<&Url>, world: World, request: &PictureRequest) -> Result<Vec<Cookie>, String> {
    let source = Source::start(server, world).await.map_err(|e| e.to_string())?;
    let mut browser = source.open().await.map_err(|e| e.to_string())?;
    browser.enter(&Viewport::desktop(), &[]).await.map_err(|e| e.to_string())?;
    let cookies = browser.log_in(request).await.map_err(|e| e.to_string());
    browser.close().await;
    cookies
}
