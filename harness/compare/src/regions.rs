//! Puts differing pixels that lie close together into one region.

use harness_model::Region;

use crate::mask::Mask;

/// Pixels at most this far apart, across and down, belong together: the letters of a word and the words of a line do,
/// two lines of text do not.
pub const MERGE_DISTANCE: usize = 5;

/// Columns `first..=last` of a row, without a gap wider than the merge distance, and the region they belong to.
#[derive(Clone, Copy)]
struct Run {
    first: usize,
    last: usize,
    region: usize,
}

/// The groups that are being joined.
#[derive(Default)]
struct Groups {
    /// The group that a group was joined to; itself while it stands alone.
    parents: Vec<usize>,
    boxes: Vec<Bounds>,
}

#[derive(Clone, Copy)]
struct Bounds {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    pixels: u64,
}

impl Groups {
    fn add(&mut self, bounds: Bounds) -> usize {
        self.boxes.push(bounds);
        self.parents.push(self.parents.len());
        self.parents.len() - 1
    }

    fn root(&mut self, mut group: usize) -> usize {
        while self.parents[group] != group {
            self.parents[group] = self.parents[self.parents[group]];
            group = self.parents[group];
        }
        group
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (kept, gone) = (a.min(b), a.max(b));
        self.parents[gone] = kept;
        let other = self.boxes[gone];
        let own = &mut self.boxes[kept];
        own.left = own.left.min(other.left);
        own.top = own.top.min(other.top);
        own.right = own.right.max(other.right);
        own.bottom = own.bottom.max(other.bottom);
        own.pixels += other.pixels;
    }

    fn into_regions(self) -> Vec<Region> {
        let alone = self.parents.iter().zip(&self.boxes).enumerate().filter(|(group, (parent, _))| group == *parent);
        let mut regions: Vec<Region> = alone.map(|(_, (_, bounds))| bounds.region()).collect();
        regions.sort_by_key(|r| (std::cmp::Reverse(r.pixels), r.y, r.x));
        regions
    }
}

impl Bounds {
    fn region(&self) -> Region {
        Region {
            x: self.left as u32,
            y: self.top as u32,
            w: (self.right - self.left + 1) as u32,
            h: (self.bottom - self.top + 1) as u32,
            pixels: self.pixels,
            faint: false,
        }
    }
}

/// The regions of a mask, the one with the most pixels first.
pub(crate) fn of(mask: &Mask) -> Vec<Region> {
    let mut groups = Groups::default();
    let mut near: [Vec<Run>; MERGE_DISTANCE + 1] = Default::default();
    for y in 0..mask.height() {
        let slot = y % near.len();
        let mut runs = std::mem::take(&mut near[slot]);
        runs.clear();
        collect_runs(mask, y, &mut groups, &mut runs);
        if !runs.is_empty() {
            for earlier in &near {
                join_touching(&runs, earlier, &mut groups);
            }
        }
        near[slot] = runs;
    }
    groups.into_regions()
}

fn collect_runs(mask: &Mask, y: usize, groups: &mut Groups, runs: &mut Vec<Run>) {
    for x in mask.columns(y) {
        match runs.last_mut() {
            Some(run) if x - run.last <= MERGE_DISTANCE => {
                run.last = x;
                let bounds = &mut groups.boxes[run.region];
                bounds.right = x;
                bounds.pixels += 1;
            }
            _ => {
                let region = groups.add(Bounds { left: x, top: y, right: x, bottom: y, pixels: 1 });
                runs.push(Run { first: x, last: x, region });
            }
        }
    }
}

/// Joins the runs of two rows that come within the merge distance. Both ends of a run are pixels and no gap inside is
/// wider than the distance, so two runs are close where their ranges are.
fn join_touching(runs: &[Run], earlier: &[Run], groups: &mut Groups) {
    let mut from = 0;
    for run in runs {
        while from < earlier.len() && earlier[from].last + MERGE_DISTANCE < run.first {
            from += 1;
        }
        for other in earlier[from..].iter().take_while(|other| other.first <= run.last + MERGE_DISTANCE) {
            groups.join(run.region, other.region);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(picture: &[&str]) -> Vec<(u32, u32, u32, u32, u64)> {
        let mut mask = Mask::new(picture[0].len(), picture.len());
        for (y, row) in picture.iter().enumerate() {
            for (x, _) in row.bytes().enumerate().filter(|&(_, c)| c == b'#') {
                mask.set(x, y);
            }
        }
        of(&mask).iter().map(|r| (r.x, r.y, r.w, r.h, r.pixels)).collect()
    }

    #[test]
    fn near_pixels_join_and_far_ones_do_not() {
        assert_eq!(regions(&["......"]), []);
        assert_eq!(regions(&["#....#......#"]), [(0, 0, 6, 1, 2), (12, 0, 1, 1, 1)]);
        let column = ["#", ".", ".", ".", ".", "#", ".", ".", ".", ".", ".", "#"];
        assert_eq!(regions(&column), [(0, 0, 1, 6, 2), (0, 11, 1, 1, 1)]);
    }

    #[test]
    fn rows_join_across_the_distance_and_no_further() {
        assert_eq!(regions(&["#.....", ".....#"]), [(0, 0, 6, 2, 2)]);
        assert_eq!(regions(&[".....#", "#....."]), [(0, 0, 6, 2, 2)]);
        assert_eq!(regions(&["#......", "......#"]).len(), 2);
        assert_eq!(regions(&["......#", "#......"]).len(), 2);
    }

    #[test]
    fn the_largest_comes_first_then_the_upper_left() {
        let rows = ["#......##.......#", "........#........"];
        assert_eq!(regions(&rows), [(7, 0, 2, 2, 3), (0, 0, 1, 1, 1), (16, 0, 1, 1, 1)]);
    }

    #[test]
    fn a_fork_is_one_region() {
        let mut rows = vec!["#...........#"; 7];
        rows.push("#############");
        assert_eq!(regions(&rows), [(0, 0, 13, 8, 14 + 13)]);
    }
}
