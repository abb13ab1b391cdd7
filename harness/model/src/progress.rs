//! `progress.jsonl`: a run under way, kept so that what was finished is known however the run ends.
//!
//! The first line is a [`Progress::Began`], each other line a [`Progress::Took`]. A run that ends in good order replaces
//! the file by its `run.json`.

use serde::{Deserialize, Serialize};

use crate::{Environment, PictureReport, REPORT_VERSION, RunReport, Shard, SnapshotKey, Summary};

/// Name of the file, beside where `run.json` will lie.
pub const PROGRESS_FILE: &str = "progress.jsonl";

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The run began.
    Began(Box<Began>),
    /// A picture was judged.
    Took {
        /// Since the run began, in ms.
        after_ms: u64,
        /// What was found.
        picture: Box<PictureReport>,
    },
}

/// What is known of a run before its first picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Began {
    /// [`REPORT_VERSION`].
    pub version: u32,
    /// When, RFC 3339 in UTC.
    pub started_at: String,
    /// What it runs in.
    pub environment: Environment,
    /// Which part of the pictures it takes.
    pub shard: Option<Shard>,
    /// How many pictures the whole suite has, where it takes only some of them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suite: Option<usize>,
    /// The pictures it is to take.
    pub planned: Vec<SnapshotKey>,
}

impl Began {
    /// The run as far as it came: what was planned and is not among the pictures was not run.
    #[must_use]
    pub fn report(&self, duration_ms: u64, mut pictures: Vec<PictureReport>) -> RunReport {
        pictures.sort_by(|a, b| a.key.cmp(&b.key));
        let taken: std::collections::BTreeSet<_> = pictures.iter().map(|picture| &picture.key).collect();
        let mut not_run: Vec<_> = self.planned.iter().filter(|key| !taken.contains(key)).cloned().collect();
        not_run.sort();
        RunReport {
            version: REPORT_VERSION,
            started_at: self.started_at.clone(),
            duration_ms,
            environment: self.environment.clone(),
            summary: Summary::of(&pictures),
            pictures,
            shard: self.shard,
            suite: self.suite,
            not_run,
            orphans: Vec::new(),
            warnings: Vec::new(),
            viewers: std::collections::BTreeMap::new(),
        }
    }
}
