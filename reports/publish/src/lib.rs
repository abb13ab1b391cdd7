//! A finished run where others can see it: its files in a folder or an object store, and a message where people talk.

mod error;
mod message;
mod place;
mod webhook;

pub use error::PublishError;
pub use message::message;
pub use place::{Place, Published};
pub use webhook::post;
