//! Ticks: who is due plays, a few at a time; and the loop that brings them.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, future::join_all};
use secrecy::SecretString;
use stack_api::{
    personas::DuePersona,
    runner::{DaySummary, TickFailure, TickReport},
};
use stack_client::{AuthClient, ClientError};
use stack_trace::Work;
use tokio::{
    sync::Mutex,
    time::{Instant, MissedTickBehavior, interval_at},
};
use tokio_util::task::TaskTracker;

use crate::{
    Config,
    cut::{PERSIST_GRACE, cut_after, unless_cut},
    day,
    due::Due,
    metrics::Metrics,
    player::Player,
};

/// How long one request to auth may take.
const REQUEST: Duration = Duration::from_secs(30);
/// How long it may take to reach the gateway. Its answers may take longer: a stream stays open.
const CONNECT: Duration = Duration::from_secs(10);

/// Why a tick could not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TickError {
    #[error("nobody plays without a service key\nhelp: set MANA_SERVICE_KEY to the key that auth was started with")]
    NoServiceKey,
    #[error(
        "{player} does not play without a key\nhelp: set ANTHROPIC_API_KEY, or OPENAI_API_KEY for PERSONA_PLAYER=openai"
    )]
    NoModelKey { player: String },
    #[error("cannot ask who is due: {0}")]
    Due(#[source] ClientError),
    #[error("the runner is stopping")]
    Stopping,
    #[error("the tick broke off: {0}")]
    Broken(String),
}

/// All that ticks and routes share.
pub(crate) struct Runner {
    pub(crate) config: Config,
    pub(crate) auth: AuthClient,
    pub(crate) mcp_http: reqwest::Client,
    pub(crate) player: Player,
    pub(crate) metrics: Arc<Metrics>,
    /// Held by the tick that runs.
    turn: Mutex<()>,
    /// Ticks that were asked for by hand.
    asked: TaskTracker,
}

impl Runner {
    pub(crate) fn new(config: Config) -> Self {
        let http = reqwest::Client::builder().timeout(REQUEST).build().expect("the TLS back end is compiled in");
        let mcp_http = reqwest::Client::builder().connect_timeout(CONNECT).build();
        let metrics = Arc::<Metrics>::default();
        Self {
            auth: AuthClient::new(config.auth_url.clone(), http),
            mcp_http: mcp_http.expect("the TLS back end is compiled in"),
            player: Player::new(config.player.clone(), Arc::clone(&metrics)),
            metrics,
            turn: Mutex::default(),
            asked: TaskTracker::new(),
            config,
        }
    }

    /// A tick beside the loop's: it waits its turn, and goes on when nobody waits for its report any more.
    pub(crate) async fn tick_now(self: Arc<Self>) -> Result<TickReport, TickError> {
        let runner = Arc::clone(&self);
        let tick = self.asked.spawn(async move { runner.tick().await });
        tick.await.map_err(|error| TickError::Broken(error.to_string()))?
    }

    /// Lets everybody who is due live a day. One at a time: a second tick waits for the first.
    async fn tick(&self) -> Result<TickReport, TickError> {
        let stop = &self.config.stop;
        let key = self.config.service_key.as_ref().ok_or(TickError::NoServiceKey)?;
        if self.player.lacks_key() {
            return Err(TickError::NoModelKey { player: self.player.name().to_owned() });
        }
        let _turn = stop.run_until_cancelled(self.turn.lock()).await.ok_or(TickError::Stopping)?;
        let start = Instant::now();
        let due = Due::new(&self.auth, key, self.config.day_max);
        let workers = join_all((0..self.config.concurrency).map(|_| self.work(key, &due))).await;
        let _given_up = unless_cut(stop, PERSIST_GRACE, due.release()).await;
        let given = due.given().await;
        let (lived, ended): (Vec<_>, Vec<_>) = workers.into_iter().unzip();
        match ended.into_iter().find_map(Result::err) {
            Some(error) if given == 0 => return Err(error),
            Some(error) => tracing::warn!(%error, "the tick ended early"),
            None => {}
        }
        let mut report = TickReport {
            player: self.player.name().to_owned(),
            due: given,
            ran_successfully: 0,
            failed: Vec::new(),
            days: Vec::new(),
            duration_ms: 0,
        };
        for result in lived.into_iter().flatten() {
            match result {
                Ok(day) => report.days.push(day),
                Err(failure) => report.failed.push(failure),
            }
        }
        report.ran_successfully = report.days.len();
        report.days.sort_by(|a, b| a.persona.cmp(&b.persona));
        report.failed.sort_by(|a, b| a.persona.cmp(&b.persona));
        report.duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.metrics.tick();
        Ok(report)
    }

    /// Plays one persona after the other until nobody is due.
    async fn work(
        &self,
        key: &SecretString,
        due: &Due<'_>,
    ) -> (Vec<Result<DaySummary, TickFailure>>, Result<(), TickError>) {
        let mut lived = Vec::new();
        let ended = loop {
            let persona = match self.config.stop.run_until_cancelled(due.next()).await {
                Some(Ok(Some(persona))) => persona,
                Some(Ok(None)) => break Ok(()),
                Some(Err(error)) => break Err(TickError::Due(error)),
                None => break Err(TickError::Stopping),
            };
            // Each day has an id of its own, which all that it leads to is logged with, here and in the other services.
            let day = Work::own("runner", "a persona's day").run(self.day(key, persona)).await;
            self.metrics.day(day.is_ok());
            lived.push(day);
        };
        (lived, ended)
    }

    /// A day that fails, or even breaks, is one row of the report and nothing else.
    async fn day(&self, key: &SecretString, persona: DuePersona) -> Result<DaySummary, TickFailure> {
        let email = persona.email.clone();
        let failed = |error: String| TickFailure { persona: email.clone(), error };
        if self.config.stop.is_cancelled() {
            return Err(failed(TickError::Stopping.to_string()));
        }
        let cut = self.config.stop.child_token();
        let day = AssertUnwindSafe(cut_after(self.config.day_max, &cut, day::live(self, key, persona, &cut)));
        match day.catch_unwind().await {
            Ok(Ok(day)) => {
                let DaySummary { actions, errors, tokens, .. } = &day;
                tracing::info!(persona = %email, actions, errors, tokens, "lived a day");
                Ok(day)
            }
            Ok(Err(error)) => {
                tracing::warn!(persona = %email, %error, "a day failed");
                Err(failed(error.to_string()))
            }
            Err(_) => {
                tracing::error!(persona = %email, "a day broke off; the panic is above");
                Err(failed("the day broke off by a fault of the runner".to_owned()))
            }
        }
    }
}

/// The loop. Await [`RunnerTask::run`] until it ends; it ends when the runner is told to stop.
pub struct RunnerTask(Arc<Runner>);

impl RunnerTask {
    pub(crate) fn new(runner: Arc<Runner>) -> Self {
        Self(runner)
    }

    /// Plays a tick every interval until the runner is told to stop, then ends the one that runs: the call in progress
    /// may finish for a moment, and what was done is stored.
    pub async fn run(self) {
        let runner = self.0;
        let config = &runner.config;
        let player = runner.player.name();
        match (&config.service_key, config.paused) {
            (None, _) => {
                tracing::warn!(player, "MANA_SERVICE_KEY is not set: no persona plays");
                config.stop.cancelled().await;
            }
            (Some(_), _) if runner.player.lacks_key() => {
                let error = TickError::NoModelKey { player: player.to_owned() };
                tracing::warn!(player, %error, "no persona plays");
                config.stop.cancelled().await;
            }
            (Some(_), true) => {
                tracing::info!(player, "paused by RUNNER_PAUSED: personas play only when a tick is asked for");
                config.stop.cancelled().await;
            }
            (Some(_), false) => {
                tracing::info!(player, interval = ?config.interval, at_a_time = config.concurrency, "personas play");
                play(&runner).await;
            }
        }
        runner.asked.close();
        runner.asked.wait().await;
    }
}

async fn play(runner: &Runner) {
    let interval = runner.config.interval;
    let mut ticks = interval_at(Instant::now() + interval, interval);
    // After a tick that took longer than the interval the next one comes an interval later, not at once.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while runner.config.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        match runner.tick().await {
            Ok(report) if report.due == 0 => tracing::debug!("nobody is due"),
            Ok(report) => tracing::info!(
                player = report.player,
                due = report.due,
                lived = report.ran_successfully,
                failed = report.failed.len(),
                ms = report.duration_ms,
                "tick"
            ),
            Err(TickError::Stopping) => {}
            Err(error) => tracing::warn!(%error, "no tick"),
        }
    }
}
