//! Areas of another shade are told, and what browsers do by themselves is not.

use harness_compare::{
    COLOUR_FAINT, FAINT_PIXELS, Gate, GateKind, Options, Picture, Side, compare, compare_png_outside, diff_picture,
    verdict,
};
use harness_model::{Rect, Region, Size, VerdictName};
use proptest::prelude::*;

use crate::pairs::{Kind, Random, pair};

const WIDTH: usize = 90;
const HEIGHT: usize = 70;
const SIZE: Size = Size { width: WIDTH as u32, height: HEIGHT as u32 };

/// A picture of which each pixel is painted.
fn painted(mut paint: impl FnMut(usize, usize) -> [u8; 3]) -> Vec<u8> {
    let at = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    at.flat_map(|(x, y)| paint(x, y).into_iter().chain([255])).collect()
}

fn picture(rgba: &[u8]) -> Picture {
    Picture::from_rgba(SIZE, rgba).unwrap()
}

/// The regions told of two pictures, the faint ones apart.
fn told(was: &[u8], is: &[u8]) -> (Vec<Region>, Vec<Region>) {
    let outcome = compare(picture(was), picture(is), &Options::default()).unwrap();
    outcome.comparison().regions.iter().partition(|region| region.faint)
}

fn inside((x, y): (usize, usize), area: (usize, usize, usize, usize)) -> bool {
    (area.0..area.0 + area.2).contains(&x) && (area.1..area.1 + area.3).contains(&y)
}

#[test]
fn an_area_of_ten_by_ten_is_told_wherever_it_lies() {
    let was = painted(|_, _| [200, 210, 220]);
    for (x, y) in (16..32).flat_map(|y| (16..32).map(move |x| (x, y))) {
        let is = painted(|px, py| if inside((px, py), (x, y, 10, 10)) { [197, 207, 217] } else { [200, 210, 220] });
        let (faint, differing) = told(&was, &is);
        assert_eq!((faint.len(), differing.len()), (1, 0), "at {x},{y}");
        assert!(faint[0].pixels >= FAINT_PIXELS);
    }
}

#[test]
fn an_area_is_judged_and_shown() {
    let area = |inner: [u8; 3]| painted(|x, y| if inside((x, y), (20, 20, 40, 16)) { inner } else { [255; 3] });
    let outcome = compare(picture(&area([255; 3])), picture(&area([243; 3])), &Options::default()).unwrap();
    let found = outcome.comparison();
    assert_eq!(found.diff_pixels, 0);
    assert_eq!(found.regions, [Region { x: 20, y: 20, w: 40, h: 16, pixels: 640, faint: true }]);
    assert_eq!(
        found.to_string(),
        "0 pixels (0.00000 %) differ; 640 differ faintly, by less than the threshold, in one region of 40×16 at 20,20"
    );
    let word = |kind| verdict(found, &[], &Gate { kind, ..Gate::default() });
    assert_eq!([word(GateKind::Ratio), word(GateKind::Regions)], [VerdictName::PassedWithChange, VerdictName::Changed]);
    let shown = Picture::decode(Side::Actual, &diff_picture(&outcome).unwrap()).unwrap();
    assert_eq!(shown, picture(&area(COLOUR_FAINT)));
}

#[test]
fn what_is_ignored_is_not_told() {
    let png = |level: u8| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 40, 40);
        encoder.set_color(png::ColorType::Grayscale);
        let samples: Vec<u8> = (0..1600).map(|at| if at % 40 < 20 { level } else { 255 }).collect();
        encoder.write_header().unwrap().write_image_data(&samples).unwrap();
        file
    };
    let regions = |ignored: &[Rect]| {
        let outcome = compare_png_outside(&png(100), &png(110), &Options::default(), ignored).unwrap();
        outcome.comparison().regions.iter().filter(|region| region.faint).count()
    };
    assert_eq!(regions(&[]), 1);
    assert_eq!(regions(&[Rect { x: 0, y: 0, w: 20, h: 40 }]), 0);
}

#[test]
fn at_a_threshold_that_sees_everything_nothing_is_faint() {
    let (was, is) = (painted(|_, _| [100; 3]), painted(|_, _| [105; 3]));
    for threshold in [0.0, 0.005, 0.01] {
        let options = Options { threshold, ..Options::default() };
        let outcome = compare(picture(&was), picture(&is), &options).unwrap();
        assert_eq!(outcome.comparison().diff_pixels, (WIDTH * HEIGHT) as u64);
        assert!(outcome.comparison().regions.iter().all(|region| !region.faint), "{threshold}");
    }
}

/// A line of upright strokes, each of which covers its columns only in part.
fn strokes(begin: f64, ink: f64) -> Vec<u8> {
    painted(|x, y| {
        let covered = |left: f64| ((left + 1.4).min(x as f64 + 1.0) - left.max(x as f64)).clamp(0.0, 1.0);
        let line = (y / 12) % 2 == 0;
        let all: f64 = if line { (0..18).map(|n| covered(begin + f64::from(n) * 4.7)).sum() } else { 0.0 };
        [(255.0 - (255.0 - ink) * all.min(1.0)).round() as u8; 3]
    })
}

#[test]
fn text_of_another_shade_is_told_and_text_a_little_further_is_not() {
    let was = strokes(3.0, 40.0);
    let (faint, _) = told(&was, &strokes(3.0, 52.0));
    assert!(!faint.is_empty());
    for moved in [0.01, 0.02, 0.05, 0.08, 0.12, 0.2, 0.3, 0.45] {
        let (faint, _) = told(&was, &strokes(3.0 + moved, 40.0));
        assert_eq!(faint, [], "{moved}");
    }
}

proptest! {
    /// Rounding, whichever way.
    #[test]
    fn a_level_or_two_is_never_told(seed in any::<u64>(), kind in 0..4u8) {
        let mut random = Random(seed);
        let was = painted(|x, _| [(x * 2) as u8, random.byte() | 4, 90].map(|level| level.clamp(2, 253)));
        let mut is = was.clone();
        for (at, level) in is.iter_mut().enumerate().filter(|(at, _)| at % 4 != 3) {
            *level = match kind {
                0 => *level + 2,
                1 => *level - 2,
                2 => *level - 2 + random.below(5) as u8,
                _ => *level + (at / 4 % 2) as u8 * 2,
            };
        }
        let (faint, _) = told(&was, &is);
        prop_assert_eq!(faint, []);
    }

    /// Noise of any strength and density that has no direction.
    #[test]
    fn noise_is_never_told(seed in any::<u64>(), strength in 4u64..24, percent in 1u64..=100) {
        let mut random = Random(seed);
        let was = painted(|_, _| [128; 3]);
        let is = painted(|_, _| {
            let by = if random.below(100) < percent { random.below(2 * strength + 1) as i64 - strength as i64 } else { 0 };
            [(128 + by) as u8; 3]
        });
        let (faint, _) = told(&was, &is);
        prop_assert_eq!(faint, []);
    }

    /// A recoloured area, on whatever ground.
    #[test]
    fn a_recoloured_area_is_told(
        seed in any::<u64>(),
        (x, y, w, h) in (0usize..50, 0usize..40, 16usize..40, 16usize..30),
        by in prop_oneof![Just([6i16, 6, 6]), Just([-9, -9, -9]), Just([12, 0, 0]), Just([0, 8, -8]), Just([-5, -5, 14])],
        step in 1usize..9,
    ) {
        let mut random = Random(seed);
        let ground: Vec<[u8; 3]> = (0..WIDTH).map(|_| [60, 100, 140].map(|level| level + random.below(60) as u8)).collect();
        let was = painted(|px, _| ground[px / step]);
        let is = painted(|px, py| {
            let mut pixel = ground[px / step];
            if inside((px, py), (x, y, w, h)) {
                pixel.iter_mut().zip(by).for_each(|(level, by)| *level = (i16::from(*level) + by) as u8);
            }
            pixel
        });
        let (faint, differing) = told(&was, &is);
        prop_assert_eq!(differing, []);
        let boxes = |px: usize, py: usize| faint.iter().any(|r| inside((px, py), (r.x as usize, r.y as usize, r.w as usize, r.h as usize)));
        prop_assert!(boxes(x + w / 2, y + h / 2), "{:?}", faint);
        prop_assert!(faint.iter().all(|r| r.x as usize >= x && r.y as usize >= y && (r.x + r.w) as usize <= x + w && (r.y + r.h) as usize <= y + h));
    }

    /// Boxes and discs with smooth edges a quarter of a pixel further.
    #[test]
    fn smoothed_edges_are_never_told(seed in any::<u64>()) {
        let pair = pair(Kind::Phase, WIDTH, HEIGHT, seed);
        let (faint, _) = told(&pair.a, &pair.b);
        prop_assert_eq!(faint, []);
    }
}
