//! `history.jsonl`: the last runs of a folder, a line each, for telling what is new, what is flaky and what is slow.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
};

use harness_model::{PictureReport, RunReport, SnapshotKey, VerdictName};
use serde::{Deserialize, Serialize};

use crate::RenderError;

/// Lines that are kept.
const RUNS_KEPT: usize = 50;
/// Names kept of one run, for each reason.
const KEYS_KEPT: usize = 500;
/// Pictures told as the flakiest, and as the slowest.
const TOLD: usize = 5;

/// One run, as the history keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    started_at: String,
    duration_ms: u64,
    total: usize,
    /// What needed a look.
    looks: Vec<SnapshotKey>,
    /// What was flaky, was taken again, never came to rest or could not be taken.
    unsteady: Vec<SnapshotKey>,
    /// The slowest, with their ms.
    slowest: Vec<(SnapshotKey, u64)>,
}

impl Line {
    fn of(run: &RunReport) -> Self {
        let keys = |fits: fn(&PictureReport) -> bool| {
            run.pictures
                .iter()
                .filter(|picture| fits(picture))
                .map(|picture| picture.key.clone())
                .take(KEYS_KEPT)
                .collect()
        };
        let mut slowest: Vec<_> = run.pictures.iter().map(|picture| (picture.key.clone(), picture.ms)).collect();
        slowest.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        slowest.truncate(TOLD);
        Self {
            started_at: run.started_at.clone(),
            duration_ms: run.duration_ms,
            total: run.pictures.len(),
            looks: keys(crate::wording::needs_look),
            unsteady: keys(is_unsteady),
            slowest,
        }
    }
}

/// Whether a picture shows that its page cannot be relied on, whatever it looks like.
fn is_unsteady(picture: &PictureReport) -> bool {
    picture.retries > 0
        || matches!(picture.verdict, VerdictName::Flaky | VerdictName::NeverSettled | VerdictName::Error)
}

/// What the last runs say of this one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Past {
    /// How many runs are remembered, this one among them.
    runs: usize,
    /// The run before.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Since>,
    /// The flakiest pictures: name, and in how many runs they were unsteady.
    flakiest: Vec<(SnapshotKey, usize)>,
    /// The slowest pictures of this run, in ms.
    slowest: Vec<(SnapshotKey, u64)>,
}

/// What is otherwise than in the run before.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Since {
    started_at: String,
    duration_ms: u64,
    /// What needs a look and did not.
    new: Vec<SnapshotKey>,
    /// What needs a look as it did.
    still: usize,
    /// What needed a look and is fine now.
    gone: usize,
}

impl Past {
    pub(crate) fn of(run: &RunReport, before: &[Line]) -> Self {
        let now = Line::of(run);
        let mut unsteady: BTreeMap<&SnapshotKey, usize> = BTreeMap::new();
        for key in before.iter().chain([&now]).flat_map(|line| &line.unsteady) {
            *unsteady.entry(key).or_default() += 1;
        }
        let mut flakiest: Vec<_> = unsteady.into_iter().map(|(key, times)| (key.clone(), times)).collect();
        flakiest.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        flakiest.truncate(TOLD);
        let since = before.last().map(|last| {
            let (was, is): (BTreeSet<_>, BTreeSet<_>) = (last.looks.iter().collect(), now.looks.iter().collect());
            let taken: BTreeSet<_> = run.pictures.iter().map(|picture| &picture.key).collect();
            Since {
                started_at: last.started_at.clone(),
                duration_ms: last.duration_ms,
                new: is.difference(&was).map(|&key| key.clone()).collect(),
                still: is.intersection(&was).count(),
                gone: was.iter().filter(|key| taken.contains(*key) && !is.contains(*key)).count(),
            }
        });
        Self { runs: before.len() + 1, since, flakiest, slowest: now.slowest }
    }
}

/// Adds a run to the history in `path` and gives the lines that stood there. The same run reported again takes its own
/// line's place. Lines that cannot be read are forgotten.
pub(crate) fn remember(path: &Path, run: &RunReport) -> Result<Vec<Line>, RenderError> {
    update(path, run).map_err(|source| RenderError::Write { path: path.to_owned(), source })
}

fn update(path: &Path, run: &RunReport) -> io::Result<Vec<Line>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
    // Two runs that end at once wait for each other; the lock goes with the file.
    file.lock()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<Line> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let now = Line::of(run);
    if lines.last().is_some_and(|last| last.started_at == now.started_at) {
        lines.pop();
    }
    let before = lines.clone();
    lines.push(now);
    let kept = lines.iter().skip(lines.len().saturating_sub(RUNS_KEPT));
    let text: String =
        kept.map(|line| serde_json::to_string(line).expect("a line holds texts and numbers") + "\n").collect();
    file.seek(io::SeekFrom::Start(0))?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    Ok(before)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(started_at: &str, pictures: &[(&str, &str, u32)]) -> RunReport {
        let pictures: Vec<_> = pictures
            .iter()
            .enumerate()
            .map(|(at, (key, verdict, retries))| {
                json!({"key": key, "verdict": verdict, "diff_pixels": 0, "ratio": 0.0, "settled": "matched",
                    "retries": retries, "ms": at * 100, "url": ""})
            })
            .collect();
        let mut run: RunReport = serde_json::from_value(json!({
            "version": 1, "started_at": started_at, "duration_ms": 5, "pictures": pictures,
            "environment": {"base_url": "", "browser": "", "driver": "", "frozen": [], "viewports": []},
            "summary": harness_model::Summary::default(),
        }))
        .unwrap();
        run.summary = harness_model::Summary::of(&run.pictures);
        run
    }

    const A: &str = "home/start/anna-desktop";
    const B: &str = "home/start/ben-desktop";
    const C: &str = "home/start/kai-desktop";

    #[test]
    fn the_past_tells_what_is_new_flaky_and_slow() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visual/history.jsonl");
        let first = run("1", &[(A, "changed", 0), (B, "changed", 0), (C, "identical", 1)]);
        assert_eq!(Past::of(&first, &remember(&path, &first).unwrap()).since, None);
        let second = run("2", &[(A, "identical", 0), (B, "changed", 0), (C, "never_settled", 0)]);
        let past = Past::of(&second, &remember(&path, &second).unwrap());
        let key = |key: &str| key.parse::<SnapshotKey>().unwrap();
        let since = past.since.unwrap();
        assert_eq!((since.new, since.still, since.gone), (vec![key(C)], 1, 1));
        assert_eq!((past.runs, past.flakiest), (2, vec![(key(C), 2)]));
        assert_eq!(past.slowest, [(key(C), 200), (key(B), 100), (key(A), 0)]);
        // A run of some pictures says nothing of the others.
        let some = run("3", &[(A, "identical", 0)]);
        let since = Past::of(&some, &remember(&path, &some).unwrap()).since.unwrap();
        assert_eq!((since.new.len(), since.still, since.gone), (0, 0, 0));
    }

    #[test]
    fn the_history_is_bounded_and_forgets_what_it_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        fs::write(&path, b"{\"half\": \xff\n\n{}\nnonsense\n").unwrap();
        for at in 0..RUNS_KEPT + 7 {
            let before = remember(&path, &run(&at.to_string(), &[(A, "identical", 0)])).unwrap();
            assert_eq!(before.len(), at.min(RUNS_KEPT));
        }
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), RUNS_KEPT);
    }

    #[test]
    fn a_run_told_twice_is_remembered_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        for _ in 0..3 {
            assert_eq!(remember(&path, &run("1", &[(A, "changed", 0)])).unwrap(), []);
        }
    }

    #[test]
    fn runs_that_end_at_once_are_all_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.jsonl");
        std::thread::scope(|scope| {
            for at in 0..8 {
                let path = &path;
                scope.spawn(move || remember(path, &run(&at.to_string(), &[(A, "identical", 0)])).unwrap());
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 8);
    }
}
