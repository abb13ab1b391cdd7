//! Whatever stands in a sidecar's file: it tells a sound outline or nothing, and never keeps a picture from being read.
//!
//! `PROPTEST_CASES=20000 cargo test --release -p harness-baseline --test it damage` looks for minutes.

use harness_baseline::Store;
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::{
    key, picture,
    told::{is_sound_or_nothing, packed},
};

/// What a sidecar's text may hold, sound or not.
fn texts() -> impl Strategy<Value = Value> {
    let number = prop_oneof![Just(json!(0)), Just(json!(1)), Just(json!(-1)), Just(json!(1e300)), Just(Value::Null)];
    let element = (number.clone(), number.clone(), ".{0,6}").prop_map(|(parent, style, tag)| {
        json!({"tag": tag, "parent": parent, "style": style, "place": {"x": style, "y": 0, "w": parent, "h": 1}})
    });
    (number.clone(), number, vec(element, 0..5), vec(vec(".{0,4}", 0..3), 0..3)).prop_map(
        |(version, scale, elements, styles)| {
            json!({
                "version": version, "picture": format!("{:08x}-{}", crc32fast::hash(&picture(40)), picture(40).len()),
                "outline": {"size": {"width": 8, "height": 8}, "scale": scale, "properties": ["color"], "styles": styles,
                    "elements": elements},
            })
        },
    )
}

/// What the store tells of a picture beside which these bytes stand.
fn told(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let anna = key("home/dashboard/anna-desktop");
    store.write(&anna, &picture(40)).unwrap();
    is_sound_or_nothing(&store, &anna, bytes);
}

proptest! {
    #[test]
    fn any_bytes_are_no_sidecar_or_a_sound_one(bytes in vec(any::<u8>(), 0..300)) {
        told(&bytes);
        told(&packed(&bytes));
    }

    #[test]
    fn a_text_of_the_right_form_is_sound_or_nothing(text in texts(), cut in any::<Index>(), whole in any::<bool>()) {
        let text = serde_json::to_vec(&text).unwrap();
        let end = if whole { text.len() } else { cut.index(text.len()) };
        told(&packed(&text[..end]));
    }
}
