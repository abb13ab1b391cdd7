//! A finished run with its pictures, over baselines that some of them differ from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use harness_baseline::Store;
use harness_model::{Element, Outline, Provenance, RunReport, Size, SnapshotKey, Summary};
use reports_approve::Desk;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ANNA: &str = "home/start/anna-desktop";
pub(crate) const BEN: &str = "home/start/ben-desktop";
pub(crate) const KAI: &str = "home/start/kai-mobile";
pub(crate) const NEW: &str = "todo/list/anna-desktop";
pub(crate) const RESTLESS: &str = "todo/list/ben-desktop";
pub(crate) const SAME: &str = "todo/list/kai-mobile";

/// What the old pictures and the new ones are painted with.
pub(crate) const OLD_GREY: u8 = 40;
pub(crate) const NEW_GREY: u8 = 200;

pub(crate) struct Run {
    pub(crate) folder: TempDir,
}

pub(crate) fn key(name: &str) -> SnapshotKey {
    name.parse().unwrap()
}

pub(crate) fn keys(names: &[&str]) -> Vec<SnapshotKey> {
    names.iter().map(|name| key(name)).collect()
}

/// A picture of one colour.
pub(crate) fn png(grey: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[grey; 64]).unwrap();
    file
}

/// The outline of the new pictures.
pub(crate) fn outline() -> Outline {
    Outline {
        size: Size { width: 8, height: 8 },
        scale: 1.0,
        properties: vec!["color".into()],
        styles: vec![vec!["red".into()]],
        elements: vec![Element { tag: "p".into(), text: "new".into(), ..Element::default() }],
    }
}

/// Where the new pictures come from.
pub(crate) fn origin() -> Provenance {
    Provenance { browser: "Chromium 1.2.3".into(), scale: 1.0, harness: "0.0.0".into(), ..Provenance::default() }
}

fn picture(name: &str, verdict: &str, settled: &str, cause: &str) -> Value {
    let size = json!({"width": 8, "height": 8});
    let compared = verdict == "changed" || verdict == "identical";
    let pixels = if verdict == "changed" { 64 } else { 0 };
    let mut picture = json!({
        "key": name, "verdict": verdict, "diff_pixels": pixels, "ratio": 0.0, "settled": settled, "retries": 0, "ms": 9,
        "url": "", "images": {"actual": format!("report/pictures/{name}.actual.png")},
        "outline": format!("report/pictures/{name}.outline.json"),
    });
    if compared {
        let region = json!({"x": 0, "y": 0, "w": 8, "h": 8, "pixels": 64});
        let regions = if pixels > 0 { json!([region]) } else { json!([]) };
        picture["comparison"] =
            json!({"expected": size, "actual": size, "diff_pixels": pixels, "ratio": 0.0, "regions": regions});
        picture["images"]["expected"] = format!("report/pictures/{name}.expected.png").into();
    }
    if !cause.is_empty() {
        picture["causes"] = json!([{"kind": "text", "text": cause, "boxes": [], "regions": [0]}]);
    }
    picture
}

impl Run {
    /// Two pictures of one change, one of another, a new one, one that never settled, one that is as it was.
    pub(crate) fn new() -> Self {
        let run = Self { folder: tempfile::tempdir().unwrap() };
        run.write(vec![
            picture(ANNA, "changed", "settled_different", "p: colour red → blue"),
            picture(BEN, "changed", "settled_different", "p: colour red → blue"),
            picture(KAI, "changed", "settled_different", "li.row \"Miete\": vanished"),
            picture(NEW, "new", "settled_new", ""),
            picture(RESTLESS, "never_settled", "never_settled", ""),
            picture(SAME, "identical", "matched", ""),
        ]);
        for name in [ANNA, BEN, KAI, SAME] {
            run.store().write(&key(name), &png(OLD_GREY)).unwrap();
        }
        run
    }

    fn write(&self, pictures: Vec<Value>) {
        for picture in &pictures {
            for file in ["actual", "expected"].into_iter().filter_map(|which| picture["images"][which].as_str()) {
                let path = self.output().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, png(if file.contains("actual") { NEW_GREY } else { OLD_GREY })).unwrap();
            }
            let path = self.output().join(picture["outline"].as_str().unwrap());
            fs::write(path, serde_json::to_vec(&outline()).unwrap()).unwrap();
        }
        let run: RunReport = serde_json::from_value(json!({
            "version": 1, "started_at": "2026-03-02T18:00:00Z", "duration_ms": 5, "pictures": pictures,
            "environment": {"base_url": "", "browser": "", "driver": "", "frozen": [], "viewports": [], "origin": origin()},
            "summary": Summary::default(),
        }))
        .unwrap();
        reports_render::write(&run, &self.output()).unwrap();
    }

    /// Changes what the run file says of a picture.
    pub(crate) fn forge(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.output().join("run.json");
        let mut run: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let pictures = run["pictures"].as_array_mut().unwrap();
        change(pictures.iter_mut().find(|picture| picture["key"] == name).unwrap());
        fs::write(path, run.to_string()).unwrap();
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.folder.path().join("visual")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.folder.path().join("snapshots")
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(self.snapshots()).unwrap()
    }

    pub(crate) fn desk(&self) -> Desk {
        Desk::open(&self.output(), &self.snapshots()).unwrap()
    }

    /// The colour of a baseline; none where there is none.
    pub(crate) fn grey(&self, name: &str) -> Option<u8> {
        let file = self.store().read(&key(name)).unwrap()?;
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut samples).unwrap();
        Some(samples[0])
    }

    /// Every file of the baselines with its bytes.
    pub(crate) fn baselines(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn collect(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(&path, found);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.push((path, bytes));
                }
            }
        }
        let mut found = Vec::new();
        collect(&self.snapshots(), &mut found);
        found.sort();
        found
    }
}
