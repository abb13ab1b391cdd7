//! Whatever bytes are given as pictures: there is a comparison or an error, never a panic, and what can be compared can be
//! drawn and told.
//!
//! Each run tries some hundred files. `PROPTEST_CASES=200000 cargo test --release -p harness-compare --test it damage` looks
//! for minutes; a case that fails is kept in a file of `proptest-regressions` and tried first from then on.

use std::io::Write as _;

use harness_compare::{Options, compare_png, compare_png_outside, diff_picture, sweep};
use harness_model::Rect;
use proptest::{collection::vec, prelude::*};

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

/// The same with check sums that hold, so that the damage is met further inside.
fn mended(file: &[u8]) -> Vec<u8> {
    let Some((head, mut rest)) = file.split_at_checked(8) else { return file.to_vec() };
    let mut mended = head.to_vec();
    while let Some(length) = rest.first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((part, after)) = rest.split_at_checked(length.saturating_add(12)) else { break };
        mended.extend_from_slice(&part[..length + 8]);
        mended.extend(crc32fast::hash(&part[4..length + 8]).to_be_bytes());
        rest = after;
    }
    mended.write_all(rest).unwrap();
    mended
}

fn is_borne(expected: &[u8], actual: &[u8]) -> Result<(), TestCaseError> {
    let ignored = [Rect { x: 3, y: 3, w: 9, h: u32::MAX }];
    if let Ok(outcome) = compare_png(expected, actual, &Options::default()) {
        let found = outcome.comparison();
        prop_assert_eq!(diff_picture(&outcome).is_none(), found.equal);
        prop_assert!(sweep(&outcome).iter().all(|step| step.pixels <= found.expected.pixels() + found.actual.pixels()));
        let outside = compare_png_outside(expected, actual, &Options::default(), &ignored);
        prop_assert!(outside.is_ok_and(|outside| outside.comparison().diff_pixels <= found.diff_pixels));
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_borne(bytes in vec(any::<u8>(), 0..400), file in files()) {
        is_borne(&bytes, &file)?;
        is_borne(&file, &[&file[..8], &bytes].concat())?;
    }

    #[test]
    fn damaged_files_are_borne(file in files(), other in files(), damages in damages(), mend in any::<bool>()) {
        let damaged = damaged(file.clone(), &damages, mend);
        is_borne(&damaged, &file)?;
        is_borne(&other, &damaged)?;
    }
}
