//! Which row of one picture is which row of another, by their keys.
//!
//! Rows that occur once in each picture are sure to belong together; the longest series of them that rises in both is
//! the frame, and what lies between two of its rows is laid out in the same way. Where no such row is left, as in a list of
//! equal items, there are two ways: as many rows as both have upon each other, from above, or the longest series of equal
//! rows. The second is taken where it explains clearly more: rows that are alike lie upon each other by accident, too.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A part is asked for its longest series of equal rows when it has at most so many pairs of rows: what that costs grows with
/// them at worst.
const PAIRS_MAX: usize = 1 << 22;

/// A place at which rows are put in or taken out explains something when it makes at least so many more rows equal.
const PLACE_ROWS: usize = 8;

/// How deep parts are laid out within parts. Pages need two or three; what goes deeper was made to.
const DEPTH: u32 = 12;

/// Rows of two pictures that lie upon each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) expected: usize,
    pub(crate) actual: usize,
    pub(crate) rows: usize,
}

/// Lays the rows of two pictures upon each other: runs that rise in both. What is in no run, only one picture has.
pub(crate) fn lay(expected: &[u64], actual: &[u64]) -> Vec<Run> {
    let mut layout = Layout { expected, actual, runs: Vec::new() };
    layout.part(0..expected.len(), 0..actual.len(), DEPTH);
    layout.runs
}

struct Layout<'a> {
    expected: &'a [u64],
    actual: &'a [u64],
    runs: Vec<Run>,
}

impl Layout<'_> {
    fn part(&mut self, mut was: Range<usize>, mut is: Range<usize>, depth: u32) {
        let (a, b) = (&self.expected[was.clone()], &self.actual[is.clone()]);
        let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
        self.push(was.start, is.start, head);
        (was, is) = (was.start + head..was.end - tail, is.start + head..is.end - tail);
        self.middle(was.clone(), is.clone(), depth);
        self.push(was.end, is.end, tail);
    }

    /// What neither begins nor ends with equal rows.
    fn middle(&mut self, was: Range<usize>, is: Range<usize>, depth: u32) {
        let sure = if depth == 0 || was.is_empty() || is.is_empty() {
            Vec::new()
        } else {
            rising(&only_once(&self.expected[was.clone()], &self.actual[is.clone()]))
        };
        if sure.is_empty() {
            return self.alike(was, is);
        }
        let (mut above_was, mut above_is) = (was.start, is.start);
        for (row_was, row_is) in sure.into_iter().map(|(a, b)| (was.start + a, is.start + b)) {
            self.part(above_was..row_was, above_is..row_is, depth - 1);
            self.push(row_was, row_is, 1);
            (above_was, above_is) = (row_was + 1, row_is + 1);
        }
        self.part(above_was..was.end, above_is..is.end, depth - 1);
    }

    /// Rows of which none occurs only once.
    fn alike(&mut self, was: Range<usize>, is: Range<usize>) {
        let (a, b) = (&self.expected[was.clone()], &self.actual[is.clone()]);
        let common = a.len().min(b.len());
        let in_place = a.iter().zip(b).filter(|(a, b)| a == b).count();
        let series = if a.len() * b.len() <= PAIRS_MAX { longest(a, b) } else { Vec::new() };
        let explained: usize = series.iter().map(|run| run.rows).sum();
        if explained < in_place + PLACE_ROWS * series.len() {
            self.push(was.start, is.start, common);
            return;
        }
        let (mut own, mut other) = (was.start, is.start);
        let end = Run { expected: a.len(), actual: b.len(), rows: 0 };
        for run in series.into_iter().chain([end]) {
            let (to_own, to_other) = (was.start + run.expected, is.start + run.actual);
            self.push(own, other, (to_own - own).min(to_other - other));
            self.push(to_own, to_other, run.rows);
            (own, other) = (to_own + run.rows, to_other + run.rows);
        }
    }

    fn push(&mut self, expected: usize, actual: usize, rows: usize) {
        match self.runs.last_mut() {
            _ if rows == 0 => {}
            Some(run) if run.expected + run.rows == expected && run.actual + run.rows == actual => run.rows += rows,
            _ => self.runs.push(Run { expected, actual, rows }),
        }
    }
}

/// The longest series of equal rows, as runs.
fn longest(a: &[u64], b: &[u64]) -> Vec<Run> {
    let ops = capture_diff_slices(Algorithm::Myers, a, b).into_iter();
    ops.filter_map(|op| match op {
        DiffOp::Equal { old_index: expected, new_index: actual, len: rows } => Some(Run { expected, actual, rows }),
        _ => None,
    })
    .collect()
}

/// The keys that occur once in each, as their places, ascending in the first.
pub(crate) fn only_once(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let sorted = |keys: &[u64]| {
        let mut keyed: Vec<(u64, usize)> = keys.iter().copied().zip(0..).collect();
        keyed.sort_unstable();
        let alone = |at: usize| {
            let same = |other: Option<&(u64, usize)>| other.is_some_and(|(key, _)| *key == keyed[at].0);
            !same(keyed.get(at + 1)) && !same(at.checked_sub(1).and_then(|before| keyed.get(before)))
        };
        (0..keyed.len()).filter(|&at| alone(at)).map(|at| keyed[at]).collect::<Vec<_>>()
    };
    let (a, b) = (sorted(a), sorted(b));
    let mut pairs = Vec::new();
    let mut others = b.iter().peekable();
    for (key, place) in a {
        while others.next_if(|(other, _)| *other < key).is_some() {}
        if let Some((_, other)) = others.next_if(|(other, _)| *other == key) {
            pairs.push((place, *other));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The longest series of pairs that rises in both places.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The pair that ends the best series of each length, and for every pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; pairs.len()];
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < pair.1);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        ends.truncate(length.max(ends.len()));
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    let mut series: Vec<_> =
        std::iter::successors(ends.last().copied(), |&at| before[at]).map(|at| pairs[at]).collect();
    series.reverse();
    series
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn laid(expected: &str, actual: &str) -> Vec<(usize, usize, usize)> {
        let keys = |text: &str| text.bytes().map(u64::from).collect::<Vec<_>>();
        lay(&keys(expected), &keys(actual)).iter().map(|run| (run.expected, run.actual, run.rows)).collect()
    }

    #[test]
    fn rows_lie_where_they_belong() {
        for (expected, actual, runs) in [
            ("", "", vec![]),
            ("abc", "", vec![]),
            ("abc", "abc", vec![(0, 0, 3)]),
            ("abc", "axbc", vec![(0, 0, 1), (1, 2, 2)]),
            ("axbc", "abc", vec![(0, 0, 1), (2, 1, 2)]),
            ("abc", "xyz", vec![(0, 0, 3)]),
            ("a..b..c", "a..x..b..c", vec![(0, 0, 3), (3, 6, 4)]),
            // A row of a list is inserted: the rows between items are all alike.
            ("-.-.-.-", "-.-.-.-.-", vec![(0, 0, 7)]),
            // Few rows are put in at two places among rows that are alike: place by place is as good.
            ("x--yy--x", "x-x-yyy-xx", vec![(0, 0, 7), (7, 9, 1)]),
            // Changed rows stay upon each other although what is above them grew.
            ("abcdXYf", "abnncdZWf", vec![(0, 0, 2), (2, 4, 5)]),
            // What moved up is one removed and one inserted block.
            ("abcmde", "mabcde", vec![(0, 1, 3), (4, 4, 2)]),
        ] {
            assert_eq!(laid(expected, actual), runs, "{expected} {actual}");
        }
    }

    /// A list of equal items, to which a heading is added in front of the third and the last two are taken away.
    #[test]
    fn a_list_of_equal_items_is_laid_out_by_its_longest_series() {
        let item = "-aabbaa..";
        let heading = "hh==hh==";
        let (was, is) = (
            format!("{}{}=", item.repeat(9), "hh".repeat(2)),
            format!("{}{heading}{}={}", item.repeat(2), item.repeat(5), "hh".repeat(2)),
        );
        let laid = laid(&was, &is);
        let equal = laid.iter().flat_map(|&(a, b, rows)| (0..rows).map(move |row| (a + row, b + row)));
        let equal = equal.filter(|&(a, b)| was.as_bytes()[a] == is.as_bytes()[b]).count();
        assert!(equal >= 7 * item.len(), "{equal} {laid:?}");
        assert!(laid.len() <= 4, "{laid:?}");
    }

    proptest! {
        /// Two blocks put into a list of equal items are found, wherever they lie.
        #[test]
        fn blocks_put_among_equal_items_are_found(
            items in 6usize..30, first in 1usize..3, second in 3usize..5, rows in proptest::collection::vec(20u64..26, 12..40),
        ) {
            let item = [1u64, 2, 2, 3, 3, 3, 2, 1, 9, 9, 9, 9];
            let a = item.repeat(items);
            let mut b = a.clone();
            for place in [second, first] {
                let block = [&[7, 7], &rows[..], &rows[..], &[7, 7]].concat();
                b.splice(place * item.len()..place * item.len(), block);
            }
            let runs = lay(&a, &b);
            let equal = runs.iter().flat_map(|run| (0..run.rows).map(|row| (run.expected + row, run.actual + row)));
            prop_assert_eq!(equal.filter(|&(x, y)| a[x] == b[y]).count(), a.len(), "{:?}", runs);
            prop_assert!(runs.len() <= 5, "{:?}", runs);
        }

        /// Whatever the rows: runs rise, stay inside and do not overlap.
        #[test]
        fn runs_rise(a in proptest::collection::vec(0u64..12, 0..80), b in proptest::collection::vec(0u64..12, 0..80)) {
            let (mut was, mut is) = (0, 0);
            for run in lay(&a, &b) {
                prop_assert!(run.rows > 0 && run.expected >= was && run.actual >= is, "{:?}", run);
                (was, is) = (run.expected + run.rows, run.actual + run.rows);
            }
            prop_assert!(was <= a.len() && is <= b.len());
        }

        /// A block put into rows that are all unlike is found, and nothing else.
        #[test]
        fn a_block_put_in_is_found(rows in 1usize..200, place in 0usize..200, block in 1usize..50) {
            let place = place.min(rows);
            let a: Vec<u64> = (0..rows as u64).collect();
            let mut b = a.clone();
            b.splice(place..place, (0..block as u64).map(|row| 1000 + row));
            let above = Run { expected: 0, actual: 0, rows: place };
            let below = Run { expected: place, actual: place + block, rows: rows - place };
            let expected: Vec<Run> = [above, below].into_iter().filter(|run| run.rows > 0).collect();
            prop_assert_eq!(lay(&a, &b), expected);
        }
    }
}
