//! What a flow file imports: flows, the suite they belong to, and the runner that pictures them.
//!
//! A run goes one way: [`Suite`] → plan → capture → compare → verdict → report. The runner speaks the libtest
//! protocol, so `cargo test` filters, lists and counts pictures as it does tests.

mod attempts;
mod command_line;
mod company;
mod error;
mod flow;
mod judge;
mod live;
mod masks;
mod message;
mod output;
mod plan;
mod pool;
mod progress;
mod provenance;
mod rule;
mod runner;
mod session;
mod settings;
mod suite;
mod workers;

pub use error::RunError;
pub use flow::{Flow, Step};
pub use harness_baseline::UpdateMode;
pub use harness_capture::{Action, ColorScheme, Cookie, Mask, MaskForm, SameSite, World};
pub use harness_compare::{Gate, GateKind, Options};
pub use harness_model::{ExitCode, RunReport, SnapshotKey, VerdictName, Viewport};
pub use rule::Rule;
pub use runner::{main, take};
pub use settings::{
    ALLOW_FLAKY_VARIABLE, BROWSER_VARIABLE, FAIL_FAST_VARIABLE, PICTURE_SECONDS_VARIABLE, RETRIES_VARIABLE, Settings,
    WORKERS_VARIABLE,
};
pub use suite::{Check, Folders, LogIn, LogInError, Report, Suite};
