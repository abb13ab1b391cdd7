//! What a flow file imports: flows, the suite they belong to, and the runner that pictures them.
//!
//! A run goes one way: [`Suite`] → plan → capture → compare → verdict → report. The runner speaks the libtest
//! protocol, so `cargo test` filters, lists and counts pictures as it does tests.

mod command_line;
mod error;
mod flow;
mod judge;
mod message;
mod output;
mod plan;
mod progress;
mod runner;
mod session;
mod suite;

pub use error::RunError;
pub use flow::{Flow, Step};
pub use harness_capture::{Cookie, Mask, SameSite, World};
pub use harness_compare::{Gate, GateKind, Options};
pub use harness_model::{ExitCode, RunReport, SnapshotKey, VerdictName, Viewport};
pub use runner::main;
pub use suite::{Check, Folders, LogIn, LogInError, Report, Suite};
