//! Who accepted a baseline, and putting one back as it was.

use std::fs;

use harness_baseline::{Approval, Store};

use crate::{grey, key, picture};

fn approval() -> Approval {
    Approval {
        who: "Ada <ada@example.test>".into(),
        at: "2026-03-02T18:00:00Z".into(),
        reason: "neu".into(),
        change: "p".into(),
    }
}

#[test]
fn an_approval_lies_beside_its_picture_until_the_picture_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    store.write(&anna, &picture(40)).unwrap();
    assert_eq!(store.read_approval(&anna), None);
    store.write_approval(&anna, &approval()).unwrap();
    assert_eq!(store.read_approval(&anna), Some(approval()));
    assert!(store.keys().unwrap().unknown.is_empty(), "it is no stranger there");
    let path = folder.path().join("home/dashboard/anna-desktop.approved.json");
    assert!(fs::read_to_string(&path).unwrap().contains("\n  \"reason\": \"neu\""), "a pull request shows it");
    store.write(&anna, &picture(41)).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_baseline_is_put_back_to_the_byte_even_a_damaged_or_missing_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (anna, ben) = (key("home/dashboard/anna-desktop"), key("home/dashboard/ben-desktop"));
    store.write(&anna, &picture(40)).unwrap();
    store.write_approval(&anna, &approval()).unwrap();
    let damaged = b"half a picture".to_vec();
    fs::write(store.path(&anna), &damaged).unwrap();
    let kept = [store.kept(&anna).unwrap(), store.kept(&ben).unwrap()];
    for name in [&anna, &ben] {
        store.write(name, &picture(90)).unwrap();
        assert_eq!(store.read_approval(name), None);
    }
    store.put_back(&anna, &kept[0]).unwrap();
    store.put_back(&ben, &kept[1]).unwrap();
    assert_eq!(fs::read(store.path(&anna)).unwrap(), damaged);
    assert_eq!(store.read_approval(&anna), Some(approval()));
    assert!(!store.path(&ben).exists());
}

#[test]
fn a_removed_baseline_leaves_nothing_and_its_neighbours_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (anna, ben) = (key("home/dashboard/anna-desktop"), key("home/dashboard/ben-desktop"));
    for name in [&anna, &ben] {
        store.write(name, &picture(40)).unwrap();
        store.write_approval(name, &approval()).unwrap();
    }
    store.remove(&anna).unwrap();
    let names = || fs::read_dir(folder.path().join("home/dashboard")).unwrap().count();
    assert_eq!((names(), grey(&store.read(&ben).unwrap().unwrap())), (2, 40));
    store.remove(&ben).unwrap();
    assert!(!folder.path().join("home").exists() && folder.path().exists());
    store.remove(&ben).unwrap();
}
