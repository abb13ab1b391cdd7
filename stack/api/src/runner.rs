//! What the persona runner answers.

use serde::{Deserialize, Serialize};

/// The outcome of one tick: `POST /diag/tick` and the log line of the loop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TickReport {
    /// Which model played.
    pub player: String,
    /// Personas that were due.
    pub due: usize,
    /// Personas whose day was played and stored.
    pub ran_successfully: usize,
    /// The others.
    pub failed: Vec<TickFailure>,
    /// One row for each persona that played, by e-mail.
    #[serde(default)]
    pub days: Vec<DaySummary>,
    /// Wall time.
    pub duration_ms: u64,
}

/// A persona whose day failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickFailure {
    /// Its e-mail.
    pub persona: String,
    /// Why.
    pub error: String,
}

/// A persona's day in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DaySummary {
    /// Its e-mail.
    pub persona: String,
    /// Tool calls.
    pub actions: usize,
    /// Tool calls that failed.
    pub errors: usize,
    /// Modules rated.
    pub ratings: usize,
    /// Tokens that the player used; a script uses none.
    #[serde(default)]
    pub tokens: u64,
}

/// `GET /diag/login?email=`: whether the runner can log the persona in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DiagLogin {
    /// Whether the log-in went through.
    pub ok: bool,
    /// Id of the account.
    pub user_id: String,
    /// Its personal space.
    pub space_id: String,
}
