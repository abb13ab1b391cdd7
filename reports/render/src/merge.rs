//! Runs of parts of the pictures, made one run again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use chrono::DateTime;
use harness_model::{Images, PROGRESS_FILE, RunReport, Shard, Summary};

use crate::{RenderError, ReportPaths, cut_short, html::is_within, read};

/// Why runs cannot be one run.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A run file cannot be read.
    #[error(transparent)]
    Read(#[from] RenderError),
    /// A folder holds no run.
    #[error("{} holds no run.json, and no folder in it does\nhelp: name the folders that the runs wrote to (VISUAL_OUTPUT)", .0.display())]
    NoRun(PathBuf),
    /// Two runs took the same picture.
    #[error(
        "{key} was taken by both {} and {}\n\
         help: merge runs of different parts: --shard 1/2 and --shard 2/2, or the partitions of one cargo nextest run",
        first.display(), second.display()
    )]
    Twice {
        /// The picture.
        key: String,
        /// One of the runs.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
    },
    /// Not all shards are there.
    #[error("shard {missing} is missing; a report without it would call its pictures fine\nhelp: merge it too")]
    Missing {
        /// The first one that is missing.
        missing: String,
    },
    /// Pictures of the suite are in none of the runs, and nothing says that this is as it should be.
    #[error(
        "{taken} of the suite's {suite} pictures are in these runs; a report without the others would call them fine\n\
         help: merge the other partitions too; where a filter chose the pictures, say --partial"
    )]
    Partial {
        /// How many pictures there are.
        taken: usize,
        /// How many there would be.
        suite: usize,
    },
    /// The runs do not belong together.
    #[error("{} was seen by {one}, {} by {other}\nhelp: merge runs of one browser and one plan", first.display(), second.display())]
    Strangers {
        /// One of the runs.
        first: PathBuf,
        /// What it ran in.
        one: String,
        /// The other one.
        second: PathBuf,
        /// What that ran in.
        other: String,
    },
    /// A picture's file cannot be copied.
    #[error("cannot copy {} to {}: {source}", from.display(), to.display())]
    Copy {
        /// The file.
        from: PathBuf,
        /// Where it should go.
        to: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Makes one run of the runs in `folders` and copies their pictures into `into`. A folder without a run stands for the
/// folders below it that have one. Shards tell by their numbers when one is missing; other parts tell how many pictures the
/// suite has, and only `partial` ones may have fewer.
///
/// The merged run is not written: that is [`write`](crate::write())'s.
///
/// # Errors
/// When the runs do not belong together, one is missing, or a file cannot be read or copied. Pictures that a run names
/// and does not have stay missing: the report says so.
pub fn merge(folders: &[PathBuf], partial: bool, into: &Path) -> Result<RunReport, MergeError> {
    let mut runs = Vec::new();
    for folder in with_runs(folders)? {
        let run = match cut_short(&folder)? {
            Some(run) => run,
            None => read(&ReportPaths::within(&folder).run_json)?,
        };
        runs.push((folder, run));
    }
    let run = one_of(&runs)?;
    let parts_only = runs.iter().all(|(_, run)| run.shard.is_none());
    if let Some(suite) = run.suite.filter(|_| parts_only && !partial) {
        return Err(MergeError::Partial { taken: run.pictures.len() + run.not_run.len(), suite });
    }
    for (folder, run) in &runs {
        copy_pictures(folder, run, into)?;
    }
    Ok(run)
}

fn with_runs(folders: &[PathBuf]) -> Result<Vec<PathBuf>, MergeError> {
    let mut found = Vec::new();
    for folder in folders {
        let before = found.len();
        add_runs(folder, &mut found);
        if found.len() == before {
            return Err(MergeError::NoRun(folder.clone()));
        }
    }
    Ok(found)
}

/// A run's own folders hold no further runs.
fn add_runs(folder: &Path, found: &mut Vec<PathBuf>) {
    if ReportPaths::within(folder).run_json.is_file() || folder.join(PROGRESS_FILE).is_file() {
        found.push(folder.to_owned());
        return;
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut within: Vec<PathBuf> =
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect();
    within.sort();
    for folder in within {
        add_runs(&folder, found);
    }
}

/// The pictures of all, from the first start on, as long as any of them was at it.
fn one_of(runs: &[(PathBuf, RunReport)]) -> Result<RunReport, MergeError> {
    let Some(((first_folder, first), others)) = runs.split_first() else {
        return Err(MergeError::NoRun(PathBuf::new()));
    };
    let mut merged = first.clone();
    let mut taken: BTreeMap<_, &Path> = BTreeMap::new();
    for (folder, run) in runs {
        for picture in &run.pictures {
            if let Some(other) = taken.insert(&picture.key, folder) {
                let (first, second) = (other.to_owned(), folder.clone());
                return Err(MergeError::Twice { key: picture.key.to_string(), first, second });
            }
        }
    }
    for (folder, run) in others {
        let world = |run: &RunReport| {
            let shards = run.shard.map_or_else(String::new, |shard| format!(", {} shards", shard.of()));
            let suite = run.suite.map_or_else(String::new, |suite| format!(", {suite} pictures in all"));
            format!("{}{shards}{suite}, {}", run.environment.browser, run.environment.frozen.join(", "))
        };
        let (one, other) = (world(first), world(run));
        if one != other {
            return Err(MergeError::Strangers { first: first_folder.clone(), one, second: folder.clone(), other });
        }
        merged.started_at = merged.started_at.min(run.started_at.clone());
        merged.pictures.extend(run.pictures.iter().cloned());
        merged.not_run.extend(run.not_run.iter().cloned());
        merged.orphans.extend(run.orphans.iter().cloned());
        merged.warnings.extend(run.warnings.iter().cloned());
        merged.viewers.extend(run.viewers.clone());
        for viewport in &run.environment.viewports {
            if !merged.environment.viewports.contains(viewport) {
                merged.environment.viewports.push(viewport.clone());
            }
        }
    }
    let apps: BTreeSet<&str> = runs.iter().map(|(_, run)| run.environment.base_url.as_str()).collect();
    merged.environment.base_url = apps.into_iter().collect::<Vec<_>>().join(", ");
    merged.shard = complete(runs.iter().filter_map(|(_, run)| run.shard).collect())?;
    merged.duration_ms = at_it(runs.iter().map(|(_, run)| run));
    merged.pictures.sort_by(|a, b| a.key.cmp(&b.key));
    merged.not_run.sort();
    let taken = merged.pictures.len() + merged.not_run.len();
    merged.suite = merged.suite.filter(|suite| taken < *suite);
    // What no picture asks for, only all of them together can tell.
    merged.orphans = match merged.suite {
        Some(_) => Vec::new(),
        None => each_once(merged.orphans),
    };
    merged.warnings = each_once(merged.warnings);
    merged.summary = Summary::of(&merged.pictures);
    Ok(merged)
}

fn each_once<T: Ord>(all: Vec<T>) -> Vec<T> {
    all.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// For how many ms at least one of the runs was under way. Runs whose start cannot be read count as begun together.
fn at_it<'a>(runs: impl Iterator<Item = &'a RunReport>) -> u64 {
    let start = |run: &RunReport| DateTime::parse_from_rfc3339(&run.started_at).map_or(0, |at| at.timestamp_millis());
    let mut times: Vec<(i64, i64)> = runs
        .map(|run| (start(run), start(run).saturating_add(i64::try_from(run.duration_ms).unwrap_or(i64::MAX))))
        .collect();
    times.sort_unstable();
    let (mut total, mut until) = (0, i64::MIN);
    for (from, to) in times {
        total += to.saturating_sub(from.max(until)).max(0);
        until = until.max(to);
    }
    u64::try_from(total).unwrap_or_default()
}

/// Nothing, where all shards are there.
fn complete(shards: BTreeSet<Shard>) -> Result<Option<Shard>, MergeError> {
    let Some(of) = shards.first().map(|shard| shard.of()) else { return Ok(None) };
    let there: BTreeSet<usize> = shards.into_iter().map(Shard::index).collect();
    match (1..=of).find(|index| !there.contains(index)) {
        None => Ok(None),
        Some(index) => Err(MergeError::Missing { missing: format!("{index}/{of}") }),
    }
}

fn copy_pictures(folder: &Path, run: &RunReport, into: &Path) -> Result<(), MergeError> {
    let same = folder.canonicalize().ok().is_some_and(|folder| into.canonicalize().ok() == Some(folder));
    let files = run.pictures.iter().flat_map(|picture| {
        let Images { expected, actual, diff } = &picture.images;
        [expected, actual, diff, &picture.outline].into_iter().flatten()
    });
    for file in files.filter(|file| !same && is_within(file)) {
        let (from, to) = (folder.join(file), into.join(file));
        if !from.is_file() {
            continue;
        }
        let parent = to.parent().expect("a file within a folder has one");
        fs::create_dir_all(parent).and_then(|()| fs::copy(&from, &to)).map_err(|source| MergeError::Copy {
            from: from.clone(),
            to: to.clone(),
            source,
        })?;
    }
    Ok(())
}
