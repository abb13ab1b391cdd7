//! What can go wrong with baselines.

use std::{io, path::PathBuf};

use harness_model::SnapshotKey;
use harness_place::PlaceError;

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
    /// The file that names the pictures' store names none.
    #[error(
        "{} names no store for the pictures: {problem}\nhelp: it holds one line, such as url = \"s3://bucket/baselines\"",
        path.display()
    )]
    StoreFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A picture lies in a store, and nothing says in which.
    #[error("{} stands for a picture in a store, but {} is missing\nhelp: restore that file, which names the store", path.display(), file.display())]
    NoStore {
        /// What stands for the picture.
        path: PathBuf,
        /// The file that is missing.
        file: PathBuf,
    },
    /// A picture cannot be fetched from its store.
    #[error("cannot fetch the baseline of {key}: {source}")]
    Fetch {
        /// Its name.
        key: Box<SnapshotKey>,
        /// Why.
        source: Box<PlaceError>,
    },
    /// A picture cannot be put into its store.
    #[error("cannot store the baseline of {key}: {source}")]
    Put {
        /// Its name.
        key: Box<SnapshotKey>,
        /// Why.
        source: Box<PlaceError>,
    },
    /// The store does not hold the picture that was put there.
    #[error(
        "the stored baseline of {key} cannot be used: {problem}\n\
         help: store it again from a checkout whose cache has it, or take it anew with {UPDATE_VARIABLE}=changed"
    )]
    Stored {
        /// Its name.
        key: Box<SnapshotKey>,
        /// What is wrong with it.
        problem: String,
    },
    /// A baseline should get a name that another one has.
    #[error(
        "{from} cannot become {to}: there is a baseline of that name\nhelp: remove that one first, or choose another name"
    )]
    Taken {
        /// What it is called.
        from: Box<SnapshotKey>,
        /// What it should be called.
        to: Box<SnapshotKey>,
    },
    /// Baselines take more than they may.
    #[error("{what} {size}; the budget is {limit}\nhelp: {help}")]
    OverBudget {
        /// What takes it.
        what: String,
        /// How much.
        size: String,
        /// How much it may.
        limit: String,
        /// What to do about it.
        help: &'static str,
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
