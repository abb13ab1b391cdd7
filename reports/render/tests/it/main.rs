//! The forms of a run as their readers get them: files read back, the terminal's text, the page in a real browser.
//!
//! Run: `cargo test -p reports-render`. The tests in `browser.rs` start Chromium, found as `CHROME` or in `PATH`, without
//! a window and without a network; to see what one of them sees, open the page it writes (each failure prints its path)
//! in a browser of your own.

#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod browser;
mod ci;
mod data;
mod groups;
mod hostile;
mod junit;
mod merging;
mod page;
mod run_file;
mod sample;
mod terminal;
