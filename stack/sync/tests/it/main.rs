//! The service as its clients meet it: over HTTP, with real tokens and a real database.
//!
//! Run with `cargo test -p stack-sync`; one test with `cargo test -p stack-sync --test it spaces::`. Each test has a server
//! and a database of its own. With `TEST_POSTGRES_URL=postgres://…` the databases are made on that PostgreSQL server
//! instead of SQLite files. `rig` holds the world: an auth service made up for the tests, and people.

#![expect(clippy::unwrap_used, reason = "a panic is the report")]

mod compaction;
mod folding;
mod input;
mod internal;
mod policies;
mod pull;
mod push;
mod records;
mod rig;
mod service;
mod shared_stream;
mod socket;
mod spaces;
mod stream;
