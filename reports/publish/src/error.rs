//! What keeps a run from being published.

use std::path::PathBuf;

use reports_render::RenderError;

/// What keeps a run from being published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RenderError),
    /// The place is no address that can be published to.
    #[error(
        "cannot publish to {to}: {problem}\nhelp: name a folder as file:///srv/reports, or a bucket as s3://bucket/prefix"
    )]
    Place {
        /// The address as given.
        to: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A file of the run cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file could not be stored.
    #[error(
        "cannot store {file} in {to}, after trying again: {source}\nhelp: nothing points at what was stored so far; run the same command again"
    )]
    Store {
        /// The file.
        file: String,
        /// Where.
        to: String,
        /// What the store said.
        source: Box<object_store::Error>,
    },
    /// The message could not be delivered.
    #[error(
        "cannot post the message to {host}, after {tries} tries: {problem}\nhelp: the report itself is published; see that the webhook's address is right and whole"
    )]
    Webhook {
        /// The host alone: the address of a webhook is a secret.
        host: String,
        /// How often it was tried.
        tries: u32,
        /// What went wrong at last.
        problem: String,
    },
}
