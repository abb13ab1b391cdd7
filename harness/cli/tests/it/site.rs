//! `visual check`, `update` and `report` on a site by its config alone, with real pictures.

use std::{fs, path::Path, process::Output};

use harness_model::{RunReport, VerdictName};
use tempfile::TempDir;

use crate::{copy, told, visual};

/// A copy of the example site, with a folder for its pictures.
struct Garden(TempDir);

impl Garden {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/own-app");
        copy(&example.join("site"), &folder.path().join("site"));
        fs::copy(example.join("visual.toml"), folder.path().join("visual.toml")).unwrap();
        Self(folder)
    }

    fn run(&self, words: &[&str]) -> Output {
        visual(self.0.path(), words).output().unwrap()
    }

    fn report(&self) -> RunReport {
        serde_json::from_slice(&fs::read(self.0.path().join("target/visual/run.json")).unwrap()).unwrap()
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} holds no {from}");
        fs::write(path, text.replace(from, to)).unwrap();
    }
}

#[test]
fn a_lively_site_holds_still_three_times_and_a_change_is_told() {
    let garden = Garden::new();
    let new = garden.run(&["check"]);
    assert_eq!(told(&new).0, 100, "{:?}", told(&new));
    let updated = garden.run(&["update"]);
    assert_eq!(told(&updated).0, 0, "{:?}", told(&updated));
    for _ in 0..3 {
        let run = garden.run(&["check"]);
        assert_eq!(told(&run).0, 0, "{:?}", told(&run));
        let report = garden.report();
        assert_eq!((report.summary.total, report.summary.identical), (6, 6), "{report:?}");
    }
    let again = garden.run(&["report"]);
    assert!(told(&again).1.contains("6 pictures: 6 identical"), "{:?}", told(&again));

    garden.replace("site/search.html", "bed 3", "bed 17");
    let run = garden.run(&["check", "--", "search"]);
    assert_eq!(told(&run).0, 101, "two digits, but the page's rule fails any change: {:?}", told(&run));
    let report = garden.report();
    assert!(report.pictures.iter().all(|picture| picture.verdict == VerdictName::Changed), "{report:?}");
    assert!(report.pictures[0].causes[0].text.contains("bed 3"), "{:?}", report.pictures[0].causes);
    assert!(
        told(&run).1.contains("UPDATE_SNAPSHOTS=changed visual check --config visual.toml -- --exact garden/search/")
    );
}

#[test]
fn what_is_wrong_with_a_config_is_said_before_any_browser_starts() {
    let garden = Garden::new();
    let checked = || {
        let output = visual(garden.0.path(), &["check"]).env("CHROME", "/nowhere").output().unwrap();
        let (code, _, err) = told(&output);
        (code, err)
    };
    garden.replace("visual.toml", "ready =", "redy =");
    let (code, err) = checked();
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("visual.toml") && err.contains("did you mean `ready`?"), "{err}");
    garden.replace("visual.toml", "redy =", "ready =");
    garden.replace("visual.toml", "serve = \"site\"", "url = \"http://127.0.0.1:9/\"");
    let (code, err) = checked();
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("http://127.0.0.1:9/ does not answer"), "{err}");
    fs::remove_file(garden.0.path().join("visual.toml")).unwrap();
    let (code, err) = checked();
    assert!(code == 2 && err.contains("--config"), "{err}");
    let update = visual(garden.0.path(), &["update"]).env("CI", "1").output().unwrap();
    assert!(told(&update).0 == 2 && told(&update).2.contains("refused where CI is set"), "{:?}", told(&update));
}
