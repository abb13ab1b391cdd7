//! The wire as others see it.
//!
//! Run with `cargo test -p stack-api --test it`. A document that changed is shown as a difference; when the change is
//! meant, `INSTA_UPDATE=always cargo test -p stack-api --test it` accepts it, and the review sees it.

mod openapi;
