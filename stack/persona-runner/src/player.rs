//! Who chooses the tools.
//!
//! A player is asked for the next calls, given the day and all that was called so far, until it asks for none; then it
//! is asked once for ratings, as text. That is how a language model is spoken to, and the scripted player is asked in
//! the same words.

mod content;
mod dates;
mod picker;
mod plan;
mod scripted;
mod seen;

use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Map, Value};
use stack_api::personas::DuePersona;

use crate::PlayerConfig;
use scripted::Scripted;

/// A persona's day before it begins.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    /// Who plays.
    pub(crate) persona: DuePersona,
    /// The date, in UTC.
    pub(crate) date: NaiveDate,
    /// What may be called.
    pub(crate) tools: Vec<Tool>,
}

/// A tool as the gateway describes it.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    /// `module.verb`.
    pub(crate) name: String,
    /// For language models.
    #[expect(dead_code, reason = "language models read it; the scripted player knows its tools")]
    pub(crate) description: String,
    /// For language models.
    #[expect(dead_code, reason = "language models read it; the scripted player knows its tools")]
    pub(crate) input_schema: Value,
}

/// A call that a player asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToolCall {
    /// Which tool.
    pub(crate) tool: String,
    /// With what.
    pub(crate) input: Map<String, Value>,
}

impl ToolCall {
    /// The module that the tool belongs to: its name's part before the dot.
    pub(crate) fn module(&self) -> &str {
        self.tool.split('.').next().unwrap_or_default()
    }
}

/// A call and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// What was asked.
    pub(crate) call: ToolCall,
    /// What the tool answered, or why it did not.
    pub(crate) result: Result<Value, String>,
    /// From call to result.
    pub(crate) latency: Duration,
}

/// Why a player cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlayerError {
    #[error("no tool of the gateway fits what {email} likes")]
    NothingToDo { email: String },
}

/// One of the players.
pub(crate) enum Player {
    Scripted(Scripted),
}

impl Player {
    pub(crate) fn new(config: PlayerConfig) -> Self {
        match config {
            PlayerConfig::Scripted { seed } => Self::Scripted(Scripted::new(seed)),
        }
    }

    /// The word by which reports and tick ids name it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Scripted(_) => "scripted",
        }
    }

    /// The next calls; none when the day is over.
    pub(crate) async fn next_calls(&self, day: &Day, so_far: &[Exchange]) -> Result<Vec<ToolCall>, PlayerError> {
        match self {
            Self::Scripted(scripted) => scripted.next_call(day, so_far).map(|call| call.into_iter().collect()),
        }
    }

    /// What the persona thinks of the modules it used, from 1 to 5, as text that holds JSON.
    pub(crate) async fn rate(&self, day: &Day, so_far: &[Exchange], modules: &[String]) -> Result<String, PlayerError> {
        match self {
            Self::Scripted(scripted) => Ok(scripted.rate(day, so_far, modules)),
        }
    }
}

/// The modules that were used, in the order of their first call.
pub(crate) fn modules_used(transcript: &[Exchange]) -> Vec<String> {
    let mut modules: Vec<String> = Vec::new();
    for exchange in transcript {
        let module = exchange.call.module();
        if !modules.iter().any(|known| known == module) {
            modules.push(module.to_owned());
        }
    }
    modules
}
