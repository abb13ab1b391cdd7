//! `run.json`: everything one run found. The file is the only thing that reports read.
//!
//! The form is versioned: [`REPORT_VERSION`] grows when a field changes its meaning or goes; new optional fields do not
//! change it. A reader meets verdicts that it does not know as errors of the form, never as another verdict.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Cause, Comparison, PageErrors, Rect, Shard, SnapshotKey, VerdictName, Viewport};

/// Version of the form of `run.json`.
pub const REPORT_VERSION: u32 = 1;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// [`REPORT_VERSION`].
    pub version: u32,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took, in ms.
    pub duration_ms: u64,
    /// What it ran in.
    pub environment: Environment,
    /// How many pictures got which verdict.
    pub summary: Summary,
    /// The pictures, by key.
    pub pictures: Vec<PictureReport>,
    /// Which part of the pictures this run took, where they are spread over several machines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shard: Option<Shard>,
    /// How many pictures the whole suite has, where this run was to take only some of them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suite: Option<usize>,
    /// Pictures that were to be taken when the run was cut short.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_run: Vec<SnapshotKey>,
    /// Baselines that no picture of the suite asks for; told by a run of the whole suite, and by one that is to be merged to it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub orphans: Vec<SnapshotKey>,
    /// What makes the findings less certain than they look, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub warnings: Vec<String>,
    /// What is known about those who looked, where anything is; by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub viewers: BTreeMap<String, String>,
}

/// Count of each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// All pictures.
    pub total: usize,
    /// [`VerdictName::Identical`].
    pub identical: usize,
    /// [`VerdictName::Passed`].
    pub passed: usize,
    /// [`VerdictName::PassedWithChange`].
    pub passed_with_change: usize,
    /// [`VerdictName::Changed`].
    pub changed: usize,
    /// [`VerdictName::SizeChanged`].
    pub size_changed: usize,
    /// [`VerdictName::Flaky`].
    #[serde(default)]
    pub flaky: usize,
    /// [`VerdictName::New`].
    pub new: usize,
    /// [`VerdictName::NeverSettled`].
    pub never_settled: usize,
    /// [`VerdictName::Error`].
    pub error: usize,
    /// [`VerdictName::Leak`].
    #[serde(default)]
    pub leak: usize,
    /// Pictures that were taken again after their browser died.
    pub retried: usize,
}

impl Summary {
    /// Counts the verdicts of `pictures`.
    #[must_use]
    pub fn of(pictures: &[PictureReport]) -> Self {
        let count = |name| pictures.iter().filter(|p| p.verdict == name).count();
        Self {
            total: pictures.len(),
            identical: count(VerdictName::Identical),
            passed: count(VerdictName::Passed),
            passed_with_change: count(VerdictName::PassedWithChange),
            changed: count(VerdictName::Changed),
            size_changed: count(VerdictName::SizeChanged),
            flaky: count(VerdictName::Flaky),
            new: count(VerdictName::New),
            never_settled: count(VerdictName::NeverSettled),
            error: count(VerdictName::Error),
            leak: count(VerdictName::Leak),
            retried: pictures.iter().filter(|p| p.retries > 0).count(),
        }
    }
}

/// What a run ran in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Base URL of the app.
    pub base_url: String,
    /// Browser and version.
    pub browser: String,
    /// Driver and version.
    pub driver: String,
    /// What the capture froze, one line each: `clock 2026-03-02T18:00:00Z` …
    pub frozen: Vec<String>,
    /// What this browser lets nobody freeze, one line each: it is as the browser's machine has it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_frozen: Vec<String>,
    /// The viewports used.
    pub viewports: Vec<Viewport>,
    /// Where the pictures come from; the scale is each picture's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<Provenance>,
}

/// How a page came to rest before its picture was taken. Every form but the last two stands on two pictures that were
/// equal to the pixel while nothing was pending: two in a row, or the baseline and the one just taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// It was quiet and equal to its baseline at the first look.
    Matched,
    /// It was still moving at the first look, then quiet and equal to its baseline.
    MatchedLate,
    /// It was quiet and differed from its baseline.
    SettledDifferent,
    /// It was quiet; there is no baseline to match.
    SettledNew,
    /// The time limit came first.
    NeverSettled,
    /// No picture was taken.
    NotPictured,
}

/// One picture of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureReport {
    /// Its name.
    pub key: SnapshotKey,
    /// What was found.
    pub verdict: VerdictName,
    /// Pixels that differ; 0 where nothing was compared.
    pub diff_pixels: u64,
    /// Their share of the picture.
    pub ratio: f64,
    /// How the page came to rest.
    pub settled: Settled,
    /// How often the picture was taken again because its browser died.
    pub retries: u32,
    /// From opening the page to the verdict, in ms.
    pub ms: u64,
    /// The page's URL.
    pub url: String,
    /// Where the baseline comes from, as far as it says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<Provenance>,
    /// The rule it was judged by, where it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<RuleReport>,
    /// The comparison, where there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comparison: Option<Comparison>,
    /// What is behind the differing pixels, where the outlines of both pictures tell.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub causes: Vec<Cause>,
    /// The same for pictures that are equal to the pixel: those of several viewers who see the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fingerprint: Option<String>,
    /// Why the picture failed, in words; with a command to type next where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// Whether this run made the new picture the baseline.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub accepted: bool,
    /// Whether this run was told to let the verdict pass although it fails: `flaky` is the only one that can be.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub allowed: bool,
    /// Every judgement, the first one first, where the picture failed and was taken again; else none.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attempts: Vec<Attempt>,
    /// The pictures, as paths relative to `run.json`.
    #[serde(default)]
    pub images: Images,
    /// The outline of the new picture's page, as a path like those of the pictures, where it differs from the baseline.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outline: Option<String>,
    /// The masks that were painted.
    #[serde(default)]
    pub masks: Vec<MaskReport>,
    /// What the page complained of.
    #[serde(skip_serializing_if = "PageErrors::is_empty", default)]
    pub page_errors: PageErrors,
}

impl PictureReport {
    /// Whether this picture makes its run fail.
    #[must_use]
    pub fn fails(&self) -> bool {
        !(self.verdict.passes() || self.accepted || self.allowed)
    }
}

/// Where a picture comes from: what has to be the same for two pictures of one page to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Browser and version.
    pub browser: String,
    /// The fonts beside the page's own.
    pub fonts: String,
    /// Picture pixels for one CSS pixel.
    pub scale: f64,
    /// Version of the harness.
    pub harness: String,
    /// The commit that was checked out, where there was a repository.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commit: Option<String>,
}

/// One of several judgements of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was found.
    pub verdict: VerdictName,
    /// Pixels that differed.
    pub diff_pixels: u64,
    /// From opening the page to the verdict, in ms.
    pub ms: u64,
}

/// Paths of a picture's files, relative to the folder of `run.json`, with `/` on every system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Images {
    /// The baseline.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
    /// The new picture.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<String>,
    /// Where they differ.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub diff: Option<String>,
}

/// A rule of its own by which a picture was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleReport {
    /// How far two colours may lie apart before a pixel differs.
    pub threshold: f64,
    /// The share of differing pixels above which it fails.
    pub ratio: f64,
    /// What it is failed by: `ratio`, or `regions` for any region that is a change, too.
    pub gate: String,
    /// Why it is not judged like the others.
    pub reason: String,
}

/// What a mask does with what it covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskKind {
    /// Paints it over.
    #[default]
    Painted,
    /// Leaves it visible and does not compare it.
    Ignored,
    /// Puts a box of fixed size in its place.
    Placeholder,
}

/// A mask and the boxes it covered, in picture pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskReport {
    /// The selector that was masked.
    pub selector: String,
    /// What was done with it.
    #[serde(default)]
    pub kind: MaskKind,
    /// What it covered.
    pub boxes: Vec<Rect>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_file_of_the_documented_form_is_read() {
        let json = r#"{"version":1,"started_at":"2026-03-02T18:00:00Z","duration_ms":5,
            "environment":{"base_url":"http://localhost:5173","browser":"b","driver":"d","frozen":[],"viewports":[]},
            "summary":{"total":1,"identical":1,"passed":0,"passed_with_change":0,"changed":0,"size_changed":0,"new":0,
            "never_settled":0,"error":0,"retried":0},
            "pictures":[{"key":"home/dashboard/anna-desktop","verdict":"identical","diff_pixels":0,"ratio":0.0,
            "settled":"matched","retries":0,"ms":210,"url":"http://localhost:5173/"}]}"#;
        let run: RunReport = serde_json::from_str(json).unwrap();
        assert_eq!(run.summary, Summary::of(&run.pictures));
        assert_eq!(run.pictures[0].key.viewer(), "anna");
    }

    #[test]
    fn a_flaky_picture_fails_unless_that_is_allowed() {
        let json = r#"{"key":"a/b/c-d","verdict":"flaky","diff_pixels":9,"ratio":0.5,"settled":"settled_different",
            "retries":0,"ms":1,"url":"http://localhost/","attempts":[{"verdict":"changed","diff_pixels":9,"ms":1},
            {"verdict":"identical","diff_pixels":0,"ms":1}]}"#;
        let mut picture: PictureReport = serde_json::from_str(json).unwrap();
        assert!(picture.fails());
        assert_eq!(picture.attempts[1].verdict, VerdictName::Identical);
        picture.allowed = true;
        assert!(!picture.fails());
        let run = Summary::of(&[picture]);
        assert_eq!((run.flaky, run.changed, run.retried), (1, 0, 0));
    }
}
