//! Finds areas that changed by less than the threshold: another shade of a button, a chart drawn too pale.
//!
//! The count of differing pixels knows nothing of them, and a lower threshold would count every letter that a browser
//! draws a hundredth of a pixel further on. What tells a change from such noise is not how much a pixel differs but that
//! many together differ the same way: where ink moves, one side of a stroke gets as much darker as the other gets lighter;
//! where a colour changes, all of it changes alike.
//!
//! 1. A pixel is faint when it would differ at [`FAINT_THRESHOLD`] and does not at the threshold of the comparison.
//!    On that scale a level of grey is 0.0038, and 2.55 levels are one step of CIE lightness, about the least that an
//!    eye sees between two large areas; rounding moves a channel by one level or two.
//! 2. The picture is divided into cells of 16×16 pixels. A cell counts when [`CELL_PIXELS`] of its pixels are faint and
//!    no smoothed edges, and when of all that its faint pixels differ by, channel by channel, at least [`ALIKE`] points the
//!    same way. Of a recoloured area or line of text all does. Of 16 pixels that rise and fall by chance, four in a
//!    thousand do, and a region needs several such cells side by side.
//! 3. The faint pixels of such cells make regions as differing ones do. Those of [`FAINT_PIXELS`] or more are told.
//!
//! So an area of 10×10 is always told, wherever it lies in the cells; smaller ones are where they lie well.

use harness_model::{Rect, Region};

use crate::{
    engine::Engine,
    mask::{Mask, bits},
    regions,
    rows::{Source, Unreadable},
};

/// At this threshold a pixel must differ to be faint.
pub const FAINT_THRESHOLD: f64 = 0.01;
/// A faint region has at least so many pixels: those of an area of 8×8.
pub const FAINT_PIXELS: u64 = 64;
/// Side of a cell. A word of a mask has four.
const CELL: usize = 16;
/// A cell has at least so many faint pixels: a line across it, or a quarter of an area of 8×8.
const CELL_PIXELS: u32 = 16;
/// Two thirds, as numerator and denominator.
const ALIKE: (i32, i32) = (2, 3);

/// Faint pixels, as the scan found them: smoothed edges are still among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Faint {
    pub(crate) mask: Mask,
    cells: Vec<Cell>,
    cells_per_row: usize,
}

/// What the faint pixels of a cell differ by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The sums of each channel's differences.
    pub(crate) sums: [i32; 3],
    /// The sum of what all channels differ by, up or down.
    pub(crate) all: i32,
}

impl Cell {
    /// Whether most of it points the same way.
    fn is_alike(&self) -> bool {
        let one_way: i32 = self.sums.iter().map(|sum| sum.abs()).sum();
        self.all > 0 && one_way * ALIKE.1 >= self.all * ALIKE.0
    }
}

impl Faint {
    pub(crate) fn nothing(width: usize, height: usize) -> Self {
        let cells_per_row = width.div_ceil(CELL);
        let cells = vec![Cell::default(); cells_per_row * height.div_ceil(CELL)];
        Self { mask: Mask::new(width, height), cells, cells_per_row }
    }

    /// The pixels of a row and the cells that it runs through.
    pub(crate) fn row_mut(&mut self, y: usize) -> (&mut [u64], &mut [Cell]) {
        let first = y / CELL * self.cells_per_row;
        (self.mask.row_mut(y), &mut self.cells[first..first + self.cells_per_row])
    }

    /// The areas that changed faintly, and their pixels; nothing when there is none.
    pub(crate) fn areas(
        mut self,
        expected: &mut Source,
        actual: &mut Source,
        engine: &mut Engine,
        ignored: &[Rect],
    ) -> Result<Option<(Mask, Vec<Region>)>, Unreadable> {
        for area in ignored {
            self.mask.clear(*area);
        }
        if !self.keep_alike() {
            return Ok(None);
        }
        if engine.antialiasing {
            let (was, is) = (expected.to_picture()?, actual.to_picture()?);
            engine.leave_out_smoothed(&was.grid(), &is.grid(), &mut self.mask);
            (*expected, *actual) = (Source::Picture(was), Source::Picture(is));
            if !self.keep_alike() {
                return Ok(None);
            }
        }
        let mut regions = regions::of(&self.mask);
        regions.retain(|region| region.pixels >= FAINT_PIXELS);
        regions.iter_mut().for_each(|region| region.faint = true);
        Ok((!regions.is_empty()).then_some((self.mask, regions)))
    }

    /// Takes the pixels of all cells out that do not count; whether any is left.
    fn keep_alike(&mut self) -> bool {
        let mut any = false;
        for row in 0..self.mask.height().div_ceil(CELL) {
            let rows = row * CELL..((row + 1) * CELL).min(self.mask.height());
            let cells = &self.cells[row * self.cells_per_row..][..self.cells_per_row];
            for (word, cells) in cells.chunks(64 / CELL).enumerate() {
                let mut kept = 0;
                for (at, _) in cells.iter().enumerate().filter(|(_, cell)| cell.is_alike()) {
                    let part = (u64::MAX >> (64 - CELL)) << (at * CELL);
                    let pixels: u32 = rows.clone().map(|y| (self.mask.row(y)[word] & part).count_ones()).sum();
                    kept |= if pixels >= CELL_PIXELS { part } else { 0 };
                }
                any |= kept != 0;
                rows.clone().for_each(|y| self.mask.row_mut(y)[word] &= kept);
            }
        }
        any
    }
}

impl Cell {
    /// Adds those of sixteen pixels that are faint.
    #[inline(always)]
    pub(crate) fn add(&mut self, channels: &[[i32; CELL]; 3], faint: u64) {
        let mut lanes = [0; CELL];
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane = -((faint >> i & 1) as i32);
        }
        for (sum, channel) in self.sums.iter_mut().zip(channels) {
            for (difference, lane) in channel.iter().zip(&lanes) {
                *sum += difference & lane;
                self.all += difference.abs() & lane;
            }
        }
    }

    /// As [`Cell::add`], one by one.
    pub(crate) fn add_each(&mut self, faint: u64, difference: impl Fn(usize) -> [i32; 3]) {
        for at in bits(faint) {
            for (sum, by) in self.sums.iter_mut().zip(difference(at)) {
                *sum += by;
                self.all += by.abs();
            }
        }
    }
}
