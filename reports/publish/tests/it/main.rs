//! Publishing to a folder, to a bucket and to a webhook; both servers are this test's own and fail when asked to.
//!
//! Run: `cargo test -p reports-publish`.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod publishing;
