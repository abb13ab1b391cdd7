//! Files of every kind give what their decoded pictures give, and damaged ones an error that names them.

use harness_compare::{CompareError, Options, Picture, Side, compare, compare_png, diff_picture, sweep};
use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};
use proptest::prelude::*;

use crate::pairs::{KINDS, Pair, Random, pair};

/// How a file is written.
#[derive(Debug, Clone, Copy)]
struct Manner {
    filter: Filter,
    opacity: bool,
    level: u8,
}

fn manners() -> impl Strategy<Value = Manner> {
    use Filter::{Adaptive, Avg, NoFilter, Paeth, Sub, Up};
    (proptest::sample::select(vec![NoFilter, Sub, Up, Avg, Paeth, Adaptive]), any::<bool>(), 0u8..3)
        .prop_map(|(filter, opacity, level)| Manner { filter, opacity, level })
}

/// Pairs high enough for several windows; without opacity when one of the files cannot hold it.
fn pairs() -> impl Strategy<Value = Pair> {
    (proptest::sample::select(&KINDS[..]), 1usize..90, 1usize..150, any::<u64>())
        .prop_map(|(kind, w, h, seed)| pair(kind, w, h, seed))
}

fn encode(width: usize, height: usize, rgba: &[u8], manner: Manner) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_filter(manner.filter);
    encoder.set_deflate_compression(
        [DeflateCompression::NoCompression, DeflateCompression::FdeflateUltraFast, DeflateCompression::Level(6)]
            [usize::from(manner.level)],
    );
    let opaque = rgba.as_chunks().0.iter().all(|&[_, _, _, alpha]| alpha == 255);
    let samples = if manner.opacity || !opaque {
        encoder.set_color(ColorType::Rgba);
        rgba.to_vec()
    } else {
        encoder.set_color(ColorType::Rgb);
        rgba.as_chunks().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect()
    };
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&samples).unwrap();
    writer.finish().unwrap();
    file
}

/// The same by decoding both files first.
fn decoded(expected: &[u8], actual: &[u8]) -> Result<harness_compare::Outcome, CompareError> {
    let (a, b) = (Picture::decode(Side::Expected, expected)?, Picture::decode(Side::Actual, actual)?);
    compare(a, b, &Options::default())
}

proptest! {
    #[test]
    fn files_give_what_their_pictures_give(pair in pairs(), one in manners(), other in manners()) {
        let expected = encode(pair.width, pair.height, &pair.a, one);
        let actual = encode(pair.width, pair.height, &pair.b, other);
        let by_rows = compare_png(&expected, &actual, &Options::default()).unwrap();
        let whole = decoded(&expected, &actual).unwrap();
        prop_assert_eq!(by_rows.comparison(), whole.comparison());
        prop_assert_eq!(diff_picture(&by_rows), diff_picture(&whole));
        prop_assert_eq!(sweep(&by_rows), sweep(&whole));
    }

    #[test]
    fn files_of_any_sizes_give_what_their_pictures_give(
        a in pairs(), b in pairs(), one in manners(), other in manners()
    ) {
        let expected = encode(a.width, a.height, &a.a, one);
        let actual = encode(b.width, b.height, &b.a, other);
        let by_rows = compare_png(&expected, &actual, &Options::default()).unwrap();
        let whole = decoded(&expected, &actual).unwrap();
        prop_assert_eq!(by_rows.comparison(), whole.comparison());
        prop_assert_eq!(diff_picture(&by_rows), diff_picture(&whole));
        prop_assert_eq!(sweep(&by_rows), sweep(&whole));
    }

    #[test]
    fn the_same_pixels_in_another_manner_are_identical(pair in pairs(), one in manners(), other in manners()) {
        let expected = encode(pair.width, pair.height, &pair.a, one);
        let actual = encode(pair.width, pair.height, &pair.a, other);
        let outcome = compare_png(&expected, &actual, &Options { threshold: 0.0, antialiasing: false }).unwrap();
        prop_assert_eq!(outcome.comparison().diff_pixels, 0);
        prop_assert!(diff_picture(&outcome).is_none());
    }

    /// Damage within the packed pixels under check sums that hold: whatever comes of it, it comes both ways.
    #[test]
    fn damaged_pixels_give_what_the_general_decoder_gives(
        pair in pairs(), manner in manners(), seed in any::<u64>(), side in any::<bool>()
    ) {
        let sound = encode(pair.width, pair.height, &pair.b, manner);
        let damaged = damage(&encode(pair.width, pair.height, &pair.a, manner), &mut Random(seed));
        let (expected, actual) = if side { (&sound, &damaged) } else { (&damaged, &sound) };
        match (compare_png(expected, actual, &Options::default()), decoded(expected, actual)) {
            (Ok(by_rows), Ok(whole)) => prop_assert_eq!(by_rows.comparison(), whole.comparison()),
            (Err(one), Err(other)) => prop_assert_eq!(one.to_string(), other.to_string()),
            (by_rows, whole) => prop_assert!(false, "{by_rows:?} but {whole:?}"),
        }
    }
}

/// Changes, cuts or lengthens the packed pixels of a file and sets the check sums right.
fn damage(file: &[u8], random: &mut Random) -> Vec<u8> {
    let mut pixels = Vec::new();
    let mut at = 33;
    while &file[at + 4..at + 8] != b"IEND" {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(&file[at + 4..at + 8], b"IDAT");
        pixels.extend_from_slice(&file[at + 8..at + 8 + length]);
        at += length + 12;
    }
    match random.below(4) {
        0 => pixels.truncate(random.below(pixels.len() as u64) as usize),
        1 => pixels.extend((0..random.below(50)).map(|i| i as u8)),
        2 => {
            let place = random.below(pixels.len() as u64) as usize;
            pixels[place] ^= 1 << random.below(8);
        }
        _ => {
            for _ in 0..1 + random.below(8) {
                let place = random.below(pixels.len() as u64) as usize;
                pixels[place] = random.byte();
            }
        }
    }
    let half = random.below(pixels.len() as u64 + 1) as usize;
    let mut damaged = file[..33].to_vec();
    for part in [&pixels[..half], &pixels[half..]] {
        let named = [b"IDAT", part].concat();
        damaged.extend((part.len() as u32).to_be_bytes());
        damaged.extend(&named);
        damaged.extend(crc32fast::hash(&named).to_be_bytes());
    }
    damaged.extend(&file[at..]);
    damaged
}

/// Larger than what is unpacked at once, so that the buffer moves on and packed data points back across the move.
#[test]
fn large_files_give_what_their_pictures_give() {
    use crate::pairs::Kind::{Greys, Noise};
    for (kind, filter, level) in [(Greys, Filter::NoFilter, 2), (Greys, Filter::Paeth, 2), (Noise, Filter::Up, 1)] {
        let pair = pair(kind, 610, 300, 11);
        let manner = Manner { filter, opacity: kind == Noise, level };
        let expected = encode(pair.width, pair.height, &pair.a, manner);
        let actual = encode(pair.width, pair.height, &pair.b, Manner { filter: Filter::Sub, ..manner });
        let by_rows = compare_png(&expected, &actual, &Options::default()).unwrap();
        let whole = decoded(&expected, &actual).unwrap();
        assert_eq!(by_rows.comparison(), whole.comparison(), "{kind:?}");
        assert_eq!(diff_picture(&by_rows), diff_picture(&whole), "{kind:?}");
    }
}

#[test]
fn a_row_more_or_less_than_the_header_tells_is_damage() {
    let manner = Manner { filter: Filter::NoFilter, opacity: false, level: 2 };
    let file = encode(6, 5, &[200; 6 * 5 * 4].map(|v| v | 55), manner);
    let other = encode(6, 5, &[255; 6 * 5 * 4], manner);
    for height in [4u8, 6] {
        let mut told = file.clone();
        told[23] = height;
        let sum = crc32fast::hash(&told[12..29]);
        told[29..33].copy_from_slice(&sum.to_be_bytes());
        let by_rows = compare_png(&told, &other, &Options::default()).map(|outcome| outcome.into_comparison());
        let whole = decoded(&told, &other).map(|outcome| outcome.into_comparison());
        assert_eq!(by_rows.map_err(|error| error.to_string()), whole.map_err(|error| error.to_string()));
    }
}
