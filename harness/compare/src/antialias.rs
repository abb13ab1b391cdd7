//! Whether a pixel is a smoothed edge: the pixel by pixel form, which is the rule itself.

use crate::{delta::brightness_delta, grid::Grid};

/// With more than this many equal neighbours a pixel belongs to a flat area.
const FLAT: usize = 2;

/// Whether the difference at a pixel comes from an edge that one of the pictures smooths.
pub(crate) fn excused(a: &Grid<'_>, b: &Grid<'_>, x: usize, y: usize) -> bool {
    smoothed(a, b, x, y) || smoothed(b, a, x, y)
}

/// Whether the pixel of `own` lies on a slope of brightness of which one end is flat in both pictures.
fn smoothed(own: &Grid<'_>, other: &Grid<'_>, x: usize, y: usize) -> bool {
    let centre = own.at(x, y);
    let position = y * own.width + x;
    let mut equal = usize::from(own.on_border(x, y));
    let (mut lowest, mut highest) = (0.0, 0.0);
    let (mut lowest_at, mut highest_at) = ((x, y), (x, y));
    for at in own.around(x, y) {
        let delta = brightness_delta(centre, own.at(at.0, at.1), position);
        if delta == 0.0 {
            equal += 1;
        } else if delta < lowest {
            (lowest, lowest_at) = (delta, at);
        } else if delta > highest {
            (highest, highest_at) = (delta, at);
        }
    }
    let flat_in_both = |(x, y)| flat(own, x, y) && flat(other, x, y);
    equal <= FLAT && lowest < 0.0 && highest > 0.0 && (flat_in_both(lowest_at) || flat_in_both(highest_at))
}

/// Whether a pixel has the colour of its surroundings.
fn flat(grid: &Grid<'_>, x: usize, y: usize) -> bool {
    let centre = grid.at(x, y);
    let equal = grid.around(x, y).filter(|&(nx, ny)| grid.at(nx, ny) == centre).count();
    equal + usize::from(grid.on_border(x, y)) > FLAT
}
