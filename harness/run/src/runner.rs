//! The test program: lists pictures as tests, takes the selected ones, reports.

use std::{
    process,
    sync::{Arc, Mutex, OnceLock},
    time::Instant,
};

use chrono::{DateTime, SecondsFormat, Utc};
use harness_baseline::{Store, UPDATE_VARIABLE, UpdateMode};
use harness_model::{ExitCode, PictureReport, REPORT_VERSION, RunReport, Summary, VerdictName};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::{
    RunError, Suite,
    judge::Judge,
    output::Output,
    plan::{Job, plan},
    session::Session,
};

/// What a shell expects of a program ended by Ctrl-C: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

/// Runs a suite as a test program: the whole of a custom harness's `main`.
///
/// `suite` is asked for once, after the command line is understood, so that a wrong environment does not keep
/// `--help` from answering. Listing needs neither app nor browser.
pub fn main(suite: impl FnOnce() -> Result<Suite, RunError>) -> process::ExitCode {
    let arguments = Arguments::from_args();
    match suite().and_then(|suite| run(&arguments, suite)) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code().into()
        }
    }
}

fn run(arguments: &Arguments, suite: Suite) -> Result<ExitCode, RunError> {
    let mode = update_mode()?;
    let jobs = plan(&suite.flows, &suite.viewports)?;
    let total = jobs.len();
    let run: Arc<OnceLock<Run>> = Arc::default();
    let trials: Vec<Trial> = jobs.into_iter().map(|job| trial(job, &run)).collect();
    if arguments.list {
        let _listing_has_no_conclusion = libtest_mimic::run(arguments, trials);
        return Ok(ExitCode::Success);
    }
    if trials.iter().all(|trial| arguments.is_filtered_out(trial)) {
        let filter = arguments.filter.clone().map_or_else(|| "these flags".to_owned(), |filter| format!("`{filter}`"));
        return Err(RunError::NothingSelected { filter, total, list: format!("{} -- --list", suite.command) });
    }
    let runtime = Runtime::new().map_err(|e| RunError::Internal(format!("cannot start the async runtime: {e}")))?;
    let workers = arguments.test_threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let started = runtime.block_on(Run::start(suite, mode, workers))?;
    let run = run.get_or_init(|| started);
    runtime.spawn(end_on_signal(Arc::downgrade(&run.pictures), run.context()));
    let conclusion = libtest_mimic::run(arguments, trials);
    runtime.block_on(run.session.end());
    let report = run.context().report(&run.pictures.lock().expect("no panic happens under this lock"));
    run.context().publish(&report)?;
    Ok(if conclusion.num_failed == 0 { ExitCode::Success } else { failure(&report) })
}

/// Pictures without a baseline are another kind of failure than pictures that changed.
fn failure(report: &RunReport) -> ExitCode {
    let failed = report.pictures.iter().filter(|p| p.fails());
    if failed.clone().all(|p| p.verdict == VerdictName::New) { ExitCode::MissingBaseline } else { ExitCode::Different }
}

fn update_mode() -> Result<UpdateMode, RunError> {
    let value = std::env::var(UPDATE_VARIABLE).ok();
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    UpdateMode::from_variable(value.as_deref(), ci).map_err(|e| RunError::Config(e.to_string()))
}

fn trial(job: Job, run: &Arc<OnceLock<Run>>) -> Trial {
    let run = Arc::clone(run);
    Trial::test(job.key.to_string(), move || run.get().expect("the run starts before its first trial").picture(&job))
}

/// A run under way.
struct Run {
    session: Session,
    judge: Judge,
    handle: Handle,
    pictures: Arc<Mutex<Vec<PictureReport>>>,
    started_at: DateTime<Utc>,
    began: Instant,
}

impl Run {
    async fn start(suite: Suite, mode: UpdateMode, workers: usize) -> Result<Self, RunError> {
        (suite.check)().await.map_err(RunError::AppUnavailable)?;
        let store = Store::open(&suite.folders.snapshots).map_err(|e| RunError::Config(e.to_string()))?;
        let output = Output::start(&suite.folders.output)?;
        let judge = Judge { suite: suite.clone(), store, output, mode };
        Ok(Self {
            session: Session::start(suite, workers).await?,
            judge,
            handle: Handle::current(),
            pictures: Arc::default(),
            started_at: Utc::now(),
            began: Instant::now(),
        })
    }

    /// Takes, judges and records one picture; the error is what the test says when it fails.
    fn picture(&self, job: &Job) -> Result<(), Failed> {
        let report = match self.handle.block_on(self.session.shoot(job)) {
            Ok(shot) => self.judge.judge(&job.key, shot).map_err(|e| Failed::from(e.to_string()))?,
            Err(missed) => Judge::missed(&job.key, missed),
        };
        let told = if report.fails() { Err(told(&report).into()) } else { Ok(()) };
        self.pictures.lock().expect("no panic happens under this lock").push(report);
        told
    }

    fn context(&self) -> Context {
        Context {
            suite: self.judge.suite.clone(),
            environment: self.session.environment(),
            started_at: self.started_at,
            began: self.began,
        }
    }
}

fn told(report: &PictureReport) -> String {
    let message = report.message.as_deref().unwrap_or_default();
    format!("{}: {message}", report.verdict.as_str())
}

/// What a report says beside its pictures.
struct Context {
    suite: Suite,
    environment: harness_model::Environment,
    started_at: DateTime<Utc>,
    began: Instant,
}

impl Context {
    fn report(&self, pictures: &[PictureReport]) -> RunReport {
        let mut pictures = pictures.to_vec();
        pictures.sort_by(|a, b| a.key.cmp(&b.key));
        RunReport {
            version: REPORT_VERSION,
            started_at: self.started_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            duration_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            environment: self.environment.clone(),
            summary: Summary::of(&pictures),
            pictures,
        }
    }

    fn publish(&self, report: &RunReport) -> Result<(), RunError> {
        let told = (self.suite.report)(report).map_err(RunError::Internal)?;
        print!("{told}");
        Ok(())
    }
}

/// Ctrl-C: what is finished is reported, and the process ends; its browsers end with it.
async fn end_on_signal(pictures: std::sync::Weak<Mutex<Vec<PictureReport>>>, context: Context) {
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    if let Some(pictures) = pictures.upgrade() {
        let report = context.report(&pictures.lock().expect("no panic happens under this lock"));
        eprintln!("interrupted after {} pictures", report.pictures.len());
        if let Err(error) = context.publish(&report) {
            eprintln!("error: {error}");
        }
    }
    process::exit(INTERRUPTED);
}
