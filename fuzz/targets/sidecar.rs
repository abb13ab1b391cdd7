//! Any bytes as a sidecar, and any text packed as one.

#![no_main]

#[path = "../../harness/baseline/tests/it/told.rs"]
mod told;

use std::sync::LazyLock;

use harness_baseline::Store;
use harness_model::SnapshotKey;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// A store with one picture.
static STORE: LazyLock<(TempDir, Store, SnapshotKey)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let store = Store::open(folder.path()).expect("the folder is there");
    let key: SnapshotKey = "home/dashboard/anna-desktop".parse().expect("it is a name");
    store.write(&key, include_bytes!("../seeds/png/rgb.png")).expect("the folder can be written");
    (folder, store, key)
});

fuzz_target!(|bytes: &[u8]| {
    let (_, store, key) = &*STORE;
    told::is_sound_or_nothing(store, key, bytes);
    // The sum that binds a sidecar to its picture is put in: nothing would guess it.
    let picture = include_bytes!("../seeds/png/rgb.png");
    let sum = format!("{:08x}-{}", crc32fast::hash(picture), picture.len());
    let text = String::from_utf8_lossy(bytes).replace("SUM", &sum);
    told::is_sound_or_nothing(store, key, &told::packed(text.as_bytes()));
});
