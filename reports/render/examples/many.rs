//! A report of 10,000 pictures, for measuring how it opens and scrolls: the baselines of this repository over and over,
//! each under a name of its own, so that the browser has each to load.
//!
//! Run: `cargo run -p reports-render --example many -- FOLDER`.

use std::{error::Error, fs, path::Path};

use harness_model::{Environment, PictureReport, RunReport, Summary, Viewport};
use serde_json::json;

const PICTURES: usize = 10_000;
/// Every so manieth picture needs a look.
const CHANGED: usize = 33;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name the folder to write to")?;
    let folder = Path::new(&folder);
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots");
    let mut files = Vec::new();
    collect(&snapshots, &mut files)?;
    let pictures = (0..PICTURES).map(|number| picture(folder, number, &files[number % files.len()]));
    let pictures = pictures.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let run = RunReport {
        version: harness_model::REPORT_VERSION,
        started_at: "2026-03-02T18:00:00Z".into(),
        duration_ms: 3_600_000,
        environment: Environment { viewports: vec![Viewport::desktop(), Viewport::mobile()], ..Environment::default() },
        summary: Summary::of(&pictures),
        pictures,
        shard: None,
        suite: None,
        not_run: Vec::new(),
        orphans: Vec::new(),
        warnings: Vec::new(),
        viewers: std::collections::BTreeMap::new(),
    };
    println!("{}", reports_render::write(&run, folder)?.page.display());
    Ok(())
}

fn collect(folder: &Path, found: &mut Vec<std::path::PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension() == Some("png".as_ref()) {
            found.push(path);
        }
    }
    Ok(())
}

fn picture(folder: &Path, number: usize, file: &Path) -> Result<PictureReport, Box<dyn Error>> {
    let viewport = if file.to_string_lossy().ends_with("mobile.png") { "mobile" } else { "desktop" };
    let key = format!("flow-{}/step-{number}/viewer-{}-{viewport}", number % 25, number % 10);
    let bytes = fs::read(file)?;
    // Where a PNG says how large it is.
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let size = json!({"width": side(16), "height": side(20)});
    for which in ["expected", "actual"] {
        let path = folder.join(format!("report/pictures/{key}.{which}.png"));
        fs::create_dir_all(path.parent().expect("a picture lies in a folder"))?;
        if !path.exists() {
            fs::hard_link(file, &path).or_else(|_| fs::copy(file, &path).map(drop))?;
        }
    }
    let changed = number.is_multiple_of(CHANGED);
    let regions = if changed { json!([{"x": 40, "y": 200, "w": 220, "h": 60, "pixels": 4000}]) } else { json!([]) };
    let cause = format!("button.primary: padding 12px → {}px", 13 + number % 40);
    let causes =
        json!([{"kind": "style", "text": cause, "boxes": [{"x": 40, "y": 200, "w": 220, "h": 60}], "regions": [0]}]);
    Ok(serde_json::from_value(json!({
        "key": key, "verdict": if changed { "changed" } else { "identical" },
        "diff_pixels": if changed { 4000 } else { 0 }, "ratio": if changed { 0.004 } else { 0.0 },
        "settled": if changed { "settled_different" } else { "matched" }, "retries": 0, "ms": 400 + number % 900,
        "url": format!("http://localhost:5173/{number}"),
        "images": {"expected": format!("report/pictures/{key}.expected.png"), "actual": format!("report/pictures/{key}.actual.png")},
        "comparison": {"expected": size, "actual": size, "diff_pixels": 0, "ratio": 0.0, "regions": regions},
        "causes": if changed { causes } else { json!([]) },
        "masks": [{"selector": "[data-testid=\"live-time\"]", "boxes": [{"x": 900, "y": 20, "w": 80, "h": 20}]}],
    }))?)
}
