//! From what a run found to the baselines that somebody accepted.
//!
//! [`Desk`] holds the rules: which pictures may become baselines, what is kept beside them, how an acceptance is undone.
//! The [`terminal`] and the [`server`] are two ways to sit at it. Baselines are written through `harness-baseline` alone,
//! and only from pictures whose page had settled.

mod desk;
mod error;
pub mod graphics;
pub mod pattern;
pub mod planned;
pub mod rename;
pub mod server;
pub mod terminal;

pub use desk::{Decided, Decision, Desk, Outcome};
pub use error::ApproveError;
