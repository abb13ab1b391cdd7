//! Every level against the rule, pixel by pixel.

use super::*;
use crate::delta::{colour_delta, differences};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// The rule without any short cut.
fn by_the_rule(a: &Grid<'_>, b: &Grid<'_>, limit: f64, antialiasing: bool) -> Found {
    let mut found = Found::nothing(a.width, a.height);
    let faint = Limit::new(limit, limit_at(FAINT_THRESHOLD));
    for (y, x) in (0..a.height).flat_map(|y| (0..a.width).map(move |x| (y, x))) {
        let (was, is, position) = (a.at(x, y), b.at(x, y), y * a.width + x);
        if colour_delta(was, is, position) > limit {
            let excused = antialiasing && antialias::excused(a, b, x, y);
            if excused { &mut found.excused } else { &mut found.differing }.set(x, y);
        } else if faint.is_faint(was, is, position) {
            found.faint.mask.set(x, y);
            let (_, cells) = found.faint.row_mut(y);
            cells[x / 16].add_each(1, |_| differences(was, is, position).map(|by| by as i32));
        }
    }
    found
}

fn find(level: Level, limit: f64, antialiasing: bool, a: &Grid<'_>, b: &Grid<'_>) -> Found {
    let found = Engine::at(level, limit, antialiasing).find(a, b);
    found.unwrap_or_else(|| Found::nothing(a.width, a.height))
}

/// How colours are drawn: any, a few greys, a few steps apart, with opacity.
fn colour(random: &mut Random, kind: u64) -> u32 {
    let any = random.next() as u32;
    match kind {
        0 => any | 0xff00_0000,
        1 => [0xff00_0000, 0xff40_4040, 0xff80_8080, 0xffff_ffff][any as usize % 4],
        2 => 0xff60_6060 + (any & 0x001f_1f1f),
        3 => any,
        _ => [0x0000_0000, 0x80ff_ffff, 0xff30_30cf, 0xff00_ff00, 0xffff_ffff][any as usize % 5],
    }
}

/// Pixels of which the second picture changes some; longer runs of one colour make flat areas.
fn pixels(random: &mut Random, count: usize, kind: u64) -> (Vec<u32>, Vec<u32>) {
    let (run, changed) = (1 + random.below(12), 1 + random.below(99));
    let (mut a, mut last) = (Vec::with_capacity(count), colour(random, kind));
    for _ in 0..count {
        if random.below(run) == 0 {
            last = colour(random, kind);
        }
        a.push(last);
    }
    let mut b = a.clone();
    for pixel in &mut b {
        if random.below(100) < changed {
            *pixel = colour(random, kind);
        }
    }
    (a, b)
}

fn check(random: &mut Random, width: usize, height: usize, (pitch, offset): (usize, usize)) {
    let (kind, antialiasing) = (random.below(5), random.below(4) != 0);
    let threshold = [0.0, 0.01, 0.02, 0.05, 0.1, 0.1, 0.2, 0.3, 1.0][random.below(9) as usize];
    let (a, b) = pixels(random, offset + pitch * height, kind);
    let grid = |pixels| Grid { pixels, top: 0, pitch, width, height };
    let (a, b) = (grid(&a[offset..]), grid(&b[offset..]));
    let limit = crate::options::limit_at(threshold);
    let expected = by_the_rule(&a, &b, limit, antialiasing);
    for &level in Level::available() {
        let found = find(level, limit, antialiasing, &a, &b);
        assert!(found == expected, "{level:?}, {width}×{height}, kind {kind}, {threshold}, {antialiasing}");
    }
}

#[test]
fn every_width_and_alignment_gives_the_same_bits() {
    let mut random = Random(1);
    for width in 1..=200 {
        for offset in 0..8 {
            let height = 1 + random.below(7) as usize;
            check(&mut random, width, height, (width + offset % 3, offset));
        }
    }
}

#[test]
fn thousands_of_random_pairs_give_the_same_bits() {
    let mut random = Random(2);
    for _ in 0..4000 {
        let (width, height) = (1 + random.below(150) as usize, 1 + random.below(75) as usize);
        let pitch = width + random.below(2) as usize;
        check(&mut random, width, height, (pitch, 0));
    }
}

#[test]
fn every_difference_near_the_limit_falls_on_its_side() {
    // Pairs of pixels whose distance lies at, just below and just above a limit taken from one of them.
    let mut random = Random(3);
    for _ in 0..300 {
        let (a, b) = pixels(&mut random, 192, 2);
        let limit = colour_delta(a[50], b[50], 50);
        let grid = |pixels| Grid { pixels, top: 0, pitch: 192, width: 192, height: 1 };
        let (a, b) = (grid(&a), grid(&b));
        for limit in [limit, limit.next_down().max(0.0), limit.next_up()] {
            let expected = by_the_rule(&a, &b, limit, false);
            for &level in Level::available() {
                assert!(find(level, limit, false, &a, &b) == expected, "{level:?} {limit}");
            }
        }
    }
}
