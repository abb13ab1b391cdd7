//! The forms in which a run is told, one file per form: `run.json` for programs, `junit.xml` for what shows test results,
//! one static page for people, a comment for a pull request, what a job on GitHub shows, lines for the terminal.
//!
//! Every form reads [`RunReport`] and nothing else: no picture is opened, no clock or environment is asked. Only
//! [`write()`], [`read`], [`cut_short`], [`merge()`] and [`github()`] touch the disk.

mod github;
mod groups;
mod history;
mod html;
mod json;
mod junit;
mod markdown;
mod merge;
mod progress;
mod terminal;
mod wording;

use std::{
    io,
    path::{Path, PathBuf},
};

use harness_model::RunReport;

use self::history::Past;

pub use github::github;
pub use groups::{Group, groups};
pub use html::{Review, is_within, review_page};
pub use json::read;
pub use markdown::markdown;
pub use merge::{MergeError, merge};
pub use progress::cut_short;
pub use terminal::terminal;
pub use wording::{needs_look, visible};

/// Where [`write()`] put its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPaths {
    /// `run.json`.
    pub run_json: PathBuf,
    /// `report/index.html`.
    pub page: PathBuf,
    /// `junit.xml`.
    pub junit: PathBuf,
    /// `comment.md`.
    pub comment: PathBuf,
    /// `history.jsonl`, which outlives the run.
    pub history: PathBuf,
}

impl ReportPaths {
    /// The files of a run that lies in `folder`, whether they exist or not.
    #[must_use]
    pub fn within(folder: &Path) -> Self {
        Self {
            run_json: folder.join("run.json"),
            page: folder.join("report").join("index.html"),
            junit: folder.join("junit.xml"),
            comment: folder.join("comment.md"),
            history: folder.join("history.jsonl"),
        }
    }
}

/// Why a report could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A file or its folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A run file could not be read.
    #[error("cannot read {}: {source}\nhelp: a run writes it; `cargo xtask demo` makes one", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A run file does not have the documented form.
    #[error("{} is no run file: {source}\nhelp: delete it and run again", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Where and how it differs.
        source: serde_json::Error,
    },
    /// A run file was written in another version of the form.
    #[error(
        "{} is a run file of version {found}, but this program reads version {understood}\n\
         help: run again with this program, or read the file with the program that wrote it",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it names.
        found: u64,
        /// The version that is understood.
        understood: u32,
    },
}

/// Writes the run's files into `folder`, which is made when it is missing, and remembers the run in its history.
///
/// Each file is replaced as a whole: a reader sees the old one or the new one, never a half. `run.json` comes first, so
/// that what was found survives whatever keeps the page from being written.
///
/// # Errors
/// [`RenderError::Write`] when a file or its folder cannot be written.
pub fn write(run: &RunReport, folder: &Path) -> Result<ReportPaths, RenderError> {
    let paths = ReportPaths::within(folder);
    replace(&paths.run_json, &json::render(run))?;
    let past = Past::of(run, &history::remember(&paths.history, run)?);
    replace(&paths.page, &html::render(run, &past))?;
    replace(&paths.junit, &junit::render(run))?;
    replace(&paths.comment, &markdown(run))?;
    Ok(paths)
}

/// Puts `text` into the file at `path` in one step, by renaming a finished neighbour over it.
fn replace(path: &Path, text: &str) -> Result<(), RenderError> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static WRITES: AtomicU32 = AtomicU32::new(0);

    let failed = |source| RenderError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // Two runs in one checkout, or two threads of one run, must not share the neighbour.
    let mark = format!("{}-{}.part", std::process::id(), WRITES.fetch_add(1, Ordering::Relaxed));
    let part = path.with_extension(mark);
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one to tell; a neighbour that cannot be removed either is only litter.
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(failed)
}
