//! The pages of docs/verdicts.md: what the document says of them is what the program finds.

use std::{fs, path::Path};

use harness_model::{RunReport, VerdictName};

use crate::{copy, told, visual};

#[test]
fn the_verdicts_are_those_that_the_document_shows() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let document = fs::read_to_string(docs.join("verdicts.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copied = folder.path().join("docs/verdicts");
    for part in ["before", "after"] {
        copy(&docs.join("verdicts").join(part), &copied.join(part));
    }
    for file in ["before.toml", "after.toml", "style.css"] {
        fs::copy(docs.join("verdicts").join(file), copied.join(file)).unwrap();
    }
    let run = |words: &[&str]| told(&visual(&copied, words).output().unwrap());
    let (code, out, err) = run(&["update", "--config", "before.toml"]);
    assert_eq!(code, 0, "{out}\n{err}");
    let (code, out, err) = run(&["check", "--config", "after.toml"]);
    assert_eq!(code, 101, "{out}\n{err}");

    let run = fs::read(folder.path().join("target/verdicts/run.json")).unwrap();
    let report: RunReport = serde_json::from_slice(&run).unwrap();
    for (page, verdict) in [
        ("button", VerdictName::Changed),
        ("restless", VerdictName::NeverSettled),
        ("rows", VerdictName::Changed),
        ("scattered", VerdictName::Passed),
        ("taller", VerdictName::SizeChanged),
        ("word", VerdictName::PassedWithChange),
    ] {
        let picture = report.pictures.iter().find(|picture| picture.key.step() == page).unwrap();
        assert_eq!(picture.verdict, verdict, "{page}: {picture:?}");
        for kind in ["expected", "actual"] {
            let shown = format!("verdicts/{page}.{kind}.png");
            assert!(document.contains(&shown) && docs.join(&shown).is_file(), "{shown}");
        }
        if page == "button" {
            let cause = &picture.causes[0].text;
            assert!(document.contains(cause.as_str()), "docs/verdicts.md does not say: {cause}");
        }
        if page == "restless" {
            let why = picture.message.as_deref().unwrap();
            assert!(why.contains("mutations in <p id=\"n\" class=\"count\">"), "{why}");
        }
    }
}
