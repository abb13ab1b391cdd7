//! Finds which element of one outline is which of the other.
//!
//! The children of two elements that are the same are laid beside each other, in four passes from certain to likely:
//! equal with all they hold, the same by name or text, the same by test id, id and class, the same by tag. What is
//! left over may have gone elsewhere: there a test id or a text that only one element has still tells.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{DefaultHasher, Hash, Hasher},
};

use harness_model::{Element, Outline};

use super::ids::lasting;

/// Two lists longer than this in product are laid beside each other greedily.
const TABLE_MAX: usize = 1_000_000;

/// Which element became which.
pub(super) struct Pairs {
    /// For each expected element the actual one.
    pub(super) actual_of: Vec<Option<usize>>,
    /// For each actual element the expected one.
    pub(super) expected_of: Vec<Option<usize>>,
}

struct Side<'a> {
    outline: &'a Outline,
    children: Vec<Vec<usize>>,
    /// A hash of each element with all that it holds.
    whole: Vec<u64>,
}

type Key = fn(&Side<'_>, usize) -> Option<u64>;

/// From certain to likely.
const PASSES: [Key; 4] = [
    |side, at| Some(side.whole[at]),
    |side, at| said(&side.outline.elements[at]),
    |side, at| {
        let Element { tag, id, test_id, class, .. } = &side.outline.elements[at];
        Some(hash(&(tag, lasting(id), test_id, class)))
    },
    |side, at| {
        // An element that is known by a name of its own is not another one of the same tag.
        let Element { tag, id, test_id, .. } = &side.outline.elements[at];
        Some(hash(&(tag, lasting(id), test_id)))
    },
];

pub(super) fn of(expected: &Outline, actual: &Outline) -> Pairs {
    let sides = [Side::of(expected), Side::of(actual)];
    let mut pairs =
        Pairs { actual_of: vec![None; expected.elements.len()], expected_of: vec![None; actual.elements.len()] };
    pairs.match_within(&sides, expected.elements.len(), actual.elements.len());
    pairs.match_strays(&sides, |element| (!element.test_id.is_empty()).then(|| hash(&element.test_id)));
    pairs.match_strays(&sides, said);
    pairs
}

impl Pairs {
    /// Matches what two elements hold, all the way down.
    fn match_within(&mut self, sides: &[Side<'_>; 2], expected: usize, actual: usize) {
        let mut open = vec![(expected, actual)];
        while let Some((was, is)) = open.pop() {
            let free = |list: &[usize], taken: &[Option<usize>]| -> Vec<usize> {
                list.iter().copied().filter(|&at| taken[at].is_none()).collect()
            };
            let before = free(&sides[0].children[was], &self.actual_of);
            let after = free(&sides[1].children[is], &self.expected_of);
            let mut found = Vec::new();
            align(sides, &before, &after, &PASSES, &mut found);
            for &(was, is) in &found {
                self.actual_of[was] = Some(is);
                self.expected_of[is] = Some(was);
            }
            open.extend(found);
        }
    }

    /// Matches elements that are left over on both sides and of which the key exists once on each.
    fn match_strays(&mut self, sides: &[Side<'_>; 2], key: fn(&Element) -> Option<u64>) {
        let once = |side: &Side<'_>, taken: &[Option<usize>]| {
            let mut places: HashMap<u64, Option<usize>> = HashMap::new();
            for (at, element) in side.outline.elements.iter().enumerate().filter(|&(at, _)| taken[at].is_none()) {
                if let Some(key) = key(element) {
                    match places.entry(key) {
                        Entry::Vacant(free) => drop(free.insert(Some(at))),
                        Entry::Occupied(mut other) => drop(other.insert(None)),
                    }
                }
            }
            places
        };
        let after = once(&sides[1], &self.expected_of);
        let mut found: Vec<(usize, usize)> = once(&sides[0], &self.actual_of)
            .into_iter()
            .filter_map(|(key, was)| Some((was?, (*after.get(&key)?)?)))
            .collect();
        found.sort_unstable();
        for (was, is) in found {
            if self.actual_of[was].is_none() && self.expected_of[is].is_none() {
                self.actual_of[was] = Some(is);
                self.expected_of[is] = Some(was);
                self.match_within(sides, was, is);
            }
        }
    }
}

impl<'a> Side<'a> {
    fn of(outline: &'a Outline) -> Self {
        let children = outline.children();
        let mut whole = vec![0; outline.elements.len()];
        // Children come after their parent, so theirs are known first.
        for (at, element) in outline.elements.iter().enumerate().rev() {
            let within: Vec<u64> = children[at].iter().map(|&child| whole[child]).collect();
            let Element { tag, id, test_id, class, name, text_hash, source, .. } = element;
            whole[at] = hash(&(tag, lasting(id), test_id, class, name, text_hash, source, within));
        }
        Self { outline, children, whole }
    }
}

/// What an element says of itself, where it says anything.
fn said(element: &Element) -> Option<u64> {
    let Element { tag, id, test_id, name, text_hash, .. } = element;
    (!name.is_empty() || !text_hash.is_empty()).then(|| hash(&(tag, lasting(id), test_id, name, text_hash)))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Lays two lists beside each other by the first key, and what lies between the matches by the keys after it.
fn align(sides: &[Side<'_>; 2], before: &[usize], after: &[usize], passes: &[Key], found: &mut Vec<(usize, usize)>) {
    let Some((key, passes)) = passes.split_first().filter(|_| !before.is_empty() && !after.is_empty()) else {
        return;
    };
    let keys = |side: &Side<'_>, list: &[usize]| -> Vec<Option<u64>> { list.iter().map(|&at| key(side, at)).collect() };
    let matches = longest_common(&keys(&sides[0], before), &keys(&sides[1], after));
    let (mut from_before, mut from_after) = (0, 0);
    for (was, is) in matches {
        align(sides, &before[from_before..was], &after[from_after..is], passes, found);
        found.push((before[was], after[is]));
        (from_before, from_after) = (was + 1, is + 1);
    }
    align(sides, &before[from_before..], &after[from_after..], passes, found);
}

/// The places of a longest common subsequence. Entries without a key match nothing.
fn longest_common(before: &[Option<u64>], after: &[Option<u64>]) -> Vec<(usize, usize)> {
    let same = |a: usize, b: usize| before[a].is_some() && before[a] == after[b];
    let least = before.len().min(after.len());
    let head = (0..least).take_while(|&at| same(at, at)).count();
    let tail = (0..least - head).take_while(|&at| same(before.len() - 1 - at, after.len() - 1 - at)).count();
    let (rows, columns) = (before.len() - head - tail, after.len() - head - tail);

    let mut matches: Vec<_> = (0..head).map(|at| (at, at)).collect();
    if rows * columns > TABLE_MAX {
        let mut next = head;
        for row in head..head + rows {
            if let Some(column) = (next..head + columns).find(|&column| same(row, column)) {
                matches.push((row, column));
                next = column + 1;
            }
        }
    } else if rows * columns > 0 {
        let width = columns + 1;
        // The best length from each place to the end.
        let mut best = vec![0_u32; (rows + 1) * width];
        for row in (0..rows).rev() {
            for column in (0..columns).rev() {
                let down = best[(row + 1) * width + column];
                let right = best[row * width + column + 1];
                let here = if same(head + row, head + column) { best[(row + 1) * width + column + 1] + 1 } else { 0 };
                best[row * width + column] = here.max(down).max(right);
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < rows && column < columns {
            let here = best[row * width + column];
            if same(head + row, head + column) && here == best[(row + 1) * width + column + 1] + 1 {
                matches.push((head + row, head + column));
                (row, column) = (row + 1, column + 1);
            } else if best[(row + 1) * width + column] == here {
                row += 1;
            } else {
                column += 1;
            }
        }
    }
    matches.extend((0..tail).rev().map(|at| (before.len() - 1 - at, after.len() - 1 - at)));
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_common_subsequence_is_found() {
        let check = |before: &str, after: &str, expected: &str| {
            let keys =
                |text: &str| -> Vec<Option<u64>> { text.chars().map(|c| (c != '-').then(|| u64::from(c))).collect() };
            let common: String = longest_common(&keys(before), &keys(after))
                .into_iter()
                .map(|(a, b)| {
                    assert_eq!(before.as_bytes()[a], after.as_bytes()[b]);
                    before.as_bytes()[a] as char
                })
                .collect();
            assert_eq!(common, expected, "{before} and {after}");
        };
        check("abcdef", "abcdef", "abcdef");
        check("abcdef", "abdef", "abdef");
        check("abcdef", "xabcydefz", "abcdef");
        check("aXbYc", "aZbc", "abc");
        check("aaaa", "aa", "aa");
        check("a-b", "a-b", "ab");
        check("abc", "", "");
        check("abc", "xyz", "");
    }

    #[test]
    fn long_lists_are_still_matched_in_order() {
        let before: Vec<_> = (0..3000).map(Some).collect();
        let after: Vec<_> = (0..3000).rev().flat_map(|n| [Some(n + 10_000), Some(2999 - n)]).collect();
        let matches = longest_common(&before, &after);
        assert_eq!(matches.len(), 3000);
        assert!(matches.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
    }
}
