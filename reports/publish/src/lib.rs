//! A finished run where others can see it: its files in a folder or an object store, and a message where people talk.

mod error;
mod files;
mod message;
mod webhook;

pub use error::PublishError;
pub use files::{Published, publish};
pub use message::message;
pub use webhook::post;
