//! What has to hold of any bytes that stand in a sidecar's file. The fuzz target holds it, too.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use harness_baseline::Store;
use harness_model::SnapshotKey;

/// They tell a sound outline or nothing, and the picture is read all the same. The picture is in the store.
pub(crate) fn is_sound_or_nothing(store: &Store, key: &SnapshotKey, sidecar: &[u8]) {
    fs::write(store.outline_path(key), sidecar).expect("the store can be written");
    assert!(store.read_sidecar(key).is_none_or(|sidecar| sidecar.outline.is_sound()));
    assert!(store.read(key).expect("the picture is sound").is_some());
}

/// A text as a sidecar is packed.
pub(crate) fn packed(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text).expect("memory takes it");
    packer.finish().expect("memory takes it")
}
