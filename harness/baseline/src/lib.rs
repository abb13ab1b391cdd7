//! The baselines: the only code that reads or writes the folder `snapshots/`.
//!
//! A [`Store`] reads a baseline whole or says what is wrong with it, and replaces it in one step or not at all.
//! Beside a picture may lie the outline of its page and where the picture comes from; a picture without is complete, only less can be said about it.
//! Whether a new picture takes a baseline's place is a table, [`decide`]: nothing is written unless [`UpdateMode`] asks
//! for it by name, and only from a picture whose page had settled.

mod approval;
mod error;
mod png_file;
mod sidecar;
mod store;
mod update;

pub use approval::Approval;
pub use error::BaselineError;
pub use sidecar::Sidecar;
pub use store::{Inventory, Kept, Store, folder_of};
pub use update::{Decision, UPDATE_VARIABLE, UpdateMode, decide};
