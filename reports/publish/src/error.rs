//! What keeps a run from being published.

use std::path::PathBuf;

use harness_place::PlaceError;
use reports_render::RenderError;

/// What keeps a run from being published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RenderError),
    /// The place is none, or does not take a file.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A file of the run cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
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
