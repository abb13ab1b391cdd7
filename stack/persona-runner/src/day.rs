//! One persona's day: log in, open a session, play, rate, write down.

use std::time::Instant;

use futures::{FutureExt, StreamExt, stream};
use secrecy::SecretString;
use stack_api::{
    personas::{DuePersona, Feedback},
    runner::DaySummary,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    audit::{AuditError, Trail, actions},
    cut::{CALL_GRACE, unless_cut},
    login::{LoggedIn, LoginError, log_in},
    player::{Day, Exchange, Play, PlayerError, TURNS_MAX, ToolCall, modules_used, recall},
    rating,
    session::{CallError, Session, SessionError},
    tick::Runner,
};

/// How many calls a day may have, however many a player asks for at once.
const CALLS_MAX: usize = 60;
/// Calls of one turn that run at a time.
const PARALLEL: usize = 4;
/// How much of an input that is none its error repeats, in characters.
const GARBLED_SHOWN: usize = 200;

/// Why a day failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DayError {
    #[error(transparent)]
    Login(#[from] LoginError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the player {player} gave up: {source}")]
    Player { player: String, source: PlayerError },
    #[error("the gateway was lost at {tool}, after {calls} calls: {reason}")]
    Lost { tool: String, calls: usize, reason: String },
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error("the day was cut after {calls} calls: the runner stopped, or the day took too long")]
    Cut { calls: usize },
    #[error("the player asked for no call")]
    Idle,
}

/// Lets `persona` live a day. After `cut` it ends soon, and what was done until then is still written down.
pub(crate) async fn live(
    runner: &Runner,
    key: &SecretString,
    persona: DuePersona,
    cut: &CancellationToken,
) -> Result<DaySummary, DayError> {
    let (email, persona_id) = (persona.email.clone(), persona.user_id.clone());
    // The player's name is part of the id, so that each stored row says who played.
    let tick_id = format!("{}-{}", runner.player.name(), Uuid::now_v7());
    let (session, day) = begin(runner, key, persona, cut).await?;
    let mut transcript = Vec::new();
    let mut play = runner.player.begin(&day);
    let played = live_through(runner, &session, &mut play, cut, &mut transcript).await;
    let rated = match played {
        Ok(()) => rate(runner, &mut play, cut, &tick_id, &transcript).await,
        Err(error) => Err(error),
    };
    let (feedback, failure) = match rated {
        Ok(feedback) => (feedback, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let summary = DaySummary {
        persona: email,
        actions: transcript.len(),
        errors: transcript.iter().filter(|exchange| exchange.result.is_err()).count(),
        ratings: feedback.len(),
        tokens: play.tokens(),
    };
    let trail = Trail { auth: &runner.auth, key, persona_id: &persona_id, cut };
    let ((), stored) = tokio::join!(session.close(), trail.store(actions(&tick_id, &transcript), feedback));
    match failure {
        Some(error) => {
            if let Err(unstored) = stored {
                tracing::warn!(persona = %summary.persona, error = %unstored, "a failed day left no trail");
            }
            Err(error)
        }
        None => {
            stored?;
            Ok(summary)
        }
    }
}

async fn begin(
    runner: &Runner,
    key: &SecretString,
    persona: DuePersona,
    cut: &CancellationToken,
) -> Result<(Session, Day), DayError> {
    let date = runner.config.clock.now().date_naive();
    let arrive = async {
        let logged_in: LoggedIn = log_in(&runner.auth, &persona.email, &runner.config.seed_secret).await?;
        let session = Session::open(runner.mcp_http.clone(), &runner.config.mcp_url, &logged_in).await?;
        let memory = if runner.player.remembers() { remember(runner, key, &persona).await } else { String::new() };
        Ok::<_, DayError>((session, memory))
    };
    let (session, memory) = until_cut(cut, 0, arrive).await??;
    let tools = session.tools().to_vec();
    Ok((session, Day { persona, date, tools, memory }))
}

/// What the stack knows of the persona's last days. A day without it is as good as the first one.
async fn remember(runner: &Runner, key: &SecretString, persona: &DuePersona) -> String {
    match runner.auth.persona_memory(key, &persona.user_id).await {
        Ok(memory) => recall(&memory),
        Err(error) => {
            tracing::warn!(persona = %persona.email, %error, "the persona remembers nothing");
            String::new()
        }
    }
}

/// The main turn: the player asks, the tools answer, until it asks for nothing more.
async fn live_through(
    runner: &Runner,
    session: &Session,
    play: &mut Play<'_>,
    cut: &CancellationToken,
    transcript: &mut Vec<Exchange>,
) -> Result<(), DayError> {
    for _ in 0..TURNS_MAX {
        let asked = until_cut(cut, transcript.len(), play.next_calls(transcript)).await?;
        let calls = asked.map_err(|source| gave_up(runner, source))?;
        if calls.is_empty() {
            break;
        }
        make(runner, session, calls, cut, transcript).await?;
        if transcript.len() >= CALLS_MAX {
            break;
        }
    }
    if transcript.is_empty() { Err(DayError::Idle) } else { Ok(()) }
}

fn gave_up(runner: &Runner, source: PlayerError) -> DayError {
    DayError::Player { player: runner.player.name().to_owned(), source }
}

/// Makes the calls of one turn, a few at a time, and puts them on the transcript in the order in which they were asked
/// for, whatever came of them. After a failure no other begins; those under way are waited for.
async fn make(
    runner: &Runner,
    session: &Session,
    calls: Vec<ToolCall>,
    cut: &CancellationToken,
    transcript: &mut Vec<Exchange>,
) -> Result<(), DayError> {
    let before = transcript.len();
    let broken = CancellationToken::new();
    let calls = calls.into_iter().take(CALLS_MAX - before);
    let made = stream::iter(calls)
        .map(|call| async {
            if broken.is_cancelled() || cut.is_cancelled() {
                return None;
            }
            let (exchange, failure) = perform(runner, session, call, cut).await;
            if failure.is_some() {
                broken.cancel();
            }
            Some((exchange, failure))
        })
        .buffered(PARALLEL)
        .collect::<Vec<_>>()
        .await;
    let mut first = None;
    for (exchange, failure) in made.into_iter().flatten() {
        transcript.push(exchange);
        first = first.or(failure);
    }
    let calls = transcript.len();
    match first {
        Some(Failure::Lost { tool, reason }) => Err(DayError::Lost { tool, calls, reason }),
        Some(Failure::Cut) => Err(DayError::Cut { calls }),
        None if cut.is_cancelled() => Err(DayError::Cut { calls }),
        None => Ok(()),
    }
}

/// Why no further call has a chance.
enum Failure {
    Lost { tool: String, reason: String },
    Cut,
}

/// Makes one call.
async fn perform(
    runner: &Runner,
    session: &Session,
    call: ToolCall,
    cut: &CancellationToken,
) -> (Exchange, Option<Failure>) {
    let start = Instant::now();
    let answer = match &call.garbled {
        Some(text) => Some(Err(CallError::Refused(unreadable(&call.tool, text)))),
        None => unless_cut(cut, CALL_GRACE, session.call(&call)).await,
    };
    let latency = start.elapsed();
    let (result, failure) = match answer {
        Some(Ok(value)) => (Ok(value), None),
        Some(Err(CallError::Refused(message))) => (Err(message), None),
        Some(Err(CallError::Lost(reason))) => {
            (Err(reason.clone()), Some(Failure::Lost { tool: call.tool.clone(), reason }))
        }
        None => {
            let message = "abandoned: the runner stopped, or the day took too long".to_owned();
            (Err(message), Some(Failure::Cut))
        }
    };
    runner.metrics.call(result.is_ok());
    (Exchange { call, result, latency }, failure)
}

fn unreadable(tool: &str, text: &str) -> String {
    let shown: String = text.chars().take(GARBLED_SHOWN).collect();
    format!("{tool}: the input is no JSON object: {shown}")
}

/// The rating turn.
async fn rate(
    runner: &Runner,
    play: &mut Play<'_>,
    cut: &CancellationToken,
    tick_id: &str,
    transcript: &[Exchange],
) -> Result<Vec<Feedback>, DayError> {
    let used = modules_used(transcript);
    let answer = until_cut(cut, transcript.len(), play.rate(transcript, &used)).await?;
    let answer = answer.map_err(|source| gave_up(runner, source))?;
    Ok(rating::parse(tick_id, &answer, &used))
}

/// The future's value, unless `cut` comes first; `calls` is what the day had until then.
async fn until_cut<T>(cut: &CancellationToken, calls: usize, future: impl Future<Output = T>) -> Result<T, DayError> {
    cut.run_until_cancelled(future).map(|value| value.ok_or(DayError::Cut { calls })).await
}
