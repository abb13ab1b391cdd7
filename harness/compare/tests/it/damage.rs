//! Whatever bytes are given as pictures: there is a comparison or an error, never a panic, and what can be compared can be
//! drawn and told.
//!
//! What holds is said in [`crate::borne`]. Each run tries some hundred files. `PROPTEST_CASES=200000 cargo test --release -p harness-compare --test it damage` looks
//! for minutes; a case that fails is kept in a file of `proptest-regressions` and tried first from then on.

use proptest::{collection::vec, prelude::*};

use crate::borne::{is_borne, mended};

/// A file of some colour type, depth and size.
fn files() -> impl Strategy<Value = Vec<u8>> {
    use png::{BitDepth, ColorType};
    let kinds = proptest::sample::select(vec![
        (ColorType::Rgb, BitDepth::Eight, 3),
        (ColorType::Rgba, BitDepth::Eight, 4),
        (ColorType::Rgba, BitDepth::Sixteen, 8),
        (ColorType::Grayscale, BitDepth::Eight, 1),
        (ColorType::GrayscaleAlpha, BitDepth::Sixteen, 4),
        (ColorType::Indexed, BitDepth::Eight, 1),
    ]);
    (kinds, 1u32..40, 1u32..40, any::<u8>(), any::<bool>()).prop_map(|((color, depth, bytes), w, h, seed, animated)| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, w, h);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette([1, 2, 3].repeat(256));
            encoder.set_trns(vec![9; 100]);
        }
        if animated {
            encoder.set_animated(1, 0).unwrap();
        }
        let samples: Vec<u8> = (0..w * h * bytes).map(|i| (i / 7 * u32::from(seed)) as u8).collect();
        encoder.write_header().unwrap().write_image_data(&samples).unwrap();
        file
    })
}

/// One thing that happens to a file.
#[derive(Debug, Clone)]
enum Damage {
    Cut(prop::sample::Index),
    Change(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    /// A part of the file stands twice.
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let index = any::<prop::sample::Index>;
    vec(
        prop_oneof![
            index().prop_map(Damage::Cut),
            (index(), any::<u8>()).prop_map(|(at, to)| Damage::Change(at, to)),
            (index(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
            (index(), index()).prop_map(|(from, to)| Damage::Repeat(from, to)),
        ],
        0..5,
    )
}

fn damaged(mut file: Vec<u8>, damages: &[Damage], mend: bool) -> Vec<u8> {
    for damage in damages {
        let place = |at: &prop::sample::Index| at.index(file.len() + 1);
        match damage {
            Damage::Cut(at) => file.truncate(at.index(file.len() + 1)),
            Damage::Change(at, to) if !file.is_empty() => {
                let at = at.index(file.len());
                file[at] = *to;
            }
            Damage::Change(..) => {}
            Damage::Insert(at, bytes) => {
                let at = place(at);
                file.splice(at..at, bytes.iter().copied());
            }
            Damage::Repeat(from, to) => {
                let (from, to) = (place(from), place(to));
                let part = file[from.min(to)..from.max(to)].to_vec();
                file.splice(to..to, part);
            }
        }
    }
    if mend { mended(&file) } else { file }
}

proptest! {
    #[test]
    fn any_bytes_are_borne(bytes in vec(any::<u8>(), 0..400), file in files()) {
        is_borne(&bytes, &file);
        is_borne(&file, &[&file[..8], &bytes].concat());
    }

    #[test]
    fn damaged_files_are_borne(file in files(), other in files(), damages in damages(), mend in any::<bool>()) {
        let damaged = damaged(file.clone(), &damages, mend);
        is_borne(&damaged, &file);
        is_borne(&other, &damaged);
    }
}
