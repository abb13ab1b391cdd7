//! Whether pixels are smoothed edges, 64 columns at a time.
//!
//! The rule compares brightness and colour. For opaque pixels one whole number stands for both: [`key`] differs for any
//! two colours and grows with brightness. So the walk around a pixel is a handful of comparisons of 32-bit numbers, and
//! what the rule asks of the darkest and the brightest neighbour (is it flat in both pictures?) is known beforehand for
//! every pixel and carried along.

use std::ops::Range;

use super::{BAND, HALO, scan::marks};
use crate::grid::Grid;

/// Columns of a tile: 64, and what lies around them.
const COLUMNS: usize = 64 + 2 * HALO;

/// Stands for what lies outside the picture: no pixel's key.
const OUTSIDE: i32 = -1;

/// Why a part of a tile can be taken.
const IN_TILE: &str = "a tile holds the rows around each of its rows";

/// One row of keys.
type Keys = [i32; COLUMNS];

/// 64 columns and at most a band of rows of two pictures.
#[derive(Clone)]
pub(crate) struct Tile {
    /// The keys of both pictures, from two rows above the first.
    keys: [[Keys; BAND + 2 * HALO]; 2],
    /// All bits where a pixel is flat in both pictures, from one row above the first; the outermost columns stay unused.
    flat: [[i32; COLUMNS]; BAND + 2],
}

impl Default for Tile {
    fn default() -> Self {
        Self { keys: [[[OUTSIDE; COLUMNS]; BAND + 2 * HALO]; 2], flat: [[0; COLUMNS]; BAND + 2] }
    }
}

/// A number for an opaque colour. The sum `29889531 r + 58662247 g + 11448223 b` is the brightness in hundred-millionths;
/// between any two colours it differs by 229 or more, so a 128th of it, rounded down, still differs and keeps the order.
/// Divided term by term it fits 32 bits.
#[inline(always)]
fn key(pixel: u32) -> i32 {
    let (r, g, b) = ((pixel & 255) as i32, (pixel >> 8 & 255) as i32, (pixel >> 16 & 255) as i32);
    233_511 * r + 458_298 * g + 89_439 * b + ((123 * r + 103 * g + 31 * b) >> 7)
}

/// The kernel behind `level::fill`.
#[inline(always)]
pub(super) fn fill(tile: &mut Tile, a: &Grid<'_>, b: &Grid<'_>, left: usize, rows: Range<usize>) -> bool {
    for (keys, grid) in tile.keys.iter_mut().zip([a, b]) {
        for (index, row) in keys[..rows.len() + 2 * HALO].iter_mut().enumerate() {
            match (rows.start + index).checked_sub(HALO).filter(|&y| y < grid.height) {
                Some(y) if !fill_keys(row, grid.row(y), left) => return false,
                Some(_) => {}
                None => *row = [OUTSIDE; COLUMNS],
            }
        }
    }
    for index in 0..rows.len() + 2 {
        // Rows and columns outside the picture get a value too; no pixel inside looks at it.
        let on_border = rows.start + index == 1 || rows.start + index == a.height;
        let border = border_columns(left, a.width, on_border);
        let [keys_a, keys_b] = &tile.keys;
        let flat_a = flat(&keys_a[index..index + 3], &border);
        let flat_b = flat(&keys_b[index..index + 3], &border);
        for (flat, (in_a, in_b)) in tile.flat[index].iter_mut().zip(flat_a.iter().zip(&flat_b)) {
            *flat = in_a & in_b;
        }
    }
    true
}

/// The keys of a row, from two columns before `left` on; `false` when a pixel is see-through.
#[inline(always)]
fn fill_keys(keys: &mut Keys, row: &[u32], left: usize) -> bool {
    let mut pixels = [u32::MAX; COLUMNS];
    let first = left.saturating_sub(HALO);
    let before = HALO - (left - first);
    let there = &row[first..(left + 64 + HALO).min(row.len())];
    if there.len() == COLUMNS {
        pixels.copy_from_slice(there);
    } else {
        pixels[before..before + there.len()].copy_from_slice(there);
    }
    if pixels.iter().fold(u32::MAX, |all, pixel| all & pixel) >> 24 != 255 {
        return false;
    }
    for (key_of, &pixel) in keys.iter_mut().zip(&pixels) {
        *key_of = key(pixel);
    }
    if there.len() < COLUMNS {
        keys[..before].fill(OUTSIDE);
        keys[before + there.len()..].fill(OUTSIDE);
    }
    true
}

/// 1 for every pixel of a row that lies on the picture's border.
#[inline(always)]
fn border_columns(left: usize, width: usize, whole_row: bool) -> Keys {
    let mut border = [i32::from(whole_row); COLUMNS];
    if left == 0 {
        border[HALO] = 1;
    }
    let last = width - 1 + HALO - left;
    if last < COLUMNS {
        border[last] = 1;
    }
    border
}

/// All bits for every pixel of the middle row that has more than two neighbours of its colour, counting the border as one.
#[inline(always)]
fn flat(rows: &[Keys], border: &Keys) -> Keys {
    let [above, own, below] = [&rows[0], &rows[1], &rows[2]];
    let mut flat = [0; COLUMNS];
    for x in 1..COLUMNS - 1 {
        let centre = own[x];
        let around =
            [above[x - 1], own[x - 1], below[x - 1], above[x], below[x], above[x + 1], own[x + 1], below[x + 1]];
        let mut equal = border[x];
        for neighbour in around {
            equal += i32::from(neighbour == centre);
        }
        flat[x] = -i32::from(equal > 2);
    }
    flat
}

/// The kernel behind `level::slopes`. None of the `asked` pixels may lie on the picture's border.
#[inline(always)]
pub(super) fn row(tile: &Tile, row: usize, asked: u64) -> u64 {
    let flat = tile.flat[row..].first_chunk().expect(IN_TILE);
    let mut smooth = [0; 64];
    for keys in &tile.keys {
        smoothed(keys[row + 1..].first_chunk().expect(IN_TILE), flat, &mut smooth);
    }
    marks(&smooth.map(|lane| lane as u8)) & asked
}

/// Sets all bits of the pixels that are smoothed edges in the picture of these keys.
#[inline(always)]
fn smoothed(keys: &[Keys; 3], flat: &[Keys; 3], smooth: &mut [i32; 64]) {
    for (i, smooth) in smooth.iter_mut().enumerate() {
        let x = i + HALO;
        let centre = keys[1][x];
        let mut walk = Walk { centre, equal: 0, darkest: centre, brightest: centre, dark_flat: 0, bright_flat: 0 };
        walk.step(keys[0][x - 1], flat[0][x - 1]);
        walk.step(keys[1][x - 1], flat[1][x - 1]);
        walk.step(keys[2][x - 1], flat[2][x - 1]);
        walk.step(keys[0][x], flat[0][x]);
        walk.step(keys[2][x], flat[2][x]);
        walk.step(keys[0][x + 1], flat[0][x + 1]);
        walk.step(keys[1][x + 1], flat[1][x + 1]);
        walk.step(keys[2][x + 1], flat[2][x + 1]);
        let slope = (walk.equal <= 2) & (walk.darkest < centre) & (walk.brightest > centre);
        *smooth |= -i32::from(slope) & (walk.dark_flat | walk.bright_flat);
    }
}

/// The walk around a pixel.
struct Walk {
    centre: i32,
    equal: i32,
    darkest: i32,
    brightest: i32,
    dark_flat: i32,
    bright_flat: i32,
}

impl Walk {
    /// Takes the next neighbour in. Of equally dark or bright ones the first counts.
    #[inline(always)]
    fn step(&mut self, key: i32, flat: i32) {
        self.equal += i32::from(key == self.centre);
        self.dark_flat = if key < self.darkest { flat } else { self.dark_flat };
        self.darkest = self.darkest.min(key);
        self.bright_flat = if key > self.brightest { flat } else { self.bright_flat };
        self.brightest = self.brightest.max(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_for_any_two_colours_and_keep_the_order_of_brightness() {
        let sum = |r: i64, g: i64, b: i64| 29_889_531 * r + 58_662_247 * g + 11_448_223 * b;
        let mut least = i64::MAX;
        for red in -255..=255 {
            for green in -255..=255 {
                let rest = sum(red, green, 0);
                let near = (-rest / 11_448_223).clamp(-255, 255);
                for blue in (near - 1).max(-255)..=(near + 1).min(255) {
                    if (red, green, blue) != (0, 0, 0) {
                        least = least.min(sum(red, green, blue).abs());
                    }
                }
            }
        }
        assert_eq!(least, 229, "more than 128, so a 128th still differs");
        for pixel in (0..1 << 24).step_by(97) {
            let [r, g, b, _] = u32::to_le_bytes(pixel).map(i64::from);
            assert_eq!(i64::from(key(pixel)), sum(r, g, b) >> 7);
        }
    }
}
