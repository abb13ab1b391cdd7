//! Outlines beside pictures.

use std::fs;

use harness_baseline::Store;
use harness_model::{Element, Outline, Provenance, Size};

use crate::{key, picture};

fn outline(text: &str) -> Outline {
    Outline {
        size: Size { width: 8, height: 8 },
        scale: 1.0,
        properties: vec!["color".into()],
        styles: vec![vec!["red".into()]],
        elements: vec![Element { tag: "p".into(), text: text.into(), ..Element::default() }],
    }
}

#[test]
fn an_outline_lies_beside_its_picture_and_is_no_stranger_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    assert!(store.write_outline(&anna, &outline("a")).is_err(), "there is no picture that it could describe");
    store.write(&anna, &picture(40)).unwrap();
    assert_eq!(store.read_outline(&anna), None);
    store.write_outline(&anna, &outline("a")).unwrap();
    assert_eq!(store.read_outline(&anna), Some(outline("a")));
    let path = folder.path().join("home/dashboard/anna-desktop.outline");
    assert_eq!(store.outline_path(&anna), path);
    let bytes = fs::read(&path).unwrap();
    store.write_outline(&anna, &outline("a")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), bytes, "the same outline is the same file");
    assert_eq!(store.keys().unwrap().unknown, [""; 0].map(std::path::PathBuf::from));
    fs::remove_file(store.path(&anna)).unwrap();
    assert_eq!(store.keys().unwrap().unknown, [path], "an outline without a picture is a stray file");
}

#[test]
fn a_baseline_says_where_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    store.write(&anna, &picture(40)).unwrap();
    let origin = Provenance { browser: "Chromium 1".into(), commit: Some("abc".into()), ..Provenance::default() };
    store.write_sidecar(&anna, &outline("a"), Some(&origin)).unwrap();
    let beside = store.read_sidecar(&anna).unwrap();
    assert_eq!((beside.outline, beside.origin), (outline("a"), Some(origin)));
}

#[test]
fn an_outline_of_another_picture_or_a_damaged_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    store.write(&anna, &picture(40)).unwrap();
    store.write_outline(&anna, &outline("a")).unwrap();
    store.write(&anna, &picture(41)).unwrap();
    assert_eq!(store.read_outline(&anna), None, "the picture is another one now");
    store.write_outline(&anna, &outline("b")).unwrap();
    assert_eq!(store.read_outline(&anna), Some(outline("b")));
    fs::write(store.outline_path(&anna), b"<<<<<<< HEAD").unwrap();
    assert_eq!(store.read_outline(&anna), None);
    assert!(store.read(&anna).unwrap().is_some(), "the picture is whole all the same");
}
