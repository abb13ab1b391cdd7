//! Finds the pixels that differ, and those of them that anti-aliasing excuses.
//!
//! Rows that are equal are passed over; of the others, 64 pixels at a time are measured (`scan`), and what lies beyond
//! the limit is asked whether it is a smoothed edge (`slopes`): together where many lie close, one by one by the rule
//! itself (`antialias`) where few do, on the border, and where a picture is see-through. All ways agree to the bit.

mod level;
mod scan;
mod slopes;

use std::ops::Range;

pub(crate) use level::Level;

use crate::{
    antialias,
    faint::{FAINT_THRESHOLD, Faint},
    grid::Grid,
    mask::{Mask, bits},
    options::limit_at,
};
use scan::{Limit, RowFound};
use slopes::Tile;

/// Rows that are judged together.
pub(crate) const BAND: usize = 32;

/// Rows above and below a pixel on which the judgement of it hangs.
pub(crate) const HALO: usize = 2;

/// In a tile with fewer pixels beyond the limit than this, asking one by one is quicker.
const FEW: u32 = 6;

/// What a comparison of two grids of one size found. No pixel is in two of the sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Pixels that differ.
    pub(crate) differing: Mask,
    /// Pixels beyond the threshold that are smoothed edges.
    pub(crate) excused: Mask,
    /// Pixels within the threshold that differ visibly.
    pub(crate) faint: Faint,
}

impl Found {
    pub(crate) fn nothing(width: usize, height: usize) -> Self {
        Self {
            differing: Mask::new(width, height),
            excused: Mask::new(width, height),
            faint: Faint::nothing(width, height),
        }
    }
}

/// Compares grids of one size, the whole or by bands of rows.
pub(crate) struct Engine {
    level: Level,
    limit: Limit,
    pub(crate) antialiasing: bool,
    tile: Box<Tile>,
}

impl Engine {
    pub(crate) fn new(limit: f64, antialiasing: bool) -> Self {
        Self::at(Level::best(), limit, antialiasing)
    }

    fn at(level: Level, limit: f64, antialiasing: bool) -> Self {
        Self { level, limit: Limit::new(limit, limit_at(FAINT_THRESHOLD)), antialiasing, tile: Box::default() }
    }

    /// Compares whole grids; nothing when all of their pixels are equal.
    pub(crate) fn find(&mut self, a: &Grid<'_>, b: &Grid<'_>) -> Option<Found> {
        let mut top = (0..a.height).find(|&y| a.row(y) != b.row(y))?;
        let mut found = Found::nothing(a.width, a.height);
        while top < a.height {
            let bottom = (top + BAND).min(a.height);
            self.find_band(a, b, top..bottom, &mut found);
            top = bottom;
        }
        Some(found)
    }

    /// Compares at most [`BAND`] rows. The grids must hold [`HALO`] rows more on either side, as far as the picture has
    /// them.
    pub(crate) fn find_band(&mut self, a: &Grid<'_>, b: &Grid<'_>, rows: Range<usize>, found: &mut Found) {
        debug_assert!(rows.len() <= BAND && a.width == b.width && a.height == b.height);
        let mut any = false;
        for y in rows.clone() {
            let (row_a, row_b) = (a.row(y), b.row(y));
            if row_a != row_b {
                let over = found.differing.row_mut(y);
                let (faint, cells) = found.faint.row_mut(y);
                let row = RowFound { over, faint, cells };
                level::scan_row(self.level, row_a, row_b, y * a.width, &self.limit, row);
                any |= over.iter().any(|&word| word != 0);
            }
        }
        if any && self.antialiasing {
            for word in 0..a.width.div_ceil(64) {
                self.excuse(a, b, rows.clone(), word, found);
            }
        }
    }

    /// Moves the smoothed edges among the 64 columns of a word from the differing to the excused pixels.
    fn excuse(&mut self, a: &Grid<'_>, b: &Grid<'_>, rows: Range<usize>, word: usize, found: &mut Found) {
        let Some(smoothed) = self.smoothed(a, b, rows.clone(), word, &found.differing) else { return };
        for (smoothed, y) in smoothed.into_iter().zip(rows) {
            found.differing.row_mut(y)[word] &= !smoothed;
            found.excused.row_mut(y)[word] = smoothed;
        }
    }

    /// Takes the smoothed edges out of a set of pixels.
    pub(crate) fn leave_out_smoothed(&mut self, a: &Grid<'_>, b: &Grid<'_>, mask: &mut Mask) {
        for top in (0..a.height).step_by(BAND) {
            let rows = top..(top + BAND).min(a.height);
            for word in 0..a.width.div_ceil(64) {
                let Some(smoothed) = self.smoothed(a, b, rows.clone(), word, mask) else { continue };
                for (smoothed, y) in smoothed.into_iter().zip(rows.clone()) {
                    mask.row_mut(y)[word] &= !smoothed;
                }
            }
        }
    }

    /// Which of the pixels in a set are smoothed edges, for the 64 columns of a word; nothing when the set has none there.
    fn smoothed(
        &mut self,
        a: &Grid<'_>,
        b: &Grid<'_>,
        rows: Range<usize>,
        word: usize,
        of: &Mask,
    ) -> Option<[u64; BAND]> {
        let (mut over, mut count) = ([0; BAND], 0);
        for (hits, y) in over.iter_mut().zip(rows.clone()) {
            *hits = of.row(y)[word];
            count += hits.count_ones();
        }
        let over = &over[..rows.len()];
        let first = over.iter().position(|&hits| hits != 0)?;
        let last = over.iter().rposition(|&hits| hits != 0).unwrap_or(first);
        let mut smoothed = [0; BAND];
        let filled = rows.start + first..rows.start + last + 1;
        let together = count >= FEW && level::fill(self.level, &mut self.tile, a, b, word * 64, filled);
        for index in first..=last {
            let y = rows.start + index;
            let inner = if together { over[index] & a.inner_columns(word, y) } else { 0 };
            if inner != 0 {
                smoothed[index] = level::slopes(self.level, &self.tile, index - first, inner);
            }
            for bit in bits(over[index] & !inner) {
                smoothed[index] |= u64::from(antialias::excused(a, b, word * 64 + bit, y)) << bit;
            }
        }
        Some(smoothed)
    }
}

#[cfg(test)]
mod tests;
