//! The `stack` program as a person uses it: started, seeded, lived in, ended. Each test runs the real program on free
//! ports and a folder of its own.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod bad_input;
mod crash;
mod day;
#[cfg(target_os = "linux")]
mod disk;
mod life;
mod mcp;
mod migrate;
mod operations;
mod original;
mod outages;
mod processes;
mod program;
mod pushes;
mod rewrap;
mod runners;
mod secrets;
mod settings;
mod shared_spaces;
