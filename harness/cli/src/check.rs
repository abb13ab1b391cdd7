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
use harness_browser::NoEngine;
use harness_capture::{BrowserChoice, PictureRequest, Source};
use harness_run::{
    Action, BROWSER_VARIABLE, ColorScheme, Cookie, Flow, Folders, Gate, Mask, Options, RunError, Settings, Step, Suite,
    UpdateMode, Viewport, World,
};
use url::Url;

use crate::{
    config::{self, Config},
    error::CliError,
    serve,
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
    if let Some(word) =
        config.browser.as_deref().filter(|_| variable(BROWSER_VARIABLE).is_none_or(|set| set.is_empty()))
    {
        let wrong = |why: NoEngine| CliError::Config { path: arguments.config.clone(), why: why.to_string() };
        settings.browser.engine = word.parse().map_err(wrong)?;
    }
    let suite = suite(&config, &arguments.config, &settings.browser, &variable)?;
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
    choice: &BrowserChoice,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Suite, CliError> {
    let wrong = |why: String| CliError::Config { path: path.to_owned(), why };
    let base_url = match (&config.url, &config.serve) {
        (Some(url), _) => url.clone(),
        (None, folder) => {
            let folder = folder.as_deref().unwrap_or(Path::new("."));
            serve::start(&path.parent().unwrap_or(Path::new("")).join(folder))?
        }
    };
    let folders = folders(config, path);
    let world = world(config);
    let reported = folders.output.clone();
    let checked = base_url.clone();
    Ok(Suite {
        flows: vec![flow(config, variable).map_err(wrong)?],
        viewports: config.viewports.iter().map(|window| window.viewport()).collect::<Result<_, _>>().map_err(wrong)?,
        ready: config.ready.clone(),
        masks: masks(&config.masks).map_err(wrong)?,
        gate: Gate::default(),
        compare: Options::default(),
        settle_within: Duration::from_secs(config.settle_seconds),
        log_in: log_in(config, &base_url, &world, choice, variable).map_err(wrong)?,
        check: Arc::new(move || {
            let url = checked.clone();
            async move { answers(&url).await }.boxed()
        }),
        report: Arc::new(move |run| {
            let paths = reports_render::write(run, &reported).map_err(|e| e.to_string())?;
            Ok(reports_render::terminal(run, Some(&paths.page), false))
        }),
        command: format!("visual check --config {}", path.display()),
        base_url,
        world,
        folders,
    })
}

fn flow(config: &Config, variable: &impl Fn(&str) -> Option<String>) -> Result<Flow, String> {
    let mut flow = Flow::named(&config.name).seen_by([config.viewer.as_str()]);
    for page in &config.pages {
        let mut step = Step::at(&page.path, &page.name).after(actions(&page.steps, variable)?);
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
    if asked.dark {
        world.color_scheme = ColorScheme::Dark;
    }
    world
}

/// Whether something listens where the site should be.
async fn answers(url: &Url) -> Result<(), String> {
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

/// Logs the viewer in by the config's recipe, in a browser of its own; without a recipe nobody logs in.
fn log_in(
    config: &Config,
    base_url: &Url,
    world: &World,
    choice: &BrowserChoice,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<harness_run::LogIn, String> {
    let Some(recipe) = &config.log_in else { return Ok(Arc::new(|_| async { Ok(Vec::new()) }.boxed())) };
    let url = base_url.join(&recipe.path).map_err(|e| format!("the log-in's path is none: {e}"))?;
    let (choice, mut world) = (choice.clone(), world.clone());
    world.reachable_hosts.extend(base_url.host_str().map(str::to_owned));
    let request = PictureRequest {
        actions: actions(&recipe.steps, variable)?,
        ready: Some(recipe.until.clone()),
        timeout: Duration::from_secs(config.settle_seconds),
        ..PictureRequest::new(url)
    };
    Ok(Arc::new(move |_| {
        let (choice, world, request) = (choice.clone(), world.clone(), request.clone());
        async move { cookies(&choice, world, &request).await.map_err(|why| format!("nobody could log in: {why}")) }
            .boxed()
    }))
}

async fn cookies(choice: &BrowserChoice, world: World, request: &PictureRequest) -> Result<Vec<Cookie>, String> {
    let source = Source::start(choice, world).await.map_err(|e| e.to_string())?;
    let mut browser = source.open().await.map_err(|e| e.to_string())?;
    browser.enter(&Viewport::desktop(), &[]).await.map_err(|e| e.to_string())?;
    let cookies = browser.log_in(request).await.map_err(|e| e.to_string());
    browser.close().await;
    cookies
}
