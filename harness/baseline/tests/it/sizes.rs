//! What the folder of baselines takes.

use harness_baseline::Store;
use harness_model::SnapshotKey;

use crate::{key, picture};

#[test]
fn files_are_counted_and_equal_ones_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.sizes().unwrap().pictures, 0);
    let [anna, ben, kai] = ["anna", "ben", "kai"].map(|name| key(&format!("home/dashboard/{name}-desktop")));
    for (key, grey) in [(&anna, 7), (&ben, 7), (&kai, 9)] {
        store.write(key, &picture(grey)).unwrap();
    }
    let sizes = store.sizes().unwrap();
    let of = |key: &SnapshotKey| std::fs::metadata(store.path(key)).unwrap().len();
    assert_eq!((sizes.pictures, sizes.equal), (3, 1));
    assert_eq!(sizes.all, of(&anna) + of(&ben) + of(&kai));
    assert_eq!(sizes.largest.unwrap().1, of(&anna).max(of(&kai)));
}
