//! Writing, reading and listing.

use std::{collections::BTreeSet, fs};

use harness_baseline::{BaselineError, Store};

use crate::{grey, key, picture};

#[test]
fn a_written_picture_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("snapshots")).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    assert_eq!(store.read(&anna).unwrap(), None);
    store.write(&anna, &picture(40)).unwrap();
    store.write(&anna, &picture(41)).unwrap();
    assert_eq!(grey(&store.read(&anna).unwrap().unwrap()), 41);
    assert_eq!(store.path(&anna), folder.path().join("snapshots/home/dashboard/anna-desktop.png"));
    assert_eq!(fs::read_dir(folder.path().join("snapshots/home/dashboard")).unwrap().count(), 1);
}

#[test]
fn a_damaged_baseline_is_told_with_its_path_and_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    store.write(&anna, &picture(40)).unwrap();
    let path = store.path(&anna);
    let whole = fs::read(&path).unwrap();
    for damaged in [&whole[..whole.len() - 7], b"", b"<<<<<<< HEAD"] {
        fs::write(&path, damaged).unwrap();
        let error = store.read(&anna).unwrap_err();
        assert!(matches!(error, BaselineError::Damaged { .. }), "{error:?}");
        let told = error.to_string();
        for part in [&format!("git checkout -- {}", path.display()), "UPDATE_SNAPSHOTS=changed", "is damaged"] {
            assert!(told.contains(part), "{told}");
        }
        assert_eq!(fs::read(&path).unwrap(), damaged, "reading repairs nothing");
    }
    store.write(&anna, &picture(42)).unwrap();
    assert_eq!(grey(&store.read(&anna).unwrap().unwrap()), 42);
}

#[test]
fn what_is_no_picture_never_becomes_a_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    let whole = picture(7);
    for bad in [&whole[..whole.len() - 1], b"", b"<html>502 Bad Gateway"] {
        let error = store.write(&anna, bad).unwrap_err();
        assert!(error.to_string().starts_with("the new picture of home/dashboard/anna-desktop cannot"), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "not even a folder was made");
    store.write(&anna, &whole).unwrap();
    let before = fs::read(store.path(&anna)).unwrap();
    store.write(&anna, &whole[..40]).unwrap_err();
    assert_eq!(fs::read(store.path(&anna)).unwrap(), before);
}

#[test]
fn a_file_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("home");
    fs::write(&blocked, b"a file").unwrap();
    let store = Store::open(folder.path()).unwrap();
    let error = store.write(&key("home/dashboard/anna-desktop"), &picture(1)).unwrap_err();
    assert!(error.to_string().contains("home/dashboard/anna-desktop.png"), "{error}");
    assert_eq!(fs::read(&blocked).unwrap(), b"a file");
    let error = Store::open(&blocked).unwrap_err();
    assert!(matches!(error, BaselineError::NoFolder { .. }), "{error:?}");
}

#[test]
fn the_folder_tells_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let stored = ["home/dashboard/anna-desktop", "home/dashboard/ben-mobile", "todo/list/anna-desktop"].map(key);
    for key in &stored {
        store.write(key, &picture(3)).unwrap();
    }
    let strange = ["home/dashboard/.writing-Ab3", "home/notes.txt", "home/dashboard/Anna-desktop.png", "old.png"];
    for name in strange.iter().chain(&[".gitattributes"]) {
        fs::write(folder.path().join(name), b"x").unwrap();
    }
    let found = store.keys().unwrap();
    assert_eq!(found.keys, BTreeSet::from(stored.clone()));
    let mut expected = strange.map(|name| folder.path().join(name));
    expected.sort();
    assert_eq!(found.unknown, expected);
    let planned = BTreeSet::from([stored[0].clone(), key("home/dashboard/carla-desktop")]);
    assert_eq!(store.orphans(&planned).unwrap(), stored[1..]);
}

#[test]
fn a_store_without_a_folder_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("not/yet")).unwrap();
    assert_eq!(store.keys().unwrap(), harness_baseline::Inventory::default());
    assert!(!folder.path().join("not").exists(), "looking makes no folder");
}
