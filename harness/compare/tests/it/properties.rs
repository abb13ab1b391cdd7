//! What holds for any pair of pictures.

use harness_compare::{
    COLOUR_DIFFERING, Gate, GateKind, Options, Picture, SWEEP_THRESHOLDS, compare, diff_picture, sweep, verdict,
};
use harness_model::{Region, Size, VerdictName};
use proptest::prelude::*;

use crate::{
    pairs::{KINDS, Kind, Pair, pair},
    pixelmatch::pictures,
};

fn kinds() -> impl Strategy<Value = Kind> {
    proptest::sample::select(&KINDS[..])
}

fn options() -> impl Strategy<Value = Options> {
    (proptest::sample::select(&SWEEP_THRESHOLDS[..]), any::<bool>())
        .prop_map(|(threshold, antialiasing)| Options { threshold, antialiasing })
}

fn drawn() -> impl Strategy<Value = Pair> {
    (kinds(), 1usize..150, 1usize..40, any::<u64>()).prop_map(|(kind, w, h, seed)| pair(kind, w, h, seed))
}

fn count(pair: &Pair, options: &Options) -> u64 {
    let (a, b) = pictures(pair);
    compare(a, b, options).unwrap().comparison().diff_pixels
}

/// Where pixels differ place by place, read from the picture that shows it; `None` when it shows them row by row.
fn differing(pair: &Pair, options: &Options) -> Option<Vec<(usize, usize)>> {
    let (a, b) = pictures(pair);
    let outcome = compare(a, b, options).unwrap();
    if outcome.comparison().alignment.is_some() {
        return None;
    }
    let Some(file) = diff_picture(&outcome) else {
        return Some(Vec::new());
    };
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let red = reader.info().palette.as_ref().unwrap().as_chunks().0.iter().position(|c| *c == COLOUR_DIFFERING);
    let mut indices = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut indices).unwrap();
    let at = indices.iter().enumerate().filter(|&(_, &index)| Some(usize::from(index)) == red);
    Some(at.map(|(number, _)| (number % pair.width, number / pair.width)).collect())
}

/// The pair with the second picture made equal to the first within a box.
fn masked(pair: &Pair, (x, y, w, h): (usize, usize, usize, usize)) -> Pair {
    let mut b = pair.b.clone();
    for row in y..(y + h).min(pair.height) {
        let columns = (row * pair.width + x) * 4..(row * pair.width + (x + w).min(pair.width)) * 4;
        b[columns.clone()].copy_from_slice(&pair.a[columns]);
    }
    Pair { a: pair.a.clone(), b, ..*pair }
}

fn with_mask() -> impl Strategy<Value = (Pair, (usize, usize, usize, usize))> {
    drawn().prop_flat_map(|pair| {
        let (w, h) = (pair.width, pair.height);
        (Just(pair), (0..w, 0..h, 0..w, 0..h))
    })
}

proptest! {
    #[test]
    fn a_picture_equals_itself(pair in drawn(), options in options()) {
        let (a, _) = pictures(&pair);
        let outcome = compare(a.clone(), a, &options).unwrap();
        prop_assert_eq!(outcome.comparison().diff_pixels, 0);
        prop_assert_eq!(verdict(outcome.comparison(), &[], &Gate::default()), VerdictName::Identical);
    }

    #[test]
    fn the_count_does_not_hang_on_the_order(pair in drawn(), options in options()) {
        let swapped = Pair { a: pair.b.clone(), b: pair.a.clone(), ..pair };
        prop_assert_eq!(count(&pair, &options), count(&swapped, &options));
    }

    #[test]
    fn making_a_part_equal_only_lowers_the_count((pair, part) in with_mask(), options in options()) {
        let options = Options { antialiasing: false, ..options };
        prop_assert!(count(&masked(&pair, part), &options) <= count(&pair, &options));
    }

    /// Whether an edge is smoothed hangs on what lies two pixels around it. So a part made equal can turn a smoothed
    /// edge beside it into a difference, but nothing further away.
    #[test]
    fn making_a_part_equal_changes_nothing_beyond_its_rim((pair, part) in with_mask(), options in options()) {
        let (x, y, w, h) = part;
        let beyond = |pair: &Pair| {
            let at = differing(pair, &options);
            let inside = |px: usize, py: usize| px + 2 >= x && px < x + w + 2 && py + 2 >= y && py < y + h + 2;
            at.map(|at| at.into_iter().filter(|&(px, py)| !inside(px, py)).collect::<Vec<_>>())
        };
        let (masked, whole) = (beyond(&masked(&pair, part)), beyond(&pair));
        prop_assume!(masked.is_some() && whole.is_some());
        prop_assert_eq!(masked, whole);
    }

    #[test]
    fn regions_hold_every_differing_pixel(pair in drawn(), options in options()) {
        let (a, b) = pictures(&pair);
        let outcome = compare(a, b, &options).unwrap();
        let found = outcome.comparison();
        let (faint, differing): (Vec<Region>, Vec<Region>) = found.regions.iter().partition(|region| region.faint);
        prop_assert_eq!(differing.iter().map(|r| r.pixels).sum::<u64>(), found.diff_pixels);
        prop_assert!(found.regions.is_sorted_by_key(|r| (r.faint, std::cmp::Reverse(r.pixels))));
        prop_assert!(faint.iter().all(|r| r.pixels >= harness_compare::FAINT_PIXELS));
        for region in &found.regions {
            prop_assert!(region.pixels >= 1 && region.pixels <= u64::from(region.w) * u64::from(region.h));
            prop_assert!(region.x + region.w <= found.actual.width && region.y + region.h <= found.actual.height);
        }
    }

    #[test]
    fn the_sweep_tells_what_a_comparison_would(pair in drawn(), antialiasing in any::<bool>()) {
        let (a, b) = pictures(&pair);
        let outcome = compare(a, b, &Options { antialiasing, ..Options::default() }).unwrap();
        for step in sweep(&outcome) {
            let options = Options { threshold: step.threshold, antialiasing };
            prop_assert_eq!(step.pixels, count(&pair, &options), "at {}", step.threshold);
        }
    }

    #[test]
    fn pictures_of_any_sizes_are_compared(one in drawn(), other in drawn()) {
        let ((a, _), (_, b)) = (pictures(&one), pictures(&other));
        let (was, is) = (a.size(), b.size());
        prop_assume!(was != is);
        let outcome = compare(a, b, &Options::default()).unwrap();
        let common = u64::from(was.width.min(is.width)) * u64::from(was.height.min(is.height));
        let alone = was.pixels() + is.pixels() - 2 * common;
        let found = outcome.comparison();
        prop_assert!(found.diff_pixels >= alone && found.diff_pixels <= alone + common);
        prop_assert_eq!(found.regions.iter().map(|r| r.pixels).sum::<u64>(), found.diff_pixels);
        prop_assert_eq!(verdict(found, &[], &Gate { ratio: 1.0, kind: GateKind::Ratio }), VerdictName::SizeChanged);
        let shown = Picture::decode(harness_compare::Side::Actual, &diff_picture(&outcome).unwrap()).unwrap();
        let union = Size { width: was.width.max(is.width), height: was.height.max(is.height) };
        prop_assert_eq!(shown.size(), union);
    }
}

#[test]
fn what_differs_below_the_threshold_is_not_called_identical() {
    let size = Size { width: 8, height: 8 };
    let grey = |level: u8| Picture::from_rgba(size, &[level, level, level, 255].repeat(64)).unwrap();
    let outcome = compare(grey(100), grey(101), &Options::default()).unwrap();
    assert_eq!((outcome.comparison().diff_pixels, outcome.comparison().equal), (0, false));
    assert_eq!(verdict(outcome.comparison(), &[], &Gate::default()), VerdictName::Passed);
}
