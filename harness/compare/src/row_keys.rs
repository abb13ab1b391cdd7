//! Numbers that stand for rows: equal rows have equal ones, and other rows another one but for an accident in 2^64.

/// Pixels that are folded together.
const LANES: usize = 16;

/// Of so many pixels in a row, a sample takes the first [`LANES`].
const SAMPLED: usize = 4 * LANES;

const START: [u64; LANES / 2] = [0x9e37_79b9_7f4a_7c15; LANES / 2];

/// The key of a whole row.
pub(crate) fn key(row: &[u32]) -> u64 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut lanes = START;
    for chunk in chunks {
        fold(&mut lanes, chunk);
    }
    fold_rest(&mut lanes, rest);
    joined(&lanes)
}

/// The key of a quarter of a row: unlike keys mean unlike rows, like ones nothing. `pixels` copies pixels from a column on.
pub(crate) fn sample(width: usize, pixels: impl Fn(usize, &mut [u32])) -> u64 {
    let mut lanes = START;
    for left in (0..width).step_by(SAMPLED) {
        let mut chunk = [0; LANES];
        let inside = LANES.min(width - left);
        pixels(left, &mut chunk[..inside]);
        fold(&mut lanes, &chunk);
    }
    joined(&lanes)
}

/// Samples of the rows that are not the same in two pictures, from above to below.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) rows: Vec<usize>,
    pub(crate) expected: Vec<u64>,
    pub(crate) actual: Vec<u64>,
}

impl Samples {
    pub(crate) fn push(&mut self, row: usize, expected: u64, actual: u64) {
        self.rows.push(row);
        self.expected.push(expected);
        self.actual.push(actual);
    }
}

fn fold_rest(lanes: &mut [u64; LANES / 2], rest: &[u32]) {
    if !rest.is_empty() {
        let mut chunk = [0; LANES];
        chunk[..rest.len()].copy_from_slice(rest);
        fold(lanes, &chunk);
    }
}

/// Independent chains, so that the processor works on all of them at once.
#[inline(always)]
fn fold(lanes: &mut [u64; LANES / 2], chunk: &[u32; LANES]) {
    for (lane, pair) in lanes.iter_mut().zip(chunk.as_chunks::<2>().0) {
        let pixels = u64::from(pair[0]) | u64::from(pair[1]) << 32;
        *lane = (*lane ^ pixels).wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(29);
    }
}

fn joined(lanes: &[u64; LANES / 2]) -> u64 {
    lanes.iter().fold(0, |key: u64, lane| (key ^ lane).wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_of_a_row_tells() {
        for width in [1, 2, 15, 16, 17, 64, 65, 100] {
            let row: Vec<u32> = (0..width).map(|x| x * 7).collect();
            for x in 0..width as usize {
                for bit in [0, 7, 31] {
                    let mut other = row.clone();
                    other[x] ^= 1 << bit;
                    assert_ne!(key(&row), key(&other), "{width} {x} {bit}");
                }
            }
            let sampled = sample(row.len(), |left, into| into.copy_from_slice(&row[left..left + into.len()]));
            let mut other = row.clone();
            other[0] ^= 1;
            assert_ne!(sampled, sample(row.len(), |left, into| into.copy_from_slice(&other[left..left + into.len()])));
        }
    }
}
