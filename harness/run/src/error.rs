//! What keeps a run from starting.

use std::path::PathBuf;

use harness_model::{ExitCode, KeyError, Shard, SnapshotKey};

/// Why no picture was taken at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Two steps make a picture of the same name.
    #[error("two steps make the picture {0}; each needs a name of its own")]
    DuplicateKey(SnapshotKey),
    /// A flow, step, viewer or viewport has a name that is no slug.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A flow without viewers or steps would pass by testing nothing.
    #[error("the flow {flow} has no {lacks}, so it would test nothing")]
    EmptyFlow {
        /// The flow.
        flow: String,
        /// What it lacks.
        lacks: &'static str,
    },
    /// An environment variable or flag has a value it may not have.
    #[error("{0}")]
    Config(String),
    /// The filter fits no picture.
    #[error("no picture is selected by {filter}, of {total} there are\nhelp: see their names with: {list}")]
    NothingSelected {
        /// The filter as given.
        filter: String,
        /// How many pictures there are.
        total: usize,
        /// The command that lists them.
        list: String,
    },
    /// There are more shards than pictures.
    #[error("shard {shard} is empty: {filtered} pictures are selected\nhelp: make fewer shards")]
    EmptyShard {
        /// The shard.
        shard: Shard,
        /// How many pictures there are for all of them.
        filtered: usize,
    },
    /// Another run is writing to the same folder.
    #[error(
        "another run is writing to {}\nhelp: wait for it, or give this one a folder of its own with VISUAL_OUTPUT",
        path.display()
    )]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The app under test does not answer, or nobody can log in.
    #[error("{0}")]
    AppUnavailable(String),
    /// The browser or its driver is missing, unfit or does not start.
    #[error("{0}")]
    BrowserUnavailable(String),
    /// A folder of the run cannot be used.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    Folder {
        /// What was tried.
        action: &'static str,
        /// On which folder or file.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The harness's own machinery failed.
    #[error("{0}")]
    Internal(String),
}

impl RunError {
    /// How the run ends with this error.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::DuplicateKey(_) | Self::Key(_) | Self::EmptyFlow { .. } | Self::Config(_) | Self::Busy { .. } => {
                ExitCode::BadConfig
            }
            Self::NothingSelected { .. } | Self::EmptyShard { .. } => ExitCode::NothingSelected,
            Self::AppUnavailable(_) => ExitCode::AppUnavailable,
            Self::BrowserUnavailable(_) => ExitCode::BrowserUnavailable,
            Self::Folder { .. } | Self::Internal(_) => ExitCode::Internal,
        }
    }
}
