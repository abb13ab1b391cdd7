//! Undoes the filters that a PNG lays over its rows. `N` is the number of bytes of a pixel.

/// Turns the filtered bytes of a row into its pixels; `None` when there is no such filter. `above` is the row before,
/// zeros for the first.
pub(crate) fn row<const N: usize>(filter: u8, filtered: &[u8], above: &[u8], row: &mut [u8]) -> Option<()> {
    match filter {
        0 => row.copy_from_slice(filtered),
        1 => sub::<N>(filtered, row),
        2 => up(filtered, above, row),
        3 => with_neighbours::<N>(filtered, above, row, |left, up, _| ((u16::from(left) + u16::from(up)) / 2) as u8),
        4 => with_neighbours::<N>(filtered, above, row, paeth),
        _ => return None,
    }
    Some(())
}

/// Whether a row's pixels hang on the row above.
pub(crate) fn needs_above(filter: u8) -> bool {
    filter > 1
}

fn sub<const N: usize>(filtered: &[u8], row: &mut [u8]) {
    let mut left = [0u8; N];
    for (pixel, filtered) in row.as_chunks_mut::<N>().0.iter_mut().zip(filtered.as_chunks::<N>().0) {
        for (left, filtered) in left.iter_mut().zip(filtered) {
            *left = left.wrapping_add(*filtered);
        }
        *pixel = left;
    }
}

fn up(filtered: &[u8], above: &[u8], row: &mut [u8]) {
    for ((byte, filtered), above) in row.iter_mut().zip(filtered).zip(above) {
        *byte = filtered.wrapping_add(*above);
    }
}

/// Filters whose guess takes the bytes to the left, above, and above the one to the left.
#[inline(always)]
fn with_neighbours<const N: usize>(filtered: &[u8], above: &[u8], row: &mut [u8], guess: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut corner) = ([0u8; N], [0u8; N]);
    let pixels = row.as_chunks_mut::<N>().0.iter_mut().zip(filtered.as_chunks::<N>().0);
    for ((pixel, filtered), above) in pixels.zip(above.as_chunks::<N>().0) {
        for i in 0..N {
            left[i] = filtered[i].wrapping_add(guess(left[i], above[i], corner[i]));
        }
        corner = *above;
        *pixel = left;
    }
}

/// Of left, up and corner the one nearest to `left + up - corner`; of equally near ones the first.
#[inline(always)]
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [l, u, c] = [left, up, corner].map(i16::from);
    let (to_left, to_up, to_corner) = ((u - c).abs(), (l - c).abs(), (l + u - 2 * c).abs());
    let straight = if to_left <= to_up { left } else { up };
    if to_left.min(to_up) <= to_corner { straight } else { corner }
}
