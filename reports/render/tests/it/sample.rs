//! Small runs to report on.

use harness_model::{Environment, PictureReport, REPORT_VERSION, RunReport, Summary, VerdictName, Viewport};
use serde_json::json;

/// A run of these pictures.
pub(crate) fn run(pictures: Vec<PictureReport>) -> RunReport {
    RunReport {
        version: REPORT_VERSION,
        started_at: "2026-03-02T18:00:00Z".into(),
        duration_ms: 24_349,
        environment: Environment {
            base_url: "http://localhost:5173".into(),
            browser: "Chromium 1.2.3".into(),
            driver: "ChromeDriver 1.2.3".into(),
            frozen: vec!["clock 2026-03-02T18:00:00Z".into()],
            not_frozen: Vec::new(),
            viewports: vec![Viewport::desktop(), Viewport::mobile()],
            origin: None,
        },
        summary: Summary::of(&pictures),
        pictures,
        shard: None,
        suite: None,
        not_run: vec![],
        orphans: vec![],
        warnings: vec![],
        viewers: Default::default(),
    }
}

/// A picture of that verdict; those that were compared differ in a small region, or not at all.
pub(crate) fn picture(key: &str, verdict: VerdictName) -> PictureReport {
    let mut picture: PictureReport = serde_json::from_value(json!({
        "key": key, "verdict": verdict, "diff_pixels": 0, "ratio": 0.0, "settled": "matched", "retries": 0, "ms": 210,
        "url": "http://localhost:5173/",
    }))
    .unwrap();
    let file = |what| Some(format!("report/pictures/{key}.{what}.png"));
    match verdict {
        VerdictName::Error => {}
        VerdictName::New | VerdictName::NeverSettled => picture.images.actual = file("actual"),
        VerdictName::Identical => {
            picture.images.expected = file("expected");
            picture.images.actual = file("actual");
        }
        _ => {
            picture.images.expected = file("expected");
            picture.images.actual = file("actual");
            picture.images.diff = file("diff");
            differs(&mut picture, 1_440);
        }
    }
    picture
}

/// Makes `pixels` of a desktop picture differ, most of them in one region.
pub(crate) fn differs(picture: &mut PictureReport, pixels: u64) {
    let ratio = pixels as f64 / (1440.0 * 900.0);
    picture.diff_pixels = pixels;
    picture.ratio = ratio;
    picture.comparison = serde_json::from_value(json!({
        "expected": {"width": 1440, "height": 900}, "actual": {"width": 1440, "height": 900},
        "diff_pixels": pixels, "ratio": ratio,
        "regions": [
            {"x": 24, "y": 310, "w": 120, "h": 40, "pixels": pixels - 1},
            {"x": 900, "y": 8, "w": 1, "h": 1, "pixels": 1},
        ],
    }))
    .unwrap();
}

/// Says what is behind the differing pixels; each cause touches the first region.
pub(crate) fn caused_by(picture: &mut PictureReport, texts: &[&str]) {
    let cause = |text: &&str| json!({"kind": "style", "text": text, "boxes": [], "regions": [0]});
    picture.causes = serde_json::from_value(texts.iter().map(cause).collect()).unwrap();
}
