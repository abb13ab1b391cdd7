//! The runner against an auth service and an MCP gateway that are played in this process.
//!
//! Run: `cargo test -p stack-persona-runner --test it`. `rig.rs` has both players and lets a test break them; each
//! other file is one promise of the runner. The gateway speaks real MCP over HTTP, by the same SDK as the stack's own.
//! `model_server.rs` plays the language models, by their APIs' rules and with their oddities.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report, in its rig too")]

mod anthropic;
mod diagnostics;
mod gateway;
mod model_server;
mod openai;
mod rig;
mod stopping;
mod ticks;
