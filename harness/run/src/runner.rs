//! The test program: lists pictures as tests, takes the selected ones, reports.

use std::{
    collections::{BTreeMap, BTreeSet},
    process,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{SecondsFormat, Utc};
use futures::{FutureExt as _, future::join_all};
use harness_baseline::{BaselineError, Store};
use harness_model::{Began, ExitCode, PictureReport, REPORT_VERSION, RunReport, Shard, SnapshotKey};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::{
    runtime::{Handle, Runtime},
    signal::unix::{SignalKind, signal},
};

use crate::{
    RunError, Settings, Suite, attempts, command_line,
    company::{Company, keeper},
    judge::Judge,
    live::Live,
    output::Output,
    plan::{Job, plan},
    progress::ProgressLog,
    provenance,
    session::{Missed, Session},
    workers,
};

/// Where the test program's own lines go in a run that is followed on a terminal, below the folder of its output.
const LIBTEST_LOG: &str = "tests.log";
/// What a shell expects of a program ended by Ctrl-C: 128 and the signal's number.
const INTERRUPTED: i32 = 130;
/// The same for a program that was asked to end.
const TERMINATED: i32 = 143;

/// Runs a suite as a test program: the whole of a custom harness's `main`.
///
/// `suite` is asked for once, after the command line is understood, so that a wrong environment does not keep
/// `--help` from answering. Listing needs neither app nor browser.
pub fn main(suite: impl FnOnce() -> Result<Suite, RunError>) -> process::ExitCode {
    if let Some((folder, runner)) = keeper::asked() {
        // Whoever started it has read the suite before.
        let Ok(suite) = suite() else { return process::ExitCode::FAILURE };
        return keeper::keep(&folder, runner, suite.whole_world());
    }
    let (arguments, shard) = command_line::read();
    let settings = || Settings::from_lookup(|name| std::env::var(name).ok());
    let shared = |suite: &Suite| Company::of_environment(&suite.whole_world());
    match suite().and_then(|suite| run(arguments, shard, settings()?, shared(&suite), suite)) {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code().into()
        }
    }
}

/// Runs a suite within a program that has a command line of its own. `words` are what a test program understands: a
/// filter, `--exact`, `--list`, `--shard`. `--help` among them, and what is wrong, is answered here and ends the process.
///
/// # Errors
/// When no picture could be taken at all.
pub fn take(suite: Suite, settings: Settings, words: &[String]) -> Result<ExitCode, RunError> {
    let (arguments, shard) = command_line::of(&suite.command, words);
    run(arguments, shard, settings, None, suite)
}

fn run(
    mut arguments: Arguments,
    shard: Option<Shard>,
    settings: Settings,
    company: Option<Company>,
    suite: Suite,
) -> Result<ExitCode, RunError> {
    let jobs = plan(&suite.flows, &suite.viewports)?;
    let all: BTreeSet<SnapshotKey> = jobs.iter().map(|job| job.key.clone()).collect();
    let run: Arc<OnceLock<Run>> = Arc::default();
    let (planned, trials) = selected(jobs, &arguments, shard, &run, &suite.command)?;
    if arguments.list {
        let _listing_has_no_conclusion = libtest_mimic::run(&arguments, trials);
        return Ok(ExitCode::Success);
    }
    let runtime = Runtime::new().map_err(|e| RunError::Internal(format!("cannot start the async runtime: {e}")))?;
    let workers = arguments.test_threads.or(settings.workers).unwrap_or_else(workers::of_this_machine);
    arguments.test_threads = Some(workers);
    let whole = planned.len() == all.len();
    // Its report is to be merged with others to one of all pictures, and tells what the merged one is to tell.
    let merges = shard.is_some() || company.is_some();
    let part = Part { shard, of: (!whole).then_some(all.len()), planned };
    let live = Arc::new(Live::of(part.planned.len(), &arguments));
    let logfile = suite.folders.output.join(LIBTEST_LOG);
    let started = runtime.block_on(Run::start(suite, settings, company, workers, part, Arc::clone(&live)))?;
    if live.rewrites() {
        arguments.logfile = Some(logfile.display().to_string());
    }
    let run = run.get_or_init(|| started);
    runtime.spawn(end_on_signal(run.context.clone()));
    let _told_by_the_report = libtest_mimic::run(&arguments, trials);
    runtime.block_on(run.session.end());
    live.is_over();
    let mut report = run.context.report();
    let whole = whole && report.not_run.is_empty();
    if whole || merges {
        run.name_orphans(&all, &mut report);
    }
    report.viewers = runtime.block_on(about(&run.context.suite, &report));
    run.context.publish(&report)?;
    let told = run.budget()?.filter(|_| whole);
    print!("{}", told.unwrap_or_default());
    Ok(ExitCode::of(&report))
}

/// What is known about those who looked.
async fn about(suite: &Suite, report: &RunReport) -> BTreeMap<String, String> {
    let Some(about) = &suite.about else { return BTreeMap::new() };
    let viewers: BTreeSet<&str> = report.pictures.iter().map(|picture| picture.key.viewer()).collect();
    let asked = viewers.into_iter().map(|viewer| about(viewer.to_owned()).map(move |told| Some((viewer, told?))));
    let told = join_all(asked).await.into_iter().flatten();
    told.map(|(viewer, told)| (viewer.to_owned(), told)).collect()
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

fn trial(job: Job, run: &Arc<OnceLock<Run>>) -> Trial {
    let run = Arc::clone(run);
    Trial::ignorable_test(job.key.to_string(), move || {
        run.get().expect("the run starts before its first trial").picture(&job)
    })
}

/// What of the suite a run is to take.
struct Part {
    shard: Option<Shard>,
    /// How many pictures the suite has, where that is not all.
    of: Option<usize>,
    planned: Vec<SnapshotKey>,
}

/// A run under way.
struct Run {
    session: Session,
    judge: Judge,
    settings: Settings,
    /// Set by the first failure of a run that fails fast.
    ended_early: AtomicBool,
    handle: Handle,
    context: Context,
}

impl Run {
    async fn start(
        suite: Suite,
        settings: Settings,
        company: Option<Company>,
        workers: usize,
        Part { shard, of, planned }: Part,
        live: Arc<Live>,
    ) -> Result<Self, RunError> {
        (suite.check)().await.map_err(RunError::AppUnavailable)?;
        let store = Store::open(&suite.folders.snapshots).map_err(|e| RunError::Config(e.to_string()))?;
        within_budget(&suite, &store)?;
        let output = Output::start(&suite.folders.output)?;
        let (server, within) = (settings.server.clone(), settings.picture_within);
        let session = Session::start(suite.clone(), server, company, workers, within, Arc::clone(&live)).await?;
        let mut environment = session.environment();
        let origin = provenance::of(&environment, &suite.folders.snapshots);
        environment.origin = Some(origin.clone());
        let judge = Judge { suite: suite.clone(), store, output: output.clone(), mode: settings.update, origin };
        let began = Began {
            version: REPORT_VERSION,
            started_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            environment,
            shard,
            suite: of,
            planned,
        };
        let log = ProgressLog::start(output, began)?;
        let context = Context { suite, log: Arc::new(log), live };
        Ok(Self { session, judge, settings, ended_early: AtomicBool::new(false), handle: Handle::current(), context })
    }

    /// One picture as a test; the error is what the test says when it fails.
    fn picture(&self, job: &Job) -> Result<Completion, Failed> {
        if self.ended_early.load(Ordering::Relaxed) {
            return Ok(Completion::ignored_with("the run ended with its first failed picture"));
        }
        let key = job.key.to_string();
        self.context.live.begins(&key);
        let found = self.judged(job);
        self.context.live.ends(&key, found.as_ref().err().map(String::as_str));
        found.map(|()| Completion::Completed).map_err(Failed::from)
    }

    /// Takes, judges and records one picture; what is wrong with it, in words.
    fn judged(&self, job: &Job) -> Result<(), String> {
        let report = attempts::judged(&self.settings, |number| self.attempt(job, number));
        let told = if report.fails() { Err(told(&report)) } else { Ok(()) };
        if told.is_err() && self.settings.fail_fast {
            self.ended_early.store(true, Ordering::Relaxed);
        }
        self.context.log.took(report).map_err(|error| error.to_string())?;
        told
    }

    /// What cannot be kept or written is told of its picture, which would else be missing from the report.
    fn attempt(&self, job: &Job, number: u32) -> PictureReport {
        let missed = match self.handle.block_on(self.session.shoot(job, self.judge.expected(&job.key))) {
            Ok(shot) => {
                let (url, retries, ms) = (shot.url.clone(), shot.retries, shot.ms);
                match self.judge.judge(job, shot, number) {
                    Ok(report) => return report,
                    Err(error) => Missed { message: error.to_string(), url, retries, ms },
                }
            }
            Err(missed) => missed,
        };
        Judge::missed(&job.key, missed)
    }

    /// What the baselines take of what they may, on a line; an error when that is too much.
    fn budget(&self) -> Result<Option<String>, RunError> {
        within_budget(&self.context.suite, &self.judge.store)
    }

    /// Names the baselines that no picture of the suite asked for.
    fn name_orphans(&self, all: &BTreeSet<SnapshotKey>, report: &mut RunReport) {
        match self.judge.store.orphans(all) {
            Ok(orphans) => report.orphans = orphans,
            Err(error) => report.warnings.push(error.to_string()),
        }
    }
}

fn within_budget(suite: &Suite, store: &Store) -> Result<Option<String>, RunError> {
    let Some(budget) = suite.budget else { return Ok(None) };
    let config = |error: BaselineError| RunError::Config(error.to_string());
    let sizes = store.sizes().map_err(config)?;
    budget.check(&sizes).map_err(config)?;
    Ok(Some(format!("{}\n", budget.told(&sizes))))
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
    live: Arc<Live>,
}

impl Context {
    fn report(&self) -> RunReport {
        let mut report = self.log.report();
        report.warnings = provenance::warnings(&report.environment, &report.pictures);
        report
    }

    fn publish(&self, report: &RunReport) -> Result<(), RunError> {
        let told = (self.suite.report)(report).map_err(RunError::Internal)?;
        print!("{told}");
        self.log.end()
    }
}

/// Ctrl-C, or a polite request to end: what is finished is reported, the rest named as not run, and the process ends; its browsers end with it.
async fn end_on_signal(context: Context) {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    let code = tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => INTERRUPTED,
        Some(()) = terminate.recv() => TERMINATED,
        else => return,
    };
    let report = context.report();
    context.live.is_over();
    eprintln!("interrupted after {} pictures", report.pictures.len());
    if let Err(error) = context.publish(&report) {
        eprintln!("error: {error}");
    }
    harness_capture::end_remote_sessions().await;
    process::exit(code);
}
