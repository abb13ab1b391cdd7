//! The gateway over real HTTP: the official MCP client, or plain requests where a client would not misbehave, against
//! an auth and a sync that live in the test.
//!
//! Run with `cargo test -p stack-mcp`; one test with `cargo test -p stack-mcp --test it gate::`. A failing call prints
//! the tool's own text. `rig` holds the two services and the gateway; each test has its own.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report, in its rig too")]

mod at_hand;
mod gate;
mod long_calls;
mod modules;
mod odd_input;
mod policy;
mod protocol;
mod rig;
mod sessions;
mod tools;
