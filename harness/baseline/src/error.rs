//! What can go wrong with baselines.

use std::{io, path::PathBuf};

use harness_model::SnapshotKey;

use crate::{UPDATE_VARIABLE, UpdateMode};

/// What can go wrong with baselines.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// A baseline is there but is no whole and sound PNG.
    #[error(
        "the baseline {} is damaged: {problem}\n\
         help: restore it with `git checkout -- {}`, or take it anew with {UPDATE_VARIABLE}=changed",
        path.display(), path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A baseline cannot be written; the old one, if any, is untouched.
    #[error("cannot write the baseline {}: {source}\nhelp: see that the folder may be written and has room", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The picture that should become a baseline is no whole and sound PNG.
    #[error("the new picture of {key} cannot become a baseline: {problem}")]
    NoPicture {
        /// Its name.
        key: SnapshotKey,
        /// What is wrong with it.
        problem: String,
    },
    /// The root of the store is something else than a folder.
    #[error("{} is no folder, so it cannot hold baselines", path.display())]
    NoFolder {
        /// The path.
        path: PathBuf,
    },
    /// The update variable holds an unknown word.
    #[error("{UPDATE_VARIABLE} is `{value}`\nhelp: set it to one of {}", UpdateMode::words())]
    UnknownMode {
        /// The word.
        value: String,
    },
    /// Baselines should be written where nobody looks at them.
    #[error(
        "{UPDATE_VARIABLE}={mode} is refused where CI is set: a baseline is accepted by someone who saw it\n\
         help: unset {UPDATE_VARIABLE} here, update on a desk and commit {}",
        "snapshots/"
    )]
    UpdateInCi {
        /// The mode that was asked for.
        mode: UpdateMode,
    },
}
