//! From a picture and its baseline to a verdict, and to the baseline that the verdict allows.

use std::sync::Arc;

use harness_baseline::{BaselineError, Decision, Store, UpdateMode, decide};
use harness_capture::{Outcome as Rest, Picture};
use harness_compare::{Outcome, compare_png_outside, diff_picture, explain, similarity, verdict};
use harness_model::{
    Cause, Comparison, Images, Outline, PageErrors, PictureReport, Provenance, Settled, SnapshotKey, VerdictName,
};

use crate::{
    RunError, Suite, masks, message,
    output::Output,
    plan::Job,
    reserved::{self, Fault},
    session::{Missed, Shot},
};

/// Judges the pictures of one run.
pub(crate) struct Judge {
    pub(crate) suite: Suite,
    pub(crate) store: Store,
    pub(crate) output: Output,
    pub(crate) mode: UpdateMode,
    /// Where this run's pictures come from; the scale is each picture's own.
    pub(crate) origin: Provenance,
}

impl Judge {
    /// What a picture is expected to show, for a run that writes nothing: one that writes wants each picture proven by
    /// itself, and its outline. What is wrong with a baseline is told when the picture is judged.
    pub(crate) fn expected(&self, key: &SnapshotKey) -> Option<Arc<[u8]>> {
        let baseline = (self.mode == UpdateMode::None).then(|| self.store.read(key).ok().flatten());
        baseline.flatten().map(Arc::from)
    }

    /// A report of a picture that could not be taken.
    pub(crate) fn missed(key: &SnapshotKey, missed: Missed) -> PictureReport {
        PictureReport {
            message: Some(missed.message),
            retries: missed.retries,
            ms: missed.ms,
            ..blank(key, VerdictName::Error, missed.url)
        }
    }

    /// Compares, keeps the pictures for the report, and writes the baseline where this run may. The pictures of a second
    /// attempt lie beside those of the first.
    pub(crate) fn judge(&self, job: &Job, shot: Shot, attempt: u32) -> Result<PictureReport, RunError> {
        let Shot { picture, url, retries, ms } = shot;
        let key = &job.key;
        let rule = job.rule.as_ref().map(|rule| rule.told(&self.suite.gate, &self.suite.compare));
        let masks = picture.masks.clone();
        let page_errors = picture.errors.clone();
        let mut report = PictureReport { retries, ms, masks, page_errors, rule, ..blank(key, VerdictName::Error, url) };
        let baseline = match self.store.read(key) {
            Ok(baseline) => baseline,
            // Asked to replace what differs, a run replaces a damaged baseline as it would a missing one. One that
            // only cannot be reached may be whole.
            Err(BaselineError::Damaged { .. } | BaselineError::Stored { .. }) if self.mode >= UpdateMode::Changed => {
                None
            }
            Err(error) => {
                report.message = Some(error.to_string());
                return Ok(report);
            }
        };
        let what = |what: &str| if attempt == 1 { what.to_owned() } else { format!("{what}-{attempt}") };
        report.images.actual = Some(self.output.keep(key, &what("actual"), &picture.png)?);
        if let Some(baseline) = &baseline {
            report.images.expected = Some(self.output.keep(key, "expected", baseline)?);
        }
        let beside = baseline.is_some().then(|| self.store.read_sidecar(key)).flatten();
        let (outline, origin) = beside.map_or((None, None), |found| (Some(found.outline), found.origin));
        report.baseline = origin;
        let known = Known { png: baseline.as_deref(), outline: outline.as_ref() };
        if let Some(difference) = self.find(job, &picture, known, &mut report)? {
            report.images.diff = Some(self.output.keep(key, &what("diff"), &difference)?);
        }
        match reserved::fault(&job.reserved, &picture.found, key.viewer()) {
            Some(Fault::Leak(told)) => (report.verdict, report.message) = (VerdictName::Leak, Some(told)),
            Some(Fault::Lacking(told)) if report.verdict != VerdictName::NeverSettled => {
                (report.verdict, report.message) = (VerdictName::Error, Some(told));
            }
            Some(Fault::Lacking(_)) | None => {}
        }
        let equal = report.comparison.as_ref().is_some_and(|found| found.equal);
        report.fingerprint = Some(fingerprint(baseline.as_deref().filter(|_| equal).unwrap_or(&picture.png)));
        // Later attempts are told by their verdicts alone.
        let outline = picture.outline.as_ref().filter(|_| attempt == 1 && report.verdict != VerdictName::Identical);
        if let Some(outline) = outline {
            report.outline = Some(self.output.keep_outline(key, outline)?);
        }
        self.update(key, &picture, baseline.is_some(), &mut report)?;
        Ok(report)
    }

    /// Puts what is found into the report; gives the picture of the difference.
    fn find(
        &self,
        job: &Job,
        picture: &Picture,
        known: Known<'_>,
        report: &mut PictureReport,
    ) -> Result<Option<Vec<u8>>, RunError> {
        if let Rest::NeverSettled { reasons } = &picture.outcome {
            report.verdict = VerdictName::NeverSettled;
            report.settled = Settled::NeverSettled;
            report.message = Some(message::never_settled(reasons));
            return Ok(None);
        }
        if let Some(fault) = masks::fault(&self.suite.masks_of(job), &picture.masks, picture.size) {
            report.message = Some(fault);
            return Ok(None);
        }
        let (command, key) = (&self.suite.command, &job.key);
        let (gate, options) = match &job.rule {
            Some(rule) => rule.over(&self.suite.gate, &self.suite.compare),
            None => (self.suite.gate, self.suite.compare),
        };
        let Some(baseline) = known.png else {
            let candidate = report.images.actual.as_deref().map(|path| self.output.path(path)).unwrap_or_default();
            report.verdict = VerdictName::New;
            report.settled = Settled::SettledNew;
            report.message = Some(message::new_picture(command, key, &candidate.display().to_string()));
            return Ok(None);
        };
        let outcome = match compare_png_outside(baseline, &picture.png, &options, &masks::ignored(&picture.masks)) {
            Ok(outcome) => outcome,
            Err(error) => {
                report.message = Some(error.to_string());
                return Ok(None);
            }
        };
        let found = outcome.comparison();
        report.causes = causes(known.outline, picture, &outcome);
        report.verdict = verdict(found, &report.causes, &gate);
        report.diff_pixels = found.diff_pixels;
        report.ratio = found.ratio;
        report.settled = settled(report.verdict, picture.late);
        report.message = match report.verdict {
            VerdictName::Identical | VerdictName::Passed => None,
            VerdictName::PassedWithChange => Some(message::small_change(found, &report.causes)),
            verdict => {
                let causes = &report.causes;
                Some(message::different(command, key, verdict, &outcome, &gate, causes))
            }
        };
        let difference = diff_picture(&outcome);
        // Some hundred milliseconds for a long page: worth it where somebody will look.
        let similarity = if report.verdict.passes() { None } else { similarity(&outcome) };
        report.comparison = Some(Comparison { similarity, ..outcome.into_comparison() });
        Ok(difference)
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
            && self.store.read_sidecar(key).is_none()
        {
            // The page shows exactly the baseline, so its outline is the baseline's.
            self.write_outline(key, picture)?;
        }
        Ok(())
    }

    fn write_outline(&self, key: &SnapshotKey, picture: &Picture) -> Result<(), RunError> {
        let Some(outline) = &picture.outline else { return Ok(()) };
        let origin = Provenance { scale: outline.scale, ..self.origin.clone() };
        self.store.write_sidecar(key, outline, Some(&origin)).map_err(|e| RunError::Internal(e.to_string()))
    }
}

/// A baseline as far as it is known.
#[derive(Clone, Copy)]
struct Known<'a> {
    png: Option<&'a [u8]>,
    outline: Option<&'a Outline>,
}

/// What is behind the differing pixels, where both pages' outlines are known.
fn causes(expected: Option<&Outline>, picture: &Picture, outcome: &Outcome) -> Vec<Cause> {
    match (expected, &picture.outline) {
        (Some(expected), Some(actual)) if !outcome.comparison().equal => {
            explain(expected, actual, outcome.comparison()).causes
        }
        _ => Vec::new(),
    }
}

/// Equal for equal files. Equal pictures are equal files where one program packed both.
fn fingerprint(png: &[u8]) -> String {
    format!("{:08x}-{}", crc32fast::hash(png), png.len())
}

fn settled(verdict: VerdictName, late: bool) -> Settled {
    match verdict {
        VerdictName::Identical if !late => Settled::Matched,
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
        baseline: None,
        rule: None,
        comparison: None,
        causes: Vec::new(),
        fingerprint: None,
        message: None,
        accepted: false,
        allowed: false,
        attempts: Vec::new(),
        images: Images::default(),
        outline: None,
        masks: Vec::new(),
        page_errors: PageErrors::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, time::Duration};

    use harness_compare::{Gate, Options};
    use harness_model::{Element, Outline, Place, Size};

    use super::*;
    use crate::{
        Folders, World,
        reserved::Reserved,
        viewer::{Entry, Viewer},
    };

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
            about: None,
            budget: None,
            report: Arc::new(|_| Ok(String::new())),
            // Each run has a folder of its own.
            folders: Folders { snapshots: folder.join("snapshots"), output: folder.join(format!("output-{mode}")) },
            command: "cargo test".into(),
        };
        let store = Store::open(&suite.folders.snapshots).unwrap();
        let output = Output::start(&suite.folders.output).unwrap();
        Judge {
            suite,
            store,
            output,
            mode,
            origin: Provenance { browser: "Chromium 1".into(), ..Provenance::default() },
        }
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
            late: false,
            outcome: Rest::Settled,
            outline: Some(outline),
            outline_ms: 1,
            masks: vec![],
            found: vec![],
            errors: PageErrors::default(),
            ms: 1,
            final_url: String::new(),
            status: None,
        };
        Shot { picture, url: String::new(), retries: 0, ms: 1 }
    }

    fn job() -> Job {
        let (path, viewport) = ("/".to_owned(), harness_model::Viewport::desktop());
        let viewer = Viewer { name: "anna".into(), entry: Entry::Known };
        Job {
            key: key(),
            viewer,
            path,
            actions: vec![],
            unreachable: vec![],
            ready: None,
            reserved: vec![],
            masks: vec![],
            target: harness_capture::Target::FullPage,
            rule: None,
            viewport,
        }
    }

    fn key() -> SnapshotKey {
        "home/dashboard/anna-desktop".parse().unwrap()
    }

    #[test]
    fn a_picture_is_judged_by_its_own_rule_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        judge(folder.path(), UpdateMode::Missing).judge(&job(), shot(10), 1).unwrap();
        let plain = judge(folder.path(), UpdateMode::None);
        assert!(plain.judge(&job(), shot(13), 1).unwrap().verdict.passes());
        let strict = Job { rule: Some(crate::Rule::because("brand colours").threshold(0.0)), ..job() };
        let report = plain.judge(&strict, shot(13), 1).unwrap();
        assert_eq!(report.verdict, VerdictName::Changed);
        let alike = |report: &PictureReport| report.comparison.as_ref().unwrap().similarity;
        assert!(alike(&report).is_some_and(|alike| (0.5..1.0).contains(&alike)), "{:?}", alike(&report));
        assert_eq!(alike(&plain.judge(&job(), shot(13), 1).unwrap()), None, "of one that passes it is not asked");
        let rule = report.rule.unwrap();
        assert_eq!((rule.threshold, rule.reason.as_str()), (0.0, "brand colours"));
    }

    #[test]
    fn a_leak_fails_whatever_the_picture_shows_and_no_update_accepts_it() {
        let folder = tempfile::tempdir().unwrap();
        judge(folder.path(), UpdateMode::Missing).judge(&job(), shot(10), 1).unwrap();
        let reserved = |whom: &str| Job {
            reserved: vec![Reserved { selector: "#rule".into(), viewers: vec![whom.into()] }],
            ..job()
        };
        let showing = |found: bool, grey: u8| {
            let mut shot = shot(grey);
            shot.picture.found = vec![found];
            shot
        };
        let all = judge(folder.path(), UpdateMode::All);
        for grey in [10, 200] {
            let report = all.judge(&reserved("ben"), showing(true, grey), 1).unwrap();
            assert_eq!((report.verdict, report.accepted), (VerdictName::Leak, false));
            assert!(report.message.unwrap().starts_with("`#rule` is for ben alone"));
        }
        let report = all.judge(&reserved("anna"), showing(false, 200), 1).unwrap();
        assert_eq!((report.verdict, report.accepted), (VerdictName::Error, false));
        let plain = judge(folder.path(), UpdateMode::None);
        assert_eq!(plain.judge(&reserved("anna"), showing(true, 10), 1).unwrap().verdict, VerdictName::Identical);
    }

    #[test]
    fn equal_pictures_have_one_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        judge(folder.path(), UpdateMode::Missing).judge(&job(), shot(10), 1).unwrap();
        let plain = judge(folder.path(), UpdateMode::None);
        let [same, again, other] = [10, 10, 90].map(|grey| plain.judge(&job(), shot(grey), 1).unwrap().fingerprint);
        assert!(same.is_some() && same == again && same != other);
    }

    #[test]
    fn a_mask_that_matches_nothing_fails_whatever_the_picture_shows() {
        let folder = tempfile::tempdir().unwrap();
        judge(folder.path(), UpdateMode::Missing).judge(&job(), shot(10), 1).unwrap();
        let mut dead = shot(10);
        dead.picture.masks =
            vec![harness_model::MaskReport { selector: ".ad".into(), kind: Default::default(), boxes: vec![] }];
        let masked = Job { masks: vec![harness_capture::Mask::new(".ad")], ..job() };
        let asked = judge(folder.path(), UpdateMode::All);
        let report = asked.judge(&masked, dead, 1).unwrap();
        assert_eq!((report.verdict, report.accepted), (VerdictName::Error, false));
        assert!(report.message.unwrap().starts_with("the mask `.ad` matches nothing"));
    }

    #[test]
    fn a_baseline_says_where_it_comes_from() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(judge(folder.path(), UpdateMode::Missing).judge(&job(), shot(10), 1).unwrap().baseline, None);
        let told = judge(folder.path(), UpdateMode::None).judge(&job(), shot(200), 1).unwrap().baseline.unwrap();
        assert_eq!((told.browser.as_str(), told.scale), ("Chromium 1", 1.0));
    }

    #[test]
    fn a_second_attempt_leaves_the_pictures_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        judge(folder.path(), UpdateMode::Missing).judge(&job(), shot(10), 1).unwrap();
        let plain = judge(folder.path(), UpdateMode::None);
        let [first, second] = [(200, 1), (90, 2)].map(|(grey, n)| plain.judge(&job(), shot(grey), n).unwrap().images);
        let kept = |path: &Option<String>| fs::read(plain.output.path(path.as_ref().unwrap())).unwrap();
        assert_eq!((kept(&first.actual), kept(&second.actual)), (shot(200).picture.png, shot(90).picture.png));
        assert_ne!(first.diff, second.diff);
    }

    #[test]
    fn a_baseline_is_kept_with_its_outline_and_a_change_is_told_by_both() {
        let folder = tempfile::tempdir().unwrap();
        let first = judge(folder.path(), UpdateMode::Missing);
        assert!(first.judge(&job(), shot(10), 1).unwrap().accepted);
        assert_eq!(first.store.read_outline(&key()), shot(10).picture.outline);

        let plain = judge(folder.path(), UpdateMode::None);
        assert_eq!(plain.judge(&job(), shot(10), 1).unwrap().causes, []);
        let report = plain.judge(&job(), shot(200), 1).unwrap();
        let kept = fs::read(plain.output.path(report.outline.as_ref().unwrap())).unwrap();
        assert_eq!(serde_json::from_slice(&kept).ok(), shot(200).picture.outline, "for whoever accepts it later");
        assert_eq!(plain.judge(&job(), shot(10), 1).unwrap().outline, None);
        let told = "body: background-color grey 10 → grey 200";
        assert_eq!(report.causes.iter().map(|cause| cause.text.as_str()).collect::<Vec<_>>(), [told]);
        let message = report.message.unwrap();
        assert!(message.contains(&format!("\n  {told}\nhelp: ")), "{message}");

        let changed = judge(folder.path(), UpdateMode::Changed);
        assert!(changed.judge(&job(), shot(200), 1).unwrap().accepted);
        assert_eq!(changed.store.read_outline(&key()), shot(200).picture.outline);
    }

    #[test]
    fn a_baseline_without_an_outline_is_complete_and_gets_one_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let plain = judge(folder.path(), UpdateMode::None);
        plain.store.write(&key(), &shot(10).picture.png).unwrap();
        let report = plain.judge(&job(), shot(200), 1).unwrap();
        assert_eq!((report.verdict, report.causes.len()), (VerdictName::Changed, 0));
        assert_eq!(plain.judge(&job(), shot(10), 1).unwrap().verdict, VerdictName::Identical);
        assert!(!plain.store.outline_path(&key()).exists(), "nobody asked for it");

        let picture = fs::read(plain.store.path(&key())).unwrap();
        for mode in [UpdateMode::Missing, UpdateMode::All] {
            fs::write(plain.store.outline_path(&key()), b"damaged").unwrap();
            let asked = judge(folder.path(), mode);
            asked.judge(&job(), shot(200), 1).unwrap();
            if mode == UpdateMode::Missing {
                assert_eq!(asked.store.read_outline(&key()), None, "another page's outline is not the baseline's");
            }
            asked.store.write(&key(), &picture).unwrap();
            let report = asked.judge(&job(), shot(10), 1).unwrap();
            assert_eq!(report.accepted, mode == UpdateMode::All);
            assert_eq!(asked.store.read_outline(&key()), shot(10).picture.outline, "{mode}");
            assert_eq!(fs::read(asked.store.path(&key())).unwrap(), picture);
        }
    }
}
