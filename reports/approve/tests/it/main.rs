//! The review as a person does it: at the desk, in a terminal, in a browser; and as somebody does it who may not.
//!
//! Run: `cargo test -p reports-approve`. The tests in `browser.rs` start Chromium through its driver, found as the harness
//! finds them.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod browser;
mod desk;
mod forgery;
mod program;
mod run;
mod terminal;
