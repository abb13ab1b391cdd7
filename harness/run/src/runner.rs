//! The test program: lists pictures as tests, takes the selected ones, reports.

use std::{
    process,
    sync::{Arc, OnceLock},
};

use chrono::{SecondsFormat, Utc};
use harness_baseline::{Store, UPDATE_VARIABLE, UpdateMode};
use harness_model::{Began, ExitCode, PictureReport, REPORT_VERSION, RunReport, Shard, SnapshotKey};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::{
    RunError, Suite, command_line,
    judge::Judge,
    output::Output,
    plan::{Job, plan},
    progress::ProgressLog,
    session::Session,
};

/// What a shell expects of a program ended by Ctrl-C: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

/// Runs a suite as a test program: the whole of a custom harness's `main`.
///
/// `suite` is asked for once, after the command line is understood, so that a wrong environment does not keep
/// `--help` from answering. Listing needs neither app nor browser.
pub fn main(suite: impl FnOnce() -> Result<Suite, RunError>) -> process::ExitCode {
    let (arguments, shard) = command_line::read();
    match suite().and_then(|suite| run(&arguments, shard, suite)) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code().into()
        }
    }
}

fn run(arguments: &Arguments, shard: Option<Shard>, suite: Suite) -> Result<ExitCode, RunError> {
    let mode = update_mode()?;
    let jobs = plan(&suite.flows, &suite.viewports)?;
    let run: Arc<OnceLock<Run>> = Arc::default();
    let (planned, trials) = selected(jobs, arguments, shard, &run, &suite.command)?;
    if arguments.list {
        let _listing_has_no_conclusion = libtest_mimic::run(arguments, trials);
        return Ok(ExitCode::Success);
    }
    let runtime = Runtime::new().map_err(|e| RunError::Internal(format!("cannot start the async runtime: {e}")))?;
    let workers = arguments.test_threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let started = runtime.block_on(Run::start(suite, mode, workers, shard, planned))?;
    let run = run.get_or_init(|| started);
    runtime.spawn(end_on_signal(run.context.clone()));
    let _told_by_the_report = libtest_mimic::run(arguments, trials);
    runtime.block_on(run.session.end());
    let report = run.context.report();
    run.context.publish(&report)?;
    Ok(ExitCode::of(&report))
}

/// The pictures that flags, filter and shard leave, in the order in which they are taken. A shard is a part of what the
/// filter leaves, so that filtered runs are spread evenly too.
fn selected(
    jobs: Vec<Job>,
    arguments: &Arguments,
    shard: Option<Shard>,
    run: &Arc<OnceLock<Run>>,
    command: &str,
) -> Result<(Vec<SnapshotKey>, Vec<Trial>), RunError> {
    let total = jobs.len();
    let mut trials: Vec<_> = jobs.into_iter().map(|job| (job.key.clone(), trial(job, run))).collect();
    trials.retain(|(_, trial)| !arguments.is_filtered_out(trial));
    let filtered = trials.len();
    if let Some(shard) = shard {
        let share = shard.share(filtered);
        trials.truncate(share.end);
        trials.drain(..share.start);
    }
    match (trials.is_empty() && !arguments.list, shard) {
        (true, Some(shard)) if filtered > 0 => Err(RunError::EmptyShard { shard, filtered }),
        (true, _) => {
            let filter =
                arguments.filter.clone().map_or_else(|| "these flags".to_owned(), |filter| format!("`{filter}`"));
            Err(RunError::NothingSelected { filter, total, list: format!("{command} -- --list") })
        }
        _ => Ok(trials.into_iter().unzip()),
    }
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
    context: Context,
}

impl Run {
    async fn start(
        suite: Suite,
        mode: UpdateMode,
        workers: usize,
        shard: Option<Shard>,
        planned: Vec<SnapshotKey>,
    ) -> Result<Self, RunError> {
        (suite.check)().await.map_err(RunError::AppUnavailable)?;
        let store = Store::open(&suite.folders.snapshots).map_err(|e| RunError::Config(e.to_string()))?;
        let output = Output::start(&suite.folders.output)?;
        let judge = Judge { suite: suite.clone(), store, output: output.clone(), mode };
        let session = Session::start(suite.clone(), workers).await?;
        let began = Began {
            version: REPORT_VERSION,
            started_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            environment: session.environment(),
            shard,
            planned,
        };
        let log = ProgressLog::start(output, began)?;
        Ok(Self { session, judge, handle: Handle::current(), context: Context { suite, log: Arc::new(log) } })
    }

    /// Takes, judges and records one picture; the error is what the test says when it fails.
    fn picture(&self, job: &Job) -> Result<(), Failed> {
        let report = match self.handle.block_on(self.session.shoot(job)) {
            Ok(shot) => self.judge.judge(&job.key, shot).map_err(|e| Failed::from(e.to_string()))?,
            Err(missed) => Judge::missed(&job.key, missed),
        };
        let told = if report.fails() { Err(told(&report).into()) } else { Ok(()) };
        self.context.log.took(report).map_err(|e| Failed::from(e.to_string()))?;
        told
    }
}

fn told(report: &PictureReport) -> String {
    let message = report.message.as_deref().unwrap_or_default();
    format!("{}: {message}", report.verdict.as_str())
}

/// What is reported, and to whom.
#[derive(Clone)]
struct Context {
    suite: Suite,
    log: Arc<ProgressLog>,
}

impl Context {
    fn report(&self) -> RunReport {
        self.log.report()
    }

    fn publish(&self, report: &RunReport) -> Result<(), RunError> {
        let told = (self.suite.report)(report).map_err(RunError::Internal)?;
        print!("{told}");
        self.log.end()
    }
}

/// Ctrl-C: what is finished is reported, the rest named as not run, and the process ends; its browsers end with it.
async fn end_on_signal(context: Context) {
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    let report = context.report();
    eprintln!("interrupted after {} pictures", report.pictures.len());
    if let Err(error) = context.publish(&report) {
        eprintln!("error: {error}");
    }
    process::exit(INTERRUPTED);
}
