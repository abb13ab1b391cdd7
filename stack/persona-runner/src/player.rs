//! Who chooses the tools.
//!
//! A player is asked for the next calls, given the day and all that was called so far, until it asks for none; then it
//! is asked once for ratings, as text. That is how a language model is spoken to, and the scripted player is asked in
//! the same words.

mod content;
mod dates;
mod memory;
mod model;
mod picker;
mod plan;
mod scripted;
mod seen;

use std::{sync::Arc, time::Duration};

use chrono::NaiveDate;
use serde_json::{Map, Value};
use stack_api::personas::DuePersona;

use crate::{PlayerConfig, metrics::Metrics};
pub(crate) use memory::recall;
pub(crate) use model::Tokens;
use model::{Conversation, Model, ModelError};
pub use model::{ModelConfig, Patience, Provider};
use scripted::Scripted;

/// How often a player may be asked for calls in one day.
pub(crate) const TURNS_MAX: usize = 15;

/// A persona's day before it begins.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    /// Who plays.
    pub(crate) persona: DuePersona,
    /// The date, in UTC.
    pub(crate) date: NaiveDate,
    /// What may be called.
    pub(crate) tools: Vec<Tool>,
    /// What the persona remembers of its last days; a script remembers nothing.
    pub(crate) memory: String,
}

/// A tool as the gateway describes it.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    /// `module.verb`.
    pub(crate) name: String,
    /// For language models; the scripted player knows its tools.
    pub(crate) description: String,
    /// For language models.
    pub(crate) input_schema: Value,
}

/// A call that a player asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToolCall {
    /// Which tool.
    pub(crate) tool: String,
    /// With what.
    pub(crate) input: Map<String, Value>,
    /// What a model wrote where an input should stand and none could be read. Such a call is not made.
    pub(crate) garbled: Option<String>,
}

impl ToolCall {
    pub(crate) fn new(tool: impl Into<String>, input: Map<String, Value>) -> Self {
        Self { tool: tool.into(), input, garbled: None }
    }

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
    #[error("{model}: {source}")]
    Model { model: String, source: ModelError },
    #[error("the model refused to begin the day")]
    Unwilling,
}

/// One of the players.
pub(crate) enum Player {
    Scripted(Scripted),
    Model(Box<Model>),
}

impl Player {
    pub(crate) fn new(config: PlayerConfig, metrics: Arc<Metrics>) -> Self {
        match config {
            PlayerConfig::Scripted { seed } => Self::Scripted(Scripted::new(seed)),
            PlayerConfig::Model(config) => Self::Model(Box::new(Model::new(*config, metrics))),
        }
    }

    /// The words by which reports and tick ids name it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Scripted(_) => "scripted",
            Self::Model(model) => model.name(),
        }
    }

    /// Whether it lacks the key that it cannot play without.
    pub(crate) fn lacks_key(&self) -> bool {
        matches!(self, Self::Model(model) if !model.has_key())
    }

    /// Whether a day goes differently for one who remembers.
    pub(crate) fn remembers(&self) -> bool {
        matches!(self, Self::Model(_))
    }

    /// Begins a day. Nothing is asked yet.
    pub(crate) fn begin<'a>(&'a self, day: &'a Day) -> Play<'a> {
        match self {
            Self::Scripted(player) => Play::Scripted { player, day },
            Self::Model(model) => Play::Model(Box::new(Conversation::begin(model, day))),
        }
    }
}

/// A day that is being played.
pub(crate) enum Play<'a> {
    Scripted { player: &'a Scripted, day: &'a Day },
    Model(Box<Conversation<'a>>),
}

impl Play<'_> {
    /// The next calls; none when the day is over.
    pub(crate) async fn next_calls(&mut self, so_far: &[Exchange]) -> Result<Vec<ToolCall>, PlayerError> {
        match self {
            Self::Scripted { player, day } => player.next_call(day, so_far).map(|call| call.into_iter().collect()),
            Self::Model(conversation) => conversation.next_calls(so_far).await,
        }
    }

    /// What the persona thinks of the modules it used, from 1 to 5, as text that holds JSON.
    pub(crate) async fn rate(&mut self, so_far: &[Exchange], modules: &[String]) -> Result<String, PlayerError> {
        match self {
            Self::Scripted { player, day } => Ok(player.rate(day, so_far, modules)),
            Self::Model(conversation) => conversation.rate(so_far, modules).await,
        }
    }

    /// Tokens that the day has cost so far; a script costs none.
    pub(crate) fn tokens(&self) -> u64 {
        match self {
            Self::Scripted { .. } => 0,
            Self::Model(conversation) => conversation.tokens(),
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
