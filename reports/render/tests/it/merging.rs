//! Shards made one run again, and runs that were cut short.

use std::{
    fs,
    path::{Path, PathBuf},
};

use harness_model::{Began, ExitCode, PROGRESS_FILE, Progress, RunReport, VerdictName};
use reports_render::{MergeError, cut_short, merge, write};

use crate::sample::{picture, run};

/// A run of these pictures in `folder`, with a file for the new picture of each.
fn shard(folder: &Path, shard: Option<&str>, keys: &[(&str, VerdictName)]) -> PathBuf {
    let mut run = run(keys.iter().map(|(key, verdict)| picture(key, *verdict)).collect());
    run.shard = shard.map(|shard| shard.parse().unwrap());
    for actual in run.pictures.iter().filter_map(|picture| picture.images.actual.as_ref()) {
        let file = folder.join(actual);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, actual).unwrap();
    }
    write(&run, folder).unwrap();
    folder.to_owned()
}

const A: (&str, VerdictName) = ("home/start/anna-desktop", VerdictName::Identical);
const B: (&str, VerdictName) = ("home/start/ben-desktop", VerdictName::New);
const C: (&str, VerdictName) = ("home/start/kai-mobile", VerdictName::Changed);

fn keys(run: &RunReport) -> Vec<String> {
    run.pictures.iter().map(|picture| picture.key.to_string()).collect()
}

#[test]
fn shards_become_one_run_with_all_their_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let two = shard(&at("2"), Some("2/2"), &[A]);
    let one = shard(&at("1"), Some("1/2"), &[C, B]);
    let merged = merge(&[two, one], false, &at("all")).unwrap();
    assert_eq!(keys(&merged), [A.0, B.0, C.0]);
    assert_eq!((merged.summary.total, merged.summary.new, merged.shard), (3, 1, None));
    assert_eq!(merged.duration_ms, 24_349, "shards run beside each other");
    let copied = at("all").join("report/pictures/home/start/ben-desktop.actual.png");
    assert_eq!(fs::read_to_string(copied).unwrap(), "report/pictures/home/start/ben-desktop.actual.png");
    assert_eq!(ExitCode::of(&merged), ExitCode::Different);
    // What is merged can be merged: nothing says it is a part any more.
    write(&merged, &at("all")).unwrap();
    assert_eq!(keys(&merge(&[at("all")], false, &at("all")).unwrap()).len(), 3);
}

#[test]
fn a_folder_of_parts_stands_for_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    for (name, key) in [("100", A), ("101", B), ("102", C)] {
        shard(&folder.path().join("parts").join(name), None, &[key]);
    }
    let merged = merge(&[folder.path().join("parts")], false, &folder.path().join("all")).unwrap();
    assert_eq!(keys(&merged).len(), 3);
    let merged = merge(&[folder.path().to_owned()], false, &folder.path().join("all")).unwrap();
    assert_eq!(keys(&merged).len(), 3, "however deep they lie");
}

/// A part as a process of cargo nextest leaves it: one of the suite's three pictures.
fn part(folder: &Path, key: (&str, VerdictName), started_at: &str, ms: u64) -> PathBuf {
    let mut part = run(vec![picture(key.0, key.1)]);
    (part.suite, part.started_at, part.duration_ms) = (Some(3), started_at.into(), ms);
    part.orphans = vec!["home/gone/anna-desktop".parse().unwrap()];
    part.warnings = vec!["all alike".into(), key.0.into()];
    let folder = folder.join(key.0.replace('/', "-"));
    write(&part, &folder).unwrap();
    folder
}

#[test]
fn all_parts_of_a_suite_tell_what_one_run_of_it_tells() {
    let folder = tempfile::tempdir().unwrap();
    let (parts, all) = (folder.path().join("parts"), folder.path().join("all"));
    part(&parts, A, "2026-03-02T18:00:00Z", 3_000);
    part(&parts, B, "2026-03-02T18:00:02Z", 3_000);
    // After a pause, in which nothing was under way.
    part(&parts, C, "2026-03-02T19:00:00Z", 1_000);
    let merged = merge(std::slice::from_ref(&parts), false, &all).unwrap();
    assert_eq!((keys(&merged), merged.suite), (vec![A.0.into(), B.0.into(), C.0.into()], None));
    assert_eq!((merged.started_at.as_str(), merged.duration_ms), ("2026-03-02T18:00:00Z", 6_000));
    assert_eq!(merged.orphans.len(), 1);
    assert_eq!(merged.warnings, ["all alike", A.0, B.0, C.0]);
}

#[test]
fn parts_that_lack_pictures_of_the_suite_are_refused_unless_that_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let all = folder.path().join("all");
    let two = [A, B].map(|key| part(&folder.path().join("parts"), key, "2026-03-02T18:00:00Z", 1_000));
    let refused = merge(&two, false, &all).unwrap_err().to_string();
    assert!(refused.contains("2 of the suite's 3 pictures") && refused.contains("--partial"), "{refused}");
    assert!(!all.exists(), "nothing is copied for a merge that is refused");
    let merged = merge(&two, true, &all).unwrap();
    assert_eq!((merged.summary.total, merged.suite, merged.orphans.len()), (2, Some(3), 0));
}

#[test]
fn a_report_that_would_hide_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let first = shard(&at("first"), Some("1/3"), &[A]);
    let last = shard(&at("last"), Some("3/3"), &[B]);
    let missing = merge(&[first.clone(), last], false, &at("all")).unwrap_err();
    assert!(matches!(&missing, MergeError::Missing { missing } if missing == "2/3"), "{missing}");

    let again = shard(&at("again"), Some("1/3"), &[A]);
    let twice = merge(&[first.clone(), again], false, &at("all")).unwrap_err().to_string();
    assert!(twice.contains("home/start/anna-desktop was taken by both") && twice.contains("again"), "{twice}");

    let mut other = run(vec![picture(B.0, B.1)]);
    other.environment.browser = "Chromium 9".into();
    other.shard = Some("2/3".parse().unwrap());
    write(&other, &at("other")).unwrap();
    let strangers = merge(&[first.clone(), at("other")], false, &at("all")).unwrap_err().to_string();
    assert!(strangers.contains("Chromium 1.2.3") && strangers.contains("Chromium 9"), "{strangers}");

    fs::create_dir_all(at("empty")).unwrap();
    let none = merge(&[first, at("empty")], false, &at("all")).unwrap_err().to_string();
    assert!(none.contains("empty holds no run.json"), "{none}");
}

#[test]
fn a_shard_cannot_make_the_merge_copy_files_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    let mut evil = run(vec![picture(A.0, A.1)]);
    evil.pictures[0].images.actual = Some("../secret".into());
    evil.pictures[0].images.expected = Some("/etc/hostname".into());
    write(&evil, &folder.path().join("evil")).unwrap();
    let into = folder.path().join("deep/all");
    merge(&[folder.path().join("evil")], false, &into).unwrap();
    assert!(!folder.path().join("deep/secret").exists() && !into.join("etc").exists());
}

fn log(folder: &Path, lines: &[Progress], half: &str) {
    fs::create_dir_all(folder).unwrap();
    let text: String = lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
    fs::write(folder.join(PROGRESS_FILE), text + half).unwrap();
}

fn began(planned: &[&str]) -> Progress {
    let run = run(vec![]);
    Progress::Began(Box::new(Began {
        version: run.version,
        started_at: run.started_at,
        environment: run.environment,
        shard: None,
        suite: None,
        planned: planned.iter().map(|key| key.parse().unwrap()).collect(),
    }))
}

#[test]
fn a_run_that_was_killed_is_told_as_far_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(cut_short(folder.path()).unwrap(), None);
    let took = Progress::Took { after_ms: 1_234, picture: Box::new(picture(B.0, VerdictName::Identical)) };
    log(folder.path(), &[began(&[C.0, B.0, A.0]), took], "{\"took\":{\"after_ms\":99,\"pict");
    let run = cut_short(folder.path()).unwrap().unwrap();
    assert_eq!((keys(&run), run.duration_ms), (vec![B.0.to_owned()], 1_234));
    let not_run: Vec<_> = run.not_run.iter().map(ToString::to_string).collect();
    assert_eq!(not_run, [A.0, C.0]);
    assert_eq!(ExitCode::of(&run), ExitCode::Different, "what was not run did not pass");
    let merged = merge(&[folder.path().to_owned()], false, folder.path()).unwrap();
    assert_eq!(merged.not_run.len(), 2, "a shard that was killed takes part in a merge, with what it lacks");
}

#[test]
fn what_is_no_log_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let took = Progress::Took { after_ms: 1, picture: Box::new(picture(B.0, B.1)) };
    for (lines, half) in [(vec![], ""), (vec![], "{\"began\":"), (vec![took], "")] {
        log(folder.path(), &lines, half);
        let error = cut_short(folder.path()).unwrap_err().to_string();
        assert!(error.contains(PROGRESS_FILE), "{error}");
    }
}
