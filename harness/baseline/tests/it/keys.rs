//! No name leads out of the store.

use std::path::{Component, Path};

use harness_baseline::Store;
use harness_model::SnapshotKey;
use proptest::prelude::*;

/// Names made of what paths are made of, so that a good part of them nearly is a key.
fn names() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z0-9]{1,3}(-[a-z0-9]{1,3})?",
        1 => "[a-z./\\\\:~-]{0,4}",
        1 => Just("..".to_owned()),
        1 => any::<String>(),
    ];
    proptest::collection::vec(part, 1..5).prop_map(|parts| parts.join("/"))
}

fn stays_inside(root: &Path, key: &SnapshotKey) -> bool {
    let path = Store::open(root).unwrap().path(key);
    let inside = path.strip_prefix(root).map(|rest| rest.components().collect::<Vec<_>>());
    inside.is_ok_and(|rest| rest.len() == 3 && rest.iter().all(|part| matches!(part, Component::Normal(_))))
}

proptest! {
    #[test]
    fn a_name_that_is_a_key_stays_inside(name in names()) {
        if let Ok(key) = name.parse::<SnapshotKey>() {
            prop_assert!(stays_inside(Path::new("/srv/snapshots"), &key), "{name:?}");
        }
    }

    #[test]
    fn parts_that_are_a_key_stay_inside(parts in proptest::collection::vec(names(), 4)) {
        if let Ok(key) = SnapshotKey::new(&parts[0], &parts[1], &parts[2], &parts[3]) {
            prop_assert!(stays_inside(Path::new("/srv/snapshots"), &key), "{parts:?}");
        }
    }

    #[test]
    fn every_key_has_a_place_of_its_own(
        one in "[a-z]{1,2}/[a-z]{1,2}/[a-z]-[a-z]", other in "[a-z]{1,2}/[a-z]{1,2}/[a-z]-[a-z]"
    ) {
        let store = Store::open("/srv/snapshots").unwrap();
        let path = |name: &str| store.path(&name.parse().unwrap());
        prop_assert_eq!(path(&one) == path(&other), one == other);
    }
}
