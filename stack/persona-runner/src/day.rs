//! One persona's day: log in, open a session, play, rate, write down.

use std::time::Instant;

use futures::FutureExt;
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
    player::{Day, Exchange, PlayerError, ToolCall, modules_used},
    rating,
    session::{CallError, Session, SessionError},
    tick::Runner,
};

/// How often a player may be asked for calls.
const TURNS_MAX: usize = 15;
/// How many calls a day may have, however many a player asks for at once.
const CALLS_MAX: usize = 60;

/// Why a day failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DayError {
    #[error(transparent)]
    Login(#[from] LoginError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the player {player} gave up: {source}")]
    Player { player: &'static str, source: PlayerError },
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
    let (session, day) = begin(runner, persona, cut).await?;
    let mut transcript = Vec::new();
    let played = play(runner, &session, &day, cut, &mut transcript).await;
    let rated = match played {
        Ok(()) => rate(runner, &day, cut, &tick_id, &transcript).await,
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

async fn begin(runner: &Runner, persona: DuePersona, cut: &CancellationToken) -> Result<(Session, Day), DayError> {
    let arrive = async {
        let logged_in: LoggedIn = log_in(&runner.auth, &persona.email, &runner.config.seed_secret).await?;
        let session = Session::open(runner.mcp_http.clone(), &runner.config.mcp_url, &logged_in).await?;
        Ok::<Session, DayError>(session)
    };
    let session = until_cut(cut, 0, arrive).await??;
    let tools = session.tools().to_vec();
    let date = runner.config.clock.now().date_naive();
    Ok((session, Day { persona, date, tools }))
}

/// The main turn: the player asks, the tools answer, until it asks for nothing more.
async fn play(
    runner: &Runner,
    session: &Session,
    day: &Day,
    cut: &CancellationToken,
    transcript: &mut Vec<Exchange>,
) -> Result<(), DayError> {
    for _ in 0..TURNS_MAX {
        let asked = until_cut(cut, transcript.len(), runner.player.next_calls(day, transcript)).await?;
        let calls = asked.map_err(|source| DayError::Player { player: runner.player.name(), source })?;
        if calls.is_empty() {
            break;
        }
        for call in calls.into_iter().take(CALLS_MAX - transcript.len()) {
            if cut.is_cancelled() {
                return Err(DayError::Cut { calls: transcript.len() });
            }
            perform(runner, session, call, cut, transcript).await?;
        }
        if transcript.len() >= CALLS_MAX {
            break;
        }
    }
    if transcript.is_empty() { Err(DayError::Idle) } else { Ok(()) }
}

/// Makes one call and puts it on the transcript, whatever came of it.
async fn perform(
    runner: &Runner,
    session: &Session,
    call: ToolCall,
    cut: &CancellationToken,
    transcript: &mut Vec<Exchange>,
) -> Result<(), DayError> {
    let start = Instant::now();
    let answer = unless_cut(cut, CALL_GRACE, session.call(&call)).await;
    let latency = start.elapsed();
    let (result, failure) = match answer {
        Some(Ok(value)) => (Ok(value), None),
        Some(Err(CallError::Refused(message))) => (Err(message), None),
        Some(Err(CallError::Lost(reason))) => {
            let failure =
                DayError::Lost { tool: call.tool.clone(), calls: transcript.len() + 1, reason: reason.clone() };
            (Err(reason), Some(failure))
        }
        None => {
            let message = "abandoned: the runner stopped, or the day took too long".to_owned();
            (Err(message), Some(DayError::Cut { calls: transcript.len() + 1 }))
        }
    };
    runner.metrics.call(result.is_ok());
    transcript.push(Exchange { call, result, latency });
    failure.map_or(Ok(()), Err)
}

/// The rating turn.
async fn rate(
    runner: &Runner,
    day: &Day,
    cut: &CancellationToken,
    tick_id: &str,
    transcript: &[Exchange],
) -> Result<Vec<Feedback>, DayError> {
    let used = modules_used(transcript);
    let answer = until_cut(cut, transcript.len(), runner.player.rate(day, transcript, &used)).await?;
    let answer = answer.map_err(|source| DayError::Player { player: runner.player.name(), source })?;
    Ok(rating::parse(tick_id, &answer, &used))
}

/// The future's value, unless `cut` comes first; `calls` is what the day had until then.
async fn until_cut<T>(cut: &CancellationToken, calls: usize, future: impl Future<Output = T>) -> Result<T, DayError> {
    cut.run_until_cancelled(future).map(|value| value.ok_or(DayError::Cut { calls })).await
}
