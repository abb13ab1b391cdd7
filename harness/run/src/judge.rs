//! From a picture and its baseline to a verdict, and to the baseline that the verdict allows.

use harness_baseline::{Decision, Store, UpdateMode, decide};
use harness_capture::{Outcome as Rest, Picture};
use harness_compare::{Outcome, compare_png, diff_picture, explain, verdict};
use harness_model::{Cause, Images, PictureReport, Settled, SnapshotKey, VerdictName};

use crate::{
    RunError, Suite, message,
    output::Output,
    session::{Missed, Shot},
};

/// Judges the pictures of one run.
pub(crate) struct Judge {
    pub(crate) suite: Suite,
    pub(crate) store: Store,
    pub(crate) output: Output,
    pub(crate) mode: UpdateMode,
}

/// Two looks are the least: one picture and its equal.
const FEWEST_LOOKS: u32 = 2;

impl Judge {
    /// A report of a picture that could not be taken.
    pub(crate) fn missed(key: &SnapshotKey, missed: Missed) -> PictureReport {
        PictureReport {
            message: Some(missed.message),
            retries: missed.retries,
            ms: missed.ms,
            ..blank(key, VerdictName::Error, missed.url)
        }
    }

    /// Compares, keeps the pictures for the report, and writes the baseline where this run may.
    pub(crate) fn judge(&self, key: &SnapshotKey, shot: Shot) -> Result<PictureReport, RunError> {
        let Shot { picture, url, retries, ms } = shot;
        let mut report =
            PictureReport { retries, ms, masks: picture.masks.clone(), ..blank(key, VerdictName::Error, url) };
        let baseline = match self.store.read(key) {
            Ok(baseline) => baseline,
            // Asked to replace what differs, a run replaces a damaged baseline as it would a missing one.
            Err(_) if self.mode >= UpdateMode::Changed => None,
            Err(error) => {
                report.message = Some(error.to_string());
                return Ok(report);
            }
        };
        report.images.actual = Some(self.output.keep(key, "actual", &picture.png)?);
        if let Some(baseline) = &baseline {
            report.images.expected = Some(self.output.keep(key, "expected", baseline)?);
        }
        self.find(key, &picture, baseline.as_deref(), &mut report)?;
        if let Some(outline) = picture.outline.as_ref().filter(|_| report.verdict != VerdictName::Identical) {
            report.outline = Some(self.output.keep_outline(key, outline)?);
        }
        self.update(key, &picture, baseline.is_some(), &mut report)?;
        Ok(report)
    }

    fn find(
        &self,
        key: &SnapshotKey,
        picture: &Picture,
        baseline: Option<&[u8]>,
        report: &mut PictureReport,
    ) -> Result<(), RunError> {
        if let Rest::NeverSettled { reasons } = &picture.outcome {
            report.verdict = VerdictName::NeverSettled;
            report.settled = Settled::NeverSettled;
            report.message = Some(message::never_settled(reasons));
            return Ok(());
        }
        let command = &self.suite.command;
        let Some(baseline) = baseline else {
            let candidate = report.images.actual.as_deref().map(|path| self.output.path(path)).unwrap_or_default();
            report.verdict = VerdictName::New;
            report.settled = Settled::SettledNew;
            report.message = Some(message::new_picture(command, key, &candidate.display().to_string()));
            return Ok(());
        };
        let outcome = match compare_png(baseline, &picture.png, &self.suite.compare) {
            Ok(outcome) => outcome,
            Err(error) => {
                report.message = Some(error.to_string());
                return Ok(());
            }
        };
        let found = outcome.comparison();
        report.causes = self.causes(key, picture, &outcome);
        report.verdict = verdict(found, &report.causes, &self.suite.gate);
        report.diff_pixels = found.diff_pixels;
        report.ratio = found.ratio;
        report.settled = settled(report.verdict, picture.looks);
        report.message = match report.verdict {
            VerdictName::Identical | VerdictName::Passed => None,
            VerdictName::PassedWithChange => Some(message::small_change(found, &report.causes)),
            verdict => {
                let causes = &report.causes;
                Some(message::different(command, key, verdict, &outcome, self.suite.gate.ratio, causes))
            }
        };
        self.keep_difference(key, &outcome, &mut report.images)?;
        report.comparison = Some(outcome.into_comparison());
        Ok(())
    }

    /// What is behind the differing pixels, where both pages' outlines are known.
    fn causes(&self, key: &SnapshotKey, picture: &Picture, outcome: &Outcome) -> Vec<Cause> {
        let Some(actual) = picture.outline.as_ref().filter(|_| !outcome.comparison().equal) else {
            return Vec::new();
        };
        let expected = self.store.read_outline(key);
        expected.map(|expected| explain(&expected, actual, outcome.comparison()).causes).unwrap_or_default()
    }

    fn keep_difference(&self, key: &SnapshotKey, outcome: &Outcome, images: &mut Images) -> Result<(), RunError> {
        if let Some(png) = diff_picture(outcome) {
            images.diff = Some(self.output.keep(key, "diff", &png)?);
        }
        Ok(())
    }

    fn update(
        &self,
        key: &SnapshotKey,
        picture: &Picture,
        has_baseline: bool,
        report: &mut PictureReport,
    ) -> Result<(), RunError> {
        if decide(self.mode, has_baseline, report.verdict, report.settled) == Decision::Write {
            self.store.write(key, &picture.png).map_err(|e| RunError::Internal(e.to_string()))?;
            self.write_outline(key, picture)?;
            report.accepted = true;
            if report.verdict == VerdictName::New {
                report.message = Some("this picture is its first baseline".to_owned());
            }
        } else if self.mode >= UpdateMode::Missing
            && report.comparison.as_ref().is_some_and(|found| found.equal)
            && self.store.read_outline(key).is_none()
        {
            // The page shows exactly the baseline, so its outline is the baseline's.
            self.write_outline(key, picture)?;
        }
        Ok(())
    }

    fn write_outline(&self, key: &SnapshotKey, picture: &Picture) -> Result<(), RunError> {
        let Some(outline) = &picture.outline else { return Ok(()) };
        self.store.write_outline(key, outline).map_err(|e| RunError::Internal(e.to_string()))
    }
}

fn settled(verdict: VerdictName, looks: u32) -> Settled {
    match verdict {
        VerdictName::Identical if looks <= FEWEST_LOOKS => Settled::Matched,
        VerdictName::Identical => Settled::MatchedLate,
        _ => Settled::SettledDifferent,
    }
}

fn blank(key: &SnapshotKey, verdict: VerdictName, url: String) -> PictureReport {
    PictureReport {
        key: key.clone(),
        verdict,
        diff_pixels: 0,
        ratio: 0.0,
        settled: Settled::NotPictured,
        retries: 0,
        ms: 0,
        url,
        comparison: None,
        causes: Vec::new(),
        message: None,
        accepted: false,
        allowed: false,
        attempts: Vec::new(),
        images: Images::default(),
        outline: None,
        masks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, sync::Arc, time::Duration};

    use harness_compare::{Gate, Options};
    use harness_model::{Element, Outline, Place, Size};

    use super::*;
    use crate::{Folders, World};

    const SIZE: Size = Size { width: 20, height: 20 };

    fn judge(folder: &Path, mode: UpdateMode) -> Judge {
        let suite = Suite {
            base_url: "http://localhost/".parse().unwrap(),
            flows: vec![],
            viewports: vec![],
            world: World::default(),
            ready: None,
            masks: vec![],
            gate: Gate::default(),
            compare: Options::default(),
            settle_within: Duration::from_secs(1),
            log_in: Arc::new(|_| Box::pin(async { Ok(vec![]) })),
            check: Arc::new(|| Box::pin(async { Ok(()) })),
            report: Arc::new(|_| Ok(String::new())),
            // Each run has a folder of its own.
            folders: Folders { snapshots: folder.join("snapshots"), output: folder.join(format!("output-{mode}")) },
            command: "cargo test".into(),
        };
        let store = Store::open(&suite.folders.snapshots).unwrap();
        let output = Output::start(&suite.folders.output).unwrap();
        Judge { suite, store, output, mode }
    }

    /// A page of one colour, with its outline.
    fn shot(grey: u8) -> Shot {
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, SIZE.width, SIZE.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&[grey; 400]).unwrap();
        let place = Place { x: 0, y: 0, w: 20, h: 20 };
        let outline = Outline {
            size: SIZE,
            scale: 1.0,
            properties: vec!["background-color".into()],
            styles: vec![vec![format!("grey {grey}")]],
            elements: vec![Element { tag: "body".into(), place, ..Element::default() }],
        };
        let picture = Picture {
            png,
            size: SIZE,
            looks: 2,
            outcome: Rest::Settled,
            outline: Some(outline),
            outline_ms: 1,
            masks: vec![],
            console: vec![],
            failed_requests: vec![],
            ms: 1,
            final_url: String::new(),
            status: None,
        };
        Shot { picture, url: String::new(), retries: 0, ms: 1 }
    }

    fn key() -> SnapshotKey {
        "home/dashboard/anna-desktop".parse().unwrap()
    }

    #[test]
    fn a_baseline_is_kept_with_its_outline_and_a_change_is_told_by_both() {
        let folder = tempfile::tempdir().unwrap();
        let first = judge(folder.path(), UpdateMode::Missing);
        assert!(first.judge(&key(), shot(10)).unwrap().accepted);
        assert_eq!(first.store.read_outline(&key()), shot(10).picture.outline);

        let plain = judge(folder.path(), UpdateMode::None);
        assert_eq!(plain.judge(&key(), shot(10)).unwrap().causes, []);
        let report = plain.judge(&key(), shot(200)).unwrap();
        let kept = fs::read(plain.output.path(report.outline.as_ref().unwrap())).unwrap();
        assert_eq!(serde_json::from_slice(&kept).ok(), shot(200).picture.outline, "for whoever accepts it later");
        assert_eq!(plain.judge(&key(), shot(10)).unwrap().outline, None);
        let told = "body: background-color grey 10 → grey 200";
        assert_eq!(report.causes.iter().map(|cause| cause.text.as_str()).collect::<Vec<_>>(), [told]);
        let message = report.message.unwrap();
        assert!(message.contains(&format!("\n  {told}\nhelp: ")), "{message}");

        let changed = judge(folder.path(), UpdateMode::Changed);
        assert!(changed.judge(&key(), shot(200)).unwrap().accepted);
        assert_eq!(changed.store.read_outline(&key()), shot(200).picture.outline);
    }

    #[test]
    fn a_baseline_without_an_outline_is_complete_and_gets_one_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let plain = judge(folder.path(), UpdateMode::None);
        plain.store.write(&key(), &shot(10).picture.png).unwrap();
        let report = plain.judge(&key(), shot(200)).unwrap();
        assert_eq!((report.verdict, report.causes.len()), (VerdictName::Changed, 0));
        assert_eq!(plain.judge(&key(), shot(10)).unwrap().verdict, VerdictName::Identical);
        assert!(!plain.store.outline_path(&key()).exists(), "nobody asked for it");

        let picture = fs::read(plain.store.path(&key())).unwrap();
        for mode in [UpdateMode::Missing, UpdateMode::All] {
            fs::write(plain.store.outline_path(&key()), b"damaged").unwrap();
            let asked = judge(folder.path(), mode);
            asked.judge(&key(), shot(200)).unwrap();
            if mode == UpdateMode::Missing {
                assert_eq!(asked.store.read_outline(&key()), None, "another page's outline is not the baseline's");
            }
            asked.store.write(&key(), &picture).unwrap();
            let report = asked.judge(&key(), shot(10)).unwrap();
            assert_eq!(report.accepted, mode == UpdateMode::All);
            assert_eq!(asked.store.read_outline(&key()), shot(10).picture.outline, "{mode}");
            assert_eq!(fs::read(asked.store.path(&key())).unwrap(), picture);
        }
    }
}
