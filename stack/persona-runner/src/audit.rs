//! The audit trail: one row a call, one row a rating, stored by auth under the tick's id.
//!
//! Auth keeps each row once however often it comes, so a write whose answer was lost is simply sent again.

use std::time::Duration;

use aws_lc_rs::digest;
use secrecy::SecretString;
use stack_api::personas::{Action, ActionResult, Feedback};
use stack_client::{AuthClient, ClientError};
use tokio_util::sync::CancellationToken;

use crate::{
    cut::{PERSIST_GRACE, unless_cut},
    player::{Exchange, ToolCall},
};

/// Longest message that a row keeps, in characters.
const MESSAGE_MAX: usize = 500;
/// Hex digits of the input's hash that a row keeps.
const HASH_DIGITS: usize = 16;
/// How often a write is tried, and how long the first pause is; each pause is twice the one before.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Why the trail is not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error("cannot store the {what}: {source}")]
    Refused { what: &'static str, source: Box<ClientError> },
    #[error("cannot store the {what}: the runner is stopping and auth does not answer")]
    Cut { what: &'static str },
}

/// The row of each call, in the order of the calls.
pub(crate) fn actions(tick_id: &str, transcript: &[Exchange]) -> Vec<Action> {
    transcript.iter().map(|exchange| action(tick_id, exchange)).collect()
}

fn action(tick_id: &str, exchange: &Exchange) -> Action {
    let error = exchange.result.as_ref().err();
    Action {
        tick_id: tick_id.to_owned(),
        tool_name: exchange.call.tool.clone(),
        input_hash: Some(input_hash(&exchange.call)),
        result: if error.is_some() { ActionResult::Error } else { ActionResult::Ok },
        error_message: error.map(|message| message.chars().take(MESSAGE_MAX).collect()),
        latency_ms: i64::try_from(exchange.latency.as_millis()).ok(),
    }
}

/// Of the input as JSON; of the very text where that was none.
fn input_hash(call: &ToolCall) -> String {
    let text = match &call.garbled {
        Some(text) => text.clone().into_bytes(),
        None => serde_json::to_vec(&call.input).expect("a JSON object is always written"),
    };
    let hash = digest::digest(&digest::SHA256, &text);
    hash.as_ref().iter().take(HASH_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// Stores the trail of one persona.
pub(crate) struct Trail<'a> {
    pub(crate) auth: &'a AuthClient,
    pub(crate) key: &'a SecretString,
    pub(crate) persona_id: &'a str,
    pub(crate) cut: &'a CancellationToken,
}

impl Trail<'_> {
    /// Stores ratings, then calls: the calls are what says that the day was lived, so a day that counts is rated, also
    /// when the runner dies in between. Ratings that auth will not have do not keep the day from counting.
    pub(crate) async fn store(&self, actions: Vec<Action>, feedback: Vec<Feedback>) -> Result<(), AuditError> {
        let mut rated = Ok(());
        if !feedback.is_empty() {
            let ratings =
                self.insist("ratings", || self.auth.post_feedback(self.key, self.persona_id, feedback.clone()));
            rated = ratings.await.map(drop);
        }
        if !actions.is_empty() {
            self.insist("calls", || self.auth.post_actions(self.key, self.persona_id, actions.clone())).await?;
        }
        rated
    }

    /// Tries until it works, the service says a lasting no, or patience ends; after the cut it tries but once.
    async fn insist<T, F>(&self, what: &'static str, write: impl Fn() -> F) -> Result<T, AuditError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            let answer = unless_cut(self.cut, PERSIST_GRACE, write()).await.ok_or(AuditError::Cut { what })?;
            let error = match answer {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if attempt == ATTEMPTS || !may_pass(&error) || self.cut.is_cancelled() {
                return Err(AuditError::Refused { what, source: Box::new(error) });
            }
            tracing::warn!(what, attempt, %error, "storing failed, trying again");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.cut.cancelled() => {}
            }
            pause *= 2;
        }
        unreachable!("the loop ends at its last attempt")
    }
}

/// Whether the same request may work in a moment.
fn may_pass(error: &ClientError) -> bool {
    match error.status() {
        Some(status) => status.is_server_error() || status.as_u16() == 429,
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(input: serde_json::Value, result: Result<serde_json::Value, String>) -> Action {
        let call = ToolCall::new("todo.create", input.as_object().unwrap().clone());
        let exchange = Exchange { call, result, latency: Duration::from_micros(12_700) };
        actions("t1", &[exchange]).pop().unwrap()
    }

    #[test]
    fn a_call_becomes_a_row() {
        let row = row(json!({"title": "Müll"}), Ok(json!({})));
        assert_eq!((row.tick_id.as_str(), row.tool_name.as_str()), ("t1", "todo.create"));
        assert_eq!((row.result, row.error_message, row.latency_ms), (ActionResult::Ok, None, Some(12)));
        // printf '{"title":"Müll"}' | sha256sum
        assert_eq!(row.input_hash.as_deref(), Some("9f6233417a719dac"));
    }

    #[test]
    fn a_failed_call_keeps_the_start_of_its_message() {
        let row = row(json!({}), Err("ü".repeat(501)));
        assert_eq!(row.result, ActionResult::Error);
        assert_eq!(row.error_message, Some("ü".repeat(500)));
        // printf '{}' | sha256sum
        assert_eq!(row.input_hash.as_deref(), Some("44136fa355b3678a"));
    }
}
