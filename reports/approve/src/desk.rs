//! The desk: a run under review, and what was decided about its pictures.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use chrono::{SecondsFormat, Utc};
use harness_baseline::{Approval, Decision as Allowed, Kept, Store, UpdateMode, decide, folder_of};
use harness_model::{Outline, PictureReport, RunReport, SnapshotKey};
use reports_render::{Group, ReportPaths, groups, is_within, needs_look, read};
use serde::{Deserialize, Serialize};

use crate::{ApproveError, pattern};

/// Where decisions are remembered, beside `run.json`.
const REVIEW_FILE: &str = "review.json";

/// What somebody decided about a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The new picture is the baseline now.
    Accepted,
    /// The baseline stays; what changed is a fault.
    Refused,
}

/// A decision, and who made it why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What.
    pub decision: Decision,
    /// Why; may be empty.
    pub reason: String,
    /// Who, as git knows them.
    pub who: String,
}

/// What came of a request: some pictures may have been left as they were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What was done.
    pub done: Vec<SnapshotKey>,
    /// What was not, and why.
    pub left: Vec<(SnapshotKey, String)>,
}

/// A run under review.
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    run: RunReport,
    groups: Vec<Group>,
    store: Store,
    who: String,
    decided: BTreeMap<SnapshotKey, Decided>,
    /// What to put back, the last act last.
    acts: Vec<Vec<Before>>,
}

/// How a picture stood before it was decided about.
#[derive(Debug)]
struct Before {
    key: SnapshotKey,
    decided: Option<Decided>,
    baseline: Option<Kept>,
}

impl Desk {
    /// Opens the run that lies in `folder`, over its browser's baselines in or beside `snapshots`.
    ///
    /// # Errors
    /// When the run or the folder of baselines cannot be read.
    pub fn open(folder: &Path, snapshots: &Path) -> Result<Self, ApproveError> {
        let run = read(&ReportPaths::within(folder).run_json)?;
        let remembered: Remembered = match fs::read(folder.join(REVIEW_FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(_) => Remembered::default(),
        };
        // Decisions on an earlier run say nothing about this one.
        let decided = if remembered.started_at == run.started_at { remembered.decided } else { BTreeMap::new() };
        Ok(Self {
            folder: folder.to_owned(),
            groups: groups(&run),
            store: Store::open(folder_of(snapshots, &run.environment.browser))?,
            who: who(),
            run,
            decided,
            acts: Vec::new(),
        })
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &RunReport {
        &self.run
    }

    /// Its groups.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What was decided so far.
    #[must_use]
    pub fn decided(&self) -> &BTreeMap<SnapshotKey, Decided> {
        &self.decided
    }

    /// The run's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Pictures that need a look and that nobody decided about.
    pub fn open_pictures(&self) -> impl Iterator<Item = &PictureReport> {
        self.run.pictures.iter().filter(|picture| needs_look(picture) && !self.decided.contains_key(&picture.key))
    }

    /// The undecided pictures whose names fit one of the patterns.
    ///
    /// # Errors
    /// [`ApproveError::FitsNothing`] for a pattern that fits none: a slip of the pen must not pass for a review.
    pub fn fitting(&self, patterns: &[String]) -> Result<Vec<SnapshotKey>, ApproveError> {
        let mut keys = BTreeSet::new();
        for pattern in patterns {
            let before = keys.len();
            let names = self.open_pictures().map(|picture| &picture.key);
            let fitting: Vec<_> = names.filter(|key| pattern::fits(pattern, &key.to_string())).cloned().collect();
            let already = fitting.iter().any(|key| keys.contains(key));
            keys.extend(fitting);
            if keys.len() == before && !already {
                return Err(ApproveError::FitsNothing { pattern: pattern.clone() });
            }
        }
        Ok(keys.into_iter().collect())
    }

    /// The pictures of a group, counted from 1, that nobody decided about.
    ///
    /// # Errors
    /// [`ApproveError::NoGroup`] when there is none of that number.
    pub fn in_group(&self, group: usize) -> Result<Vec<SnapshotKey>, ApproveError> {
        let found = group.checked_sub(1).and_then(|at| self.groups.get(at));
        let found = found.ok_or(ApproveError::NoGroup { group, groups: self.groups.len() })?;
        Ok(found.keys.iter().filter(|key| !self.decided.contains_key(*key)).cloned().collect())
    }

    /// Makes new pictures baselines, with their outlines and with who accepted them why. Pictures that may not become
    /// baselines are left, each with its reason. One act to [`Desk::undo`].
    ///
    /// # Errors
    /// When a file cannot be read or written; what was written until then can be undone.
    pub fn accept(&mut self, keys: &[SnapshotKey], reason: &str) -> Result<Outcome, ApproveError> {
        self.act(
            keys,
            |desk, picture| {
                let png = match desk.acceptable(picture) {
                    Ok(png) => png,
                    Err(why) => return Ok(Err(why)),
                };
                let kept = desk.store.kept(&picture.key)?;
                if let Err(error) = desk.put(picture, &png, reason) {
                    desk.store.put_back(&picture.key, &kept)?;
                    return Err(error);
                }
                Ok(Ok((Decision::Accepted, Some(kept))))
            },
            reason,
        )
    }

    /// Notes that pictures show faults. Their baselines stay. One act to [`Desk::undo`].
    ///
    /// # Errors
    /// When the note cannot be written.
    pub fn refuse(&mut self, keys: &[SnapshotKey], reason: &str) -> Result<Outcome, ApproveError> {
        self.act(keys, |_, _| Ok(Ok((Decision::Refused, None))), reason)
    }

    /// Takes the last act back: baselines are again what they were, to the byte.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn undo(&mut self) -> Result<Outcome, ApproveError> {
        let mut outcome = Outcome::default();
        for Before { key, decided, baseline } in self.acts.pop().unwrap_or_default().into_iter().rev() {
            if let Some(baseline) = baseline {
                self.store.put_back(&key, &baseline)?;
            }
            match decided {
                Some(decided) => self.decided.insert(key.clone(), decided),
                None => self.decided.remove(&key),
            };
            outcome.done.push(key);
        }
        self.remember()?;
        Ok(outcome)
    }

    fn act(
        &mut self,
        keys: &[SnapshotKey],
        decide: impl Fn(&Self, &PictureReport) -> Result<Result<(Decision, Option<Kept>), String>, ApproveError>,
        reason: &str,
    ) -> Result<Outcome, ApproveError> {
        let mut outcome = Outcome::default();
        let mut act = Vec::new();
        let mut failed = None;
        for key in keys {
            let picture = self.run.pictures.iter().find(|picture| picture.key == *key);
            let Some(picture) = picture.filter(|picture| needs_look(picture)) else {
                outcome.left.push((key.clone(), "it needs no look in this run".to_owned()));
                continue;
            };
            if self.decided.contains_key(key) {
                outcome.left.push((key.clone(), "it was decided about; undo that first".to_owned()));
                continue;
            }
            match decide(self, picture) {
                Ok(Ok((decision, baseline))) => {
                    let decided = Decided { decision, reason: reason.to_owned(), who: self.who.clone() };
                    act.push(Before { key: key.clone(), decided: self.decided.insert(key.clone(), decided), baseline });
                    outcome.done.push(key.clone());
                }
                Ok(Err(why)) => outcome.left.push((key.clone(), why)),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        if !act.is_empty() {
            self.acts.push(act);
            self.remember()?;
        }
        failed.map_or(Ok(outcome), Err)
    }

    /// The bytes of a picture that may become a baseline, or why it may not.
    fn acceptable(&self, picture: &PictureReport) -> Result<Vec<u8>, String> {
        let has_baseline = self.store.path(&picture.key).exists();
        if decide(UpdateMode::Changed, has_baseline, picture.verdict, picture.settled) != Allowed::Write {
            return Err("its page was never shown to have settled, so its picture proves nothing".to_owned());
        }
        self.file(picture.images.actual.as_deref())
            .ok_or_else(|| "its new picture is gone, or lies outside the run's folder; run again to take it".to_owned())
    }

    /// A file that the run names, where it truly lies in the run's folder.
    fn file(&self, path: Option<&str>) -> Option<Vec<u8>> {
        let path = self.folder.join(path.filter(|path| is_within(path))?).canonicalize().ok()?;
        path.starts_with(self.folder.canonicalize().ok()?).then(|| fs::read(path).ok()).flatten()
    }

    fn put(&self, picture: &PictureReport, png: &[u8], reason: &str) -> Result<(), ApproveError> {
        self.store.write(&picture.key, png)?;
        let outline = self.file(picture.outline.as_deref());
        let outline = outline.and_then(|bytes| serde_json::from_slice::<Outline>(&bytes).ok());
        if let Some(outline) = outline.filter(Outline::is_sound) {
            self.store.write_outline(&picture.key, &outline)?;
        }
        let group = self.groups.iter().find(|group| group.keys.contains(&picture.key));
        let approval = Approval {
            who: self.who.clone(),
            at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            reason: reason.to_owned(),
            change: group.map(|group| group.what.clone()).unwrap_or_default(),
        };
        self.store.write_approval(&picture.key, &approval)?;
        Ok(())
    }

    fn remember(&self) -> Result<(), ApproveError> {
        let path = self.folder.join(REVIEW_FILE);
        let remembered = Remembered { started_at: self.run.started_at.clone(), decided: self.decided.clone() };
        let text = serde_json::to_string_pretty(&remembered).expect("decisions are names and texts");
        let part = path.with_extension(format!("{}.part", std::process::id()));
        fs::write(&part, text).and_then(|()| fs::rename(&part, &path)).map_err(|source| ApproveError::File {
            action: "write",
            path,
            source,
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Remembered {
    started_at: String,
    decided: BTreeMap<SnapshotKey, Decided>,
}

/// How many pictures were accepted, and how many refused.
pub(crate) fn counts(desk: &Desk) -> (usize, usize) {
    let count = |decision| desk.decided.values().filter(|decided| decided.decision == decision).count();
    (count(Decision::Accepted), count(Decision::Refused))
}

/// Who is sitting here, as commits will say.
fn who() -> String {
    let setting = |name: &str| {
        let output =
            Command::new("git").args(["config", name]).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|value| !value.is_empty())
    };
    match (setting("user.name"), setting("user.email")) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "somebody git does not know".to_owned(),
    }
}
