//! The runner against an auth service and an MCP gateway that are played in this process.
//!
//! Run: `cargo test -p stack-persona-runner --test it`. `rig.rs` has both players and lets a test break them; each
//! other file is one promise of the runner. The gateway speaks real MCP over HTTP, by the same SDK as the stack's own.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report, in its rig too")]

mod diagnostics;
mod gateway;
mod rig;
mod stopping;
mod ticks;
