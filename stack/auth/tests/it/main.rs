//! The auth service over HTTP: each test is one caller doing one thing against a service of its own.
//!
//! Run all with `cargo test -p stack-auth --test it`, one group with `cargo test -p stack-auth --test it login::`.
//! A service listens on a free port of 127.0.0.1 over a fresh SQLite file in a temporary folder. To look at the tables
//! after a failure, let `Rig` keep its folder.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report, in its rig too")]

mod admin_personas;
mod internal_personas;
mod invitations;
mod login;
mod odd_input;
mod odd_tokens;
mod onboarding;
mod organizations;
mod pages;
mod register;
mod rewrap;
mod rig;
mod session;
mod sign_in;
mod space_key;
mod spaces;
mod start;
mod token;
mod vault;
mod vault_modes;
