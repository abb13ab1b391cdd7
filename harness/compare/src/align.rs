//! Takes rows that only one picture has out of a difference, so that only what really changed stays red.
//!
//! One line more at the top of a page moves all that is below, and place by place everything differs. The numbers of a
//! comparison stay as they are; an [`Alignment`] is told beside them where it explains most of them.

use std::ops::Range;

use harness_model::{Alignment, Rect, RowBlock, RowChange};

use crate::{
    Picture, Side,
    engine::{Engine, Found},
    grid::Grid,
    mask::Mask,
    row_keys::{self, Samples},
    row_match::{self, Run},
};

/// Of pictures of one size, at least so many rows must be found at another place for a closer look.
const MOVED_ROWS: usize = 3;

/// More blocks than these explain nothing to anybody.
const BLOCKS_MAX: usize = 24;

/// What differs when rows that only one picture has are taken out, in the rows of the higher picture.
#[derive(Debug, Clone)]
pub(crate) struct Aligned {
    /// The higher picture; the new one where both are equally high.
    pub(crate) frame: Side,
    pub(crate) differing: Mask,
    pub(crate) excused: Mask,
    /// Rows that only the higher picture has.
    pub(crate) alone: Vec<Range<usize>>,
    /// Rows of the higher picture above which the other one has rows of its own.
    pub(crate) seams: Vec<usize>,
}

/// Whether rows of pictures of one size were seen at another place than before. Of a row that lies where it lay no pixel
/// differs, so the others are enough to ask.
pub(crate) fn is_likely(samples: &Samples, differing: &Mask) -> bool {
    let asked = |of: &[u64]| {
        let rows = samples.rows.iter().zip(of).filter(|(row, _)| differing.has_row(**row));
        rows.map(|(_, sample)| *sample).collect::<Vec<_>>()
    };
    let pairs = row_match::only_once(&asked(&samples.expected), &asked(&samples.actual));
    pairs.iter().filter(|(was, is)| was != is).count() >= MOVED_ROWS
}

/// Samples of the rows of two pictures of one size in which pixels differ.
pub(crate) fn samples(expected: &Grid<'_>, actual: &Grid<'_>, differing: &Mask) -> Samples {
    let sample = |grid: &Grid<'_>, y| {
        let row = grid.row(y);
        row_keys::sample(row.len(), |left, into| into.copy_from_slice(&row[left..left + into.len()]))
    };
    let mut samples = Samples::default();
    for y in (0..differing.height()).filter(|&y| differing.has_row(y)) {
        samples.push(y, sample(expected, y), sample(actual, y));
    }
    samples
}

/// Compares pictures of one width row by row. Nothing where that explains no more than comparing them place by place,
/// by which `in_place` pixels differ in the part that both have.
pub(crate) fn align(
    expected: &Picture,
    actual: &Picture,
    in_place: u64,
    ignored: &[Rect],
    engine: &mut Engine,
) -> Option<(Alignment, Aligned)> {
    let (was, is) = (expected.grid(), actual.grid());
    let keys = |grid: &Grid<'_>| (0..grid.height).map(|y| row_keys::key(grid.row(y))).collect::<Vec<_>>();
    let (keys_was, keys_is) = (keys(&was), keys(&is));
    let runs = row_match::lay(&keys_was, &keys_is);
    let blocks = blocks(&runs, was.height, is.height);
    if blocks.is_empty() || blocks.len() > BLOCKS_MAX {
        return None;
    }
    let same =
        |run: &Run| (0..run.rows).filter(|row| keys_was[run.expected + row] == keys_is[run.actual + row]).count();
    if runs.iter().map(same).sum::<usize>() * 2 < was.height.min(is.height) {
        return None;
    }
    let aligned = compare(&was, &is, &runs, ignored, engine);
    let diff_pixels = aligned.differing.count();
    let explains = if was.height == is.height { diff_pixels * 2 <= in_place } else { diff_pixels <= in_place };
    explains.then_some((Alignment { blocks, diff_pixels }, aligned))
}

/// The rows between the runs.
fn blocks(runs: &[Run], height_was: usize, height_is: usize) -> Vec<RowBlock> {
    let mut blocks = Vec::new();
    let (mut was, mut is) = (0, 0);
    let end = Run { expected: height_was, actual: height_is, rows: 0 };
    for run in runs.iter().chain([&end]) {
        let mut tell = |change, from: usize, to: usize| {
            if to > from {
                blocks.push(RowBlock { change, y: from as u32, rows: (to - from) as u32 });
            }
        };
        tell(RowChange::Removed, was, run.expected);
        tell(RowChange::Inserted, is, run.actual);
        (was, is) = (run.expected + run.rows, run.actual + run.rows);
    }
    blocks
}

fn compare(was: &Grid<'_>, is: &Grid<'_>, runs: &[Run], ignored: &[Rect], engine: &mut Engine) -> Aligned {
    let frame = if is.height >= was.height { Side::Actual } else { Side::Expected };
    let height = is.height.max(was.height);
    let mut aligned = Aligned {
        frame,
        differing: Mask::new(is.width, height),
        excused: Mask::new(is.width, height),
        alone: Vec::new(),
        seams: Vec::new(),
    };
    let (mut own, mut other) = (0, 0);
    for run in runs {
        let (own_row, other_row) = match frame {
            Side::Actual => (run.actual, run.expected),
            Side::Expected => (run.expected, run.actual),
        };
        aligned.between(own..own_row, other..other_row);
        (own, other) = (own_row + run.rows, other_row + run.rows);
        let (part_was, part_is) = (was.rows(run.expected, run.rows), is.rows(run.actual, run.rows));
        let Some(mut found) = engine.find(&part_was, &part_is) else { continue };
        for area in ignored {
            for row in [run.expected, run.actual] {
                found.leave_out(*area, row);
            }
        }
        for row in 0..run.rows {
            aligned.differing.row_mut(own_row + row).copy_from_slice(found.differing.row(row));
            aligned.excused.row_mut(own_row + row).copy_from_slice(found.excused.row(row));
        }
    }
    let other_height = is.height.min(was.height);
    aligned.between(own..height, other..other_height);
    aligned
}

impl Aligned {
    fn between(&mut self, own: Range<usize>, other: Range<usize>) {
        if !other.is_empty() {
            self.seams.push(own.start);
        }
        if !own.is_empty() {
            self.alone.push(own);
        }
    }
}

impl Found {
    /// Takes a box out, of which the rows are counted from `top` above.
    fn leave_out(&mut self, area: Rect, top: usize) {
        let below = |y: u32| y.saturating_sub(top as u32);
        let (from, to) = (below(area.y), below(area.y.saturating_add(area.h)));
        let area = Rect { y: from, h: to - from, ..area };
        self.differing.clear(area);
        self.excused.clear(area);
    }
}
