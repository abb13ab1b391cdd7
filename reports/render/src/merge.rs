//! Runs of parts of the pictures, made one run again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

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
/// folders in it that have one.
///
/// The merged run is not written: that is [`write`](crate::write())'s.
///
/// # Errors
/// When the runs do not belong together, one is missing, or a file cannot be read or copied. Pictures that a run names
/// and does not have stay missing: the report says so.
pub fn merge(folders: &[PathBuf], into: &Path) -> Result<RunReport, MergeError> {
    let mut runs = Vec::new();
    for folder in with_runs(folders)? {
        let run = match cut_short(&folder)? {
            Some(run) => run,
            None => read(&ReportPaths::within(&folder).run_json)?,
        };
        runs.push((folder, run));
    }
    let run = one_of(&runs)?;
    for (folder, run) in &runs {
        copy_pictures(folder, run, into)?;
    }
    Ok(run)
}

fn with_runs(folders: &[PathBuf]) -> Result<Vec<PathBuf>, MergeError> {
    let has_run =
        |folder: &Path| ReportPaths::within(folder).run_json.is_file() || folder.join(PROGRESS_FILE).is_file();
    let mut found = Vec::new();
    for folder in folders {
        if has_run(folder) {
            found.push(folder.clone());
            continue;
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut within: Vec<PathBuf> = entries.filter(|path| has_run(path)).collect();
        if within.is_empty() {
            return Err(MergeError::NoRun(folder.clone()));
        }
        within.sort();
        found.extend(within);
    }
    Ok(found)
}

/// The pictures of all, from the first start on, as long as the longest took: parts run beside each other.
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
            format!("{}{shards}, {}", run.environment.browser, run.environment.frozen.join(", "))
        };
        let (one, other) = (world(first), world(run));
        if one != other {
            return Err(MergeError::Strangers { first: first_folder.clone(), one, second: folder.clone(), other });
        }
        merged.started_at = merged.started_at.min(run.started_at.clone());
        merged.duration_ms = merged.duration_ms.max(run.duration_ms);
        merged.pictures.extend(run.pictures.iter().cloned());
        merged.not_run.extend(run.not_run.iter().cloned());
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
    merged.pictures.sort_by(|a, b| a.key.cmp(&b.key));
    merged.summary = Summary::of(&merged.pictures);
    Ok(merged)
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
