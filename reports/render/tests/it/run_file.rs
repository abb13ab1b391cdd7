//! `run.json`: what is written is read back; what is not a run file of this version is refused in words.

use std::fs;

use harness_model::VerdictName;
use reports_render::{RenderError, ReportPaths, read, write};

use crate::sample::{picture, run};

#[test]
fn a_run_is_read_back_as_it_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let found = run(vec![
        picture("home/dashboard/anna-desktop", VerdictName::Identical),
        picture("todo/list/ben-mobile", VerdictName::Changed),
    ]);
    let paths = write(&found, &folder.path().join("target/visual")).unwrap();
    assert_eq!(paths, ReportPaths::within(&folder.path().join("target/visual")));
    assert_eq!(read(&paths.run_json).unwrap(), found);
    assert!(paths.page.is_file());
}

#[test]
fn the_same_findings_give_the_same_bytes_in_whatever_order_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let keys = ["todo/list/ben-desktop", "home/dashboard/anna-mobile", "home/dashboard/anna-desktop"];
    let mut pictures: Vec<_> = keys.iter().map(|key| picture(key, VerdictName::Passed)).collect();
    let first = write(&run(pictures.clone()), &folder.path().join("first")).unwrap();
    pictures.reverse();
    let mut second = run(pictures);
    second.summary = Default::default();
    let second = write(&second, &folder.path().join("second")).unwrap();
    let text = fs::read_to_string(first.run_json).unwrap();
    assert_eq!(text, fs::read_to_string(second.run_json).unwrap());
    let at = |key: &str| text.find(&format!("\"key\": \"{key}\"")).unwrap();
    assert!(at("home/dashboard/anna-desktop") < at("home/dashboard/anna-mobile"));
    assert!(at("home/dashboard/anna-mobile") < at("todo/list/ben-desktop"));
    assert!(text.contains("\"passed\": 3"), "the counts are those of the pictures:\n{text}");
}

#[test]
fn writing_leaves_nothing_beside_the_files_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let found = run(vec![picture("home/dashboard/anna-desktop", VerdictName::Identical)]);
    write(&found, folder.path()).unwrap();
    write(&found, folder.path()).unwrap();
    let names = |path: &std::path::Path| {
        let mut names: Vec<_> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(folder.path()), ["comment.md", "history.jsonl", "junit.xml", "report", "run.json"]);
    assert_eq!(names(&folder.path().join("report")), ["index.html"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("visual"), "a file in the way").unwrap();
    let error = write(&run(vec![]), &folder.path().join("visual")).unwrap_err();
    assert!(matches!(&error, RenderError::Write { path, .. } if path.ends_with("visual/run.json")), "{error:?}");
    assert!(error.to_string().starts_with("cannot write "), "{error}");
}

#[test]
fn a_run_file_of_another_version_is_refused_before_anything_else_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    fs::write(&path, r#"{"version": 7, "shots": "a form of a later day"}"#).unwrap();
    let error = read(&path).unwrap_err();
    assert!(matches!(error, RenderError::Version { found: 7, .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("version 7") && text.contains("reads version 1") && text.contains("help:"), "{text}");
}

#[test]
fn what_is_no_run_file_is_refused_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    let missing = read(&path).unwrap_err();
    assert!(matches!(missing, RenderError::Read { .. }) && missing.to_string().contains("run.json"), "{missing}");
    let cut_short = serde_json::to_string(&run(vec![])).unwrap();
    for text in ["", "{}", "[]", r#"{"version": 1}"#, r#"{"version": "1"}"#, &cut_short[..cut_short.len() - 9]] {
        fs::write(&path, text).unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, RenderError::Form { .. }), "{text:?} gave {error:?}");
        assert!(error.to_string().contains("run.json"), "{error}");
    }
}
