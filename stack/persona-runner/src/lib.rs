//! The persona runner: lets the personas live their days.
//!
//! Every so often it asks auth who is due, logs each of them in as a person would, opens an MCP session in their
//! personal space and lets a [player](PlayerConfig) choose tools until the day is over. Then the player rates what it
//! used, and calls and ratings go to auth as the persona's audit trail. It talks HTTP and MCP like any agent; it has no
//! way of its own into anybody's data.
//!
//! ```text
//! tick: claim who is due → at most N at a time ─▶ day: log in → space → MCP session → calls → ratings → audit
//! ```
//!
//! [`router`] gives the routes and the [`RunnerTask`] that holds the loop. Ticks never overlap: one asked for by
//! `POST /diag/tick` while another runs waits its turn and then plays who is still due.

mod audit;
mod config;
mod cut;
mod day;
mod due;
mod login;
mod metrics;
mod player;
mod rating;
mod routes;
mod session;
mod tick;

pub use config::{Config, PlayerConfig, RunnerError};
pub use player::{ModelConfig, Patience, Provider};
pub use tick::RunnerTask;

use std::sync::Arc;

/// The runner's routes, and the task that plays. Nothing is played before [`RunnerTask::run`] is awaited.
///
/// # Errors
/// When the configuration cannot be.
pub fn router(config: Config) -> Result<(axum::Router, RunnerTask), RunnerError> {
    config.check()?;
    let runner = Arc::new(tick::Runner::new(config));
    Ok((routes::router(Arc::clone(&runner)), RunnerTask::new(runner)))
}
