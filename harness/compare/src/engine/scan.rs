//! Which pixels of a row lie beyond the limit: most are ruled out or in without exact arithmetic.
//!
//! Equal pixels are passed over, 64 and then 16 at a time; the others are measured in `f32`. What falls within the error
//! of that, and what is see-through, is measured as the rule says, in `f64`.

use crate::{
    delta::{colour_delta, differences},
    faint::Cell,
};

/// Pixels that are measured together: the width of a cell.
const LANES: usize = 16;

/// The limit in the forms that each step needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    exact: f64,
    /// A distance in `f32` below this one is certainly within.
    within: f32,
    /// A distance in `f32` above this one is certainly beyond.
    beyond: f32,
    /// Above this one a pixel within the limit is faint.
    faint: f32,
}

impl Limit {
    pub(crate) fn new(exact: f64, faint: f64) -> Self {
        // Near the limit the three sums are small, and `f32` errs by some millionths of the limit; this is far more.
        let guard = 0.05 + exact * 1e-4;
        Self { exact, within: (exact - guard) as f32, beyond: (exact + guard) as f32, faint: faint as f32 }
    }

    fn is_beyond(&self, a: u32, b: u32, position: usize) -> bool {
        a != b && colour_delta(a, b, position) > self.exact
    }

    /// Whether a pixel that is not beyond the limit is faint.
    pub(super) fn is_faint(&self, a: u32, b: u32, position: usize) -> bool {
        let opaque = (a & b) >> 24 == 255;
        let distance = if opaque { yiq(channels(a, b)) } else { colour_delta(a, b, position) as f32 };
        distance > self.faint
    }
}

/// What is found in a row.
pub(super) struct RowFound<'a> {
    /// Pixels beyond the limit.
    pub(super) over: &'a mut [u64],
    /// Faint pixels, and the cells that the row runs through.
    pub(super) faint: &'a mut [u64],
    pub(super) cells: &'a mut [Cell],
}

/// The kernel behind `level::scan_row`.
#[inline(always)]
pub(super) fn row(a: &[u32], b: &[u32], position: usize, limit: &Limit, found: RowFound<'_>) {
    let RowFound { over, faint, cells } = found;
    let ((words_a, rest_a), (words_b, rest_b)) = (a.as_chunks::<64>(), b.as_chunks::<64>());
    for (index, (word_a, word_b)) in words_a.iter().zip(words_b).enumerate() {
        if differ(word_a, word_b) {
            let cells = &mut cells[index * (64 / LANES)..];
            (over[index], faint[index]) = word(word_a, word_b, position + index * 64, limit, cells);
        }
    }
    if !rest_a.is_empty() {
        let (mut last_a, mut last_b) = ([0; 64], [0; 64]);
        last_a[..rest_a.len()].copy_from_slice(rest_a);
        last_b[..rest_b.len()].copy_from_slice(rest_b);
        let index = words_a.len();
        let cells = &mut cells[index * (64 / LANES)..];
        (over[index], faint[index]) = word(&last_a, &last_b, position + index * 64, limit, cells);
    }
}

#[inline(always)]
fn differ<const N: usize>(a: &[u32; N], b: &[u32; N]) -> bool {
    a.iter().zip(b).fold(0, |bits, (a, b)| bits | (a ^ b)) != 0
}

#[inline(always)]
fn word(a: &[u32; 64], b: &[u32; 64], position: usize, limit: &Limit, cells: &mut [Cell]) -> (u64, u64) {
    let (mut over, mut faint) = (0, 0);
    let groups = a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0);
    // Of a row's last word only as many groups can differ as there are cells.
    for (index, ((a, b), cell)) in groups.zip(cells).enumerate() {
        if differ(a, b) {
            let (group_over, group_faint) = group(a, b, position + index * LANES, limit, cell);
            over |= group_over << (index * LANES);
            faint |= group_faint << (index * LANES);
        }
    }
    (over, faint)
}

#[inline(always)]
fn group(a: &[u32; LANES], b: &[u32; LANES], position: usize, limit: &Limit, cell: &mut Cell) -> (u64, u64) {
    let clear = a.iter().zip(b).fold(u32::MAX, |all, (a, b)| all & a & b) >> 24 != 255;
    if clear {
        return see_through(a, b, position, limit, cell);
    }
    let (mut beyond, mut unsure, mut faint) = ([0; LANES], [0; LANES], [0; LANES]);
    let mut channels_of = [[0; LANES]; 3];
    for i in 0..LANES {
        let by = channels(a[i], b[i]);
        [channels_of[0][i], channels_of[1][i], channels_of[2][i]] = by;
        let distance = yiq(by);
        beyond[i] = i32::from(distance > limit.beyond);
        unsure[i] = i32::from(distance >= limit.within) & !beyond[i];
        faint[i] = i32::from(distance > limit.faint);
    }
    let unsure = marks(&unsure.map(|lane| lane as u8));
    let beyond = marks(&beyond.map(|lane| lane as u8));
    let over = if unsure == 0 { beyond } else { beyond | exact(a, b, unsure, position, limit) };
    let faint = marks(&faint.map(|lane| lane as u8)) & !over;
    if faint != 0 {
        cell.add(&channels_of, faint);
    }
    (over, faint)
}

/// A group in which some pixel is see-through, one by one.
#[cold]
#[inline(never)]
fn see_through(a: &[u32; LANES], b: &[u32; LANES], position: usize, limit: &Limit, cell: &mut Cell) -> (u64, u64) {
    let over = exact(a, b, u64::MAX >> (64 - LANES), position, limit);
    let is_faint = |at: &usize| over >> at & 1 == 0 && limit.is_faint(a[*at], b[*at], position + at);
    let faint = (0..LANES).filter(is_faint).fold(0, |faint, at| faint | 1 << at);
    cell.add_each(faint, |at| differences(a[at], b[at], position + at).map(|by| by as i32));
    (over, faint)
}

/// What red, green and blue differ by.
#[inline(always)]
fn channels(a: u32, b: u32) -> [i32; 3] {
    [0, 8, 16].map(|shift| (a >> shift & 255) as i32 - (b >> shift & 255) as i32)
}

/// The squared distance of two opaque colours in YIQ, nearly.
#[inline(always)]
fn yiq(channels: [i32; 3]) -> f32 {
    let [red, green, blue] = channels.map(|by| by as f32);
    let y = red * 0.298_895_3 + green * 0.586_622_5 + blue * 0.114_482_23;
    let i = red * 0.595_978 - green * 0.274_176_1 - blue * 0.321_801_9;
    let q = red * 0.211_470_2 - green * 0.522_617_1 + blue * 0.311_146_9;
    0.5053 * y * y + 0.299 * i * i + 0.1957 * q * q
}

/// The lowest bit of each lane, the first lane's lowest. Eight lanes at a time: the product moves bit 0 of byte `i` to bit
/// `56 + i`.
#[inline(always)]
pub(super) fn marks<const N: usize>(lanes: &[u8; N]) -> u64 {
    let mut marks = 0;
    for (index, eight) in lanes.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight) & 0x0101_0101_0101_0101;
        marks |= (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8);
    }
    marks
}

/// Those of the `asked` pixels that lie beyond the limit by the rule itself. Kept out of the loop: it is rarely needed.
#[cold]
#[inline(never)]
fn exact(a: &[u32; LANES], b: &[u32; LANES], asked: u64, position: usize, limit: &Limit) -> u64 {
    let mut over = 0;
    let mut left = asked;
    while left != 0 {
        let bit = left.trailing_zeros() as usize;
        left &= left - 1;
        over |= u64::from(limit.is_beyond(a[bit], b[bit], position + bit)) << bit;
    }
    over
}
