//! How far two colours lie apart, in the YIQ space of television: an eye sees brightness sharper than hue.
//!
//! All sums are made in `f64` and in one fixed order, so that a pixel at the very limit falls on the same side as in
//! pixelmatch.

/// The brightness that each channel adds.
const BRIGHTNESS: [f64; 3] = [0.29889531, 0.58662247, 0.11448223];

/// The step between the levels of the backdrop.
const BACKDROP: [f64; 2] = [48.0, 207.0];

/// The differences of red, green and blue. Where a pixel is see-through, both are laid on the backdrop first: a
/// pattern that hangs on the pixel's `position` (its number, row by row), so that no colour can hide on all of it.
pub(crate) fn differences(a: u32, b: u32, position: usize) -> [f64; 3] {
    let [ar, ag, ab, aa] = a.to_le_bytes().map(f64::from);
    let [br, bg, bb, ba] = b.to_le_bytes().map(f64::from);
    if aa == 255.0 && ba == 255.0 {
        return [ar - br, ag - bg, ab - bb];
    }
    let behind = backdrop(position);
    let laid = |one: f64, other: f64, ground: f64| (one * aa - other * ba - ground * (aa - ba)) / 255.0;
    [laid(ar, br, behind[0]), laid(ag, bg, behind[1]), laid(ab, bb, behind[2])]
}

/// The backdrop at a pixel. Byte offsets, of which pixelmatch takes the parity, are multiples of four: red never alternates.
fn backdrop(position: usize) -> [f64; 3] {
    let offset = position as f64 * 4.0;
    let level = |divisor: f64| BACKDROP[(offset / divisor) as usize % 2];
    [BACKDROP[0], level(1.618033988749895), level(2.618033988749895)]
}

/// The squared distance of two colours at a pixel.
pub(crate) fn colour_delta(a: u32, b: u32, position: usize) -> f64 {
    let [dr, dg, db] = differences(a, b, position);
    let y = dr * BRIGHTNESS[0] + dg * BRIGHTNESS[1] + db * BRIGHTNESS[2];
    let i = dr * 0.59597799 - dg * 0.27417610 - db * 0.32180189;
    let q = dr * 0.21147017 - dg * 0.52261711 + db * 0.31114694;
    0.5053 * y * y + 0.299 * i * i + 0.1957 * q * q
}

/// How much brighter `a` is than `b`.
pub(crate) fn brightness_delta(a: u32, b: u32, position: usize) -> f64 {
    let [dr, dg, db] = differences(a, b, position);
    dr * BRIGHTNESS[0] + dg * BRIGHTNESS[1] + db * BRIGHTNESS[2]
}

/// How dark a pixel looks on white, in levels: only for the eye, no pixel is judged by it.
pub(crate) fn darkness(pixel: u32) -> u8 {
    let [r, g, b, a] = pixel.to_le_bytes().map(u32::from);
    let brightness = (77 * r + 150 * g + 29 * b) >> 8;
    ((255 - brightness) * a / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgba(r: u8, g: u8, b: u8, a: u8) -> u32 {
        u32::from_le_bytes([r, g, b, a])
    }

    #[test]
    fn the_distance_is_symmetric_and_zero_only_for_equal_looks() {
        let (red, blue) = (rgba(255, 0, 0, 255), rgba(0, 0, 255, 255));
        assert_eq!(colour_delta(red, blue, 0), colour_delta(blue, red, 0));
        assert_eq!(colour_delta(red, red, 0), 0.0);
        assert_eq!(colour_delta(rgba(1, 2, 3, 0), rgba(200, 100, 0, 0), 5), 0.0, "both cannot be seen");
        assert!(colour_delta(rgba(10, 10, 10, 255), rgba(10, 10, 11, 255), 0) > 0.0);
        assert!(brightness_delta(blue, red, 0) < 0.0);
    }

    #[test]
    fn a_see_through_pixel_shows_on_some_of_the_backdrop() {
        // Opaque 48-grey equals a clear pixel wherever the backdrop is 48, and nowhere else.
        let (dark, clear) = (rgba(48, 48, 48, 255), rgba(0, 0, 0, 0));
        let seen = (0..100).filter(|&position| colour_delta(dark, clear, position) > 0.0).count();
        assert!((50..100).contains(&seen), "{seen}");
    }
}
