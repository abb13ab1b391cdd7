//! What the desk lets happen to baselines.

use std::fs;

use reports_approve::{ApproveError, Decision};

use crate::run::{ANNA, BEN, KAI, NEW, NEW_GREY, OLD_GREY, RESTLESS, Run, SAME, key, keys, origin, outline};

#[test]
fn an_accepted_picture_is_the_baseline_with_its_outline_and_its_reason() {
    let run = Run::new();
    let mut desk = run.desk();
    let outcome = desk.accept(&keys(&[ANNA, NEW]), "the new blue").unwrap();
    assert_eq!((outcome.done, outcome.left), (keys(&[ANNA, NEW]), vec![]));
    assert_eq!((run.grey(ANNA), run.grey(NEW), run.grey(BEN)), (Some(NEW_GREY), Some(NEW_GREY), Some(OLD_GREY)));
    let store = run.store();
    let beside = store.read_sidecar(&key(ANNA)).unwrap();
    assert_eq!((beside.outline, beside.origin), (outline(), Some(origin())), "as a run's own acceptance would tell");
    let approval = store.read_approval(&key(ANNA)).unwrap();
    assert_eq!((approval.reason.as_str(), approval.change.as_str()), ("the new blue", "p: colour red → blue"));
    assert!(!approval.who.is_empty() && approval.at.ends_with('Z'), "{approval:?}");
    assert_eq!(store.keys().unwrap().unknown, [""; 0].map(std::path::PathBuf::from), "what lies beside belongs there");
    // Whoever writes the baseline otherwise has not asked whoever accepted this one.
    store.write(&key(ANNA), &crate::run::png(9)).unwrap();
    assert_eq!(store.read_approval(&key(ANNA)), None);
}

#[test]
fn a_picture_without_proof_is_never_accepted() {
    let run = Run::new();
    let before = run.baselines();
    let mut desk = run.desk();
    let outcome = desk.accept(&keys(&[RESTLESS, SAME, "gone/gone/anna-desktop"]), "").unwrap();
    assert_eq!(outcome.done, []);
    let why: Vec<_> = outcome.left.iter().map(|(_, why)| why.as_str()).collect();
    assert!(why[0].contains("never shown to have settled"), "{why:?}");
    assert!(why[1].contains("needs no look") && why[2].contains("needs no look"), "{why:?}");
    run.forge(KAI, |picture| picture["settled"] = "not_pictured".into());
    assert_eq!(run.desk().accept(&keys(&[KAI]), "").unwrap().done, []);
    assert_eq!(run.baselines(), before);
}

#[test]
fn a_leak_is_never_accepted() {
    let run = Run::new();
    let before = run.baselines();
    run.forge(ANNA, |picture| picture["verdict"] = "leak".into());
    let outcome = run.desk().accept(&keys(&[ANNA]), "looks right").unwrap();
    assert_eq!(outcome.done, []);
    assert!(outcome.left[0].1.contains("for other viewers alone"), "{outcome:?}");
    assert_eq!(run.desk().refuse(&keys(&[ANNA]), "whose button?").unwrap().done, keys(&[ANNA]));
    assert_eq!(run.baselines(), before);
}

#[test]
fn a_run_file_cannot_make_another_file_a_baseline() {
    let run = Run::new();
    let before = run.baselines();
    fs::write(run.folder.path().join("secret.png"), crate::run::png(1)).unwrap();
    let absolute = run.folder.path().join("secret.png").display().to_string();
    std::os::unix::fs::symlink(run.folder.path().join("secret.png"), run.output().join("link.png")).unwrap();
    for path in ["../secret.png", "report/../../secret.png", absolute.as_str(), "link.png", "report", ""] {
        run.forge(ANNA, |picture| picture["images"]["actual"] = path.into());
        let outcome = run.desk().accept(&keys(&[ANNA]), "").unwrap();
        assert!(outcome.left[0].1.contains("outside the run's folder"), "{path}: {outcome:?}");
    }
    fs::write(run.output().join("text.png"), "no picture").unwrap();
    run.forge(ANNA, |picture| picture["images"]["actual"] = "text.png".into());
    let error = run.desk().accept(&keys(&[ANNA]), "").unwrap_err();
    assert!(error.to_string().contains("cannot become a baseline"), "{error}");
    assert_eq!(run.baselines(), before);
}

#[test]
fn a_name_that_leaves_the_folder_is_no_name() {
    let run = Run::new();
    run.forge(ANNA, |picture| picture["key"] = "../../etc/anna-desktop".into());
    assert!(reports_approve::Desk::open(&run.output(), &run.snapshots()).is_err());
}

#[test]
fn undo_puts_everything_back_to_the_byte() {
    let run = Run::new();
    let before = run.baselines();
    let mut desk = run.desk();
    desk.accept(&keys(&[ANNA, BEN, NEW]), "one").unwrap();
    desk.refuse(&keys(&[KAI]), "a fault").unwrap();
    assert_eq!(desk.decided()[&key(KAI)].decision, Decision::Refused);
    let again = desk.accept(&keys(&[KAI]), "").unwrap();
    assert!(again.left[0].1.contains("undo that first"), "{again:?}");
    assert_eq!(desk.undo().unwrap().done, keys(&[KAI]));
    assert_eq!(desk.undo().unwrap().done, keys(&[NEW, BEN, ANNA]));
    assert_eq!(run.baselines(), before);
    assert!(desk.decided().is_empty());
    assert_eq!(desk.undo().unwrap().done, []);
}

#[test]
fn decisions_are_remembered_until_the_next_run() {
    let run = Run::new();
    run.desk().refuse(&keys(&[ANNA]), "a fault").unwrap();
    assert_eq!(run.desk().decided()[&key(ANNA)].reason, "a fault");
    let path = run.output().join("run.json");
    let text = fs::read_to_string(&path).unwrap().replace("2026-03-02T18", "2026-03-03T18");
    fs::write(path, text).unwrap();
    assert!(run.desk().decided().is_empty());
}

#[test]
fn patterns_and_groups_choose_pictures_and_slips_are_named() {
    let run = Run::new();
    let desk = run.desk();
    let fitting = |patterns: &[&str]| desk.fitting(&patterns.iter().map(|&p| p.to_owned()).collect::<Vec<_>>());
    assert_eq!(fitting(&["home/*/anna-*", "**desktop"]).unwrap(), keys(&[ANNA, BEN, NEW, RESTLESS]));
    assert_eq!(fitting(&["**", ANNA]).unwrap().len(), 5);
    let error = fitting(&[ANNA, "home/*/annna-*"]).unwrap_err();
    assert!(matches!(&error, ApproveError::FitsNothing { pattern } if pattern == "home/*/annna-*"), "{error}");
    let groups: Vec<_> = (1..=desk.groups().len()).map(|group| desk.in_group(group).unwrap()).collect();
    assert_eq!(groups, [keys(&[RESTLESS]), keys(&[ANNA, BEN]), keys(&[KAI]), keys(&[NEW])]);
    for none in [0, 5] {
        assert!(desk.in_group(none).unwrap_err().to_string().contains("the run has 4"));
    }
}
