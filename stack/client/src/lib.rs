//! Typed clients of auth and sync: one method a route, one error that says which route answered what.

mod auth;
mod error;
mod loopback;
mod sync;

pub use auth::{AuthClient, TaggedKey};
pub use error::ClientError;
pub use loopback::is_loopback;
pub use sync::SyncClient;
