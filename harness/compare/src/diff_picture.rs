//! The picture that shows where two pictures differ.
//!
//! It is made from the masks of a comparison that is already done, as an 8-bit palette: the baseline faint and grey,
//! differing pixels red, excused edges yellow, areas that changed by less than the threshold violet. Where the sizes differ it covers both pictures, and the part that only
//! one of them has is tinted. Where rows that only one picture has explain most of the difference, it shows the higher
//! picture with those rows tinted, and red is what differs in the rows that both have.

use crate::{
    Outcome, Side,
    align::Aligned,
    delta,
    outcome::Kept,
    rows::{Rows, Source},
};

/// Pixels that differ.
pub const COLOUR_DIFFERING: [u8; 3] = [255, 0, 0];
/// Pixels beyond the threshold that are smoothed edges; they do not count.
pub const COLOUR_ANTI_ALIASED: [u8; 3] = [255, 255, 0];
/// Pixels within the threshold, in an area that changed.
pub const COLOUR_FAINT: [u8; 3] = [150, 80, 255];
/// What white looks like where only the new picture is.
pub const COLOUR_ADDED: [u8; 3] = [190, 220, 255];
/// What white looks like where only the baseline is.
pub const COLOUR_REMOVED: [u8; 3] = [255, 214, 170];
/// Where neither picture is: one is wider, the other higher.
pub const COLOUR_NEITHER: [u8; 3] = [128, 128, 128];

/// Grey levels: white, and 26 steps to a tenth of black.
const GREYS: u8 = 27;
/// White is 0: most of a page is, and runs of zeros pack best.
const GREY: u8 = 0;
const ADDED: u8 = GREYS;
const REMOVED: u8 = 2 * GREYS;
const ANTI_ALIASED: u8 = 3 * GREYS;
const DIFFERING: u8 = ANTI_ALIASED + 1;
const NEITHER: u8 = ANTI_ALIASED + 2;
const FAINT: u8 = ANTI_ALIASED + 3;

/// Rows of the line that stands for rows which only the lower picture has, and how dark it is.
const SEAM: usize = 3;
const SEAM_DARKNESS: u8 = GREYS / 2;

/// Draws where the pictures differ, as the bytes of a PNG; `None` when every pixel is equal and there is nothing to
/// show.
#[must_use]
pub fn diff_picture(outcome: &Outcome) -> Option<Vec<u8>> {
    let kept = outcome.kept.as_ref()?;
    Some(match &kept.aligned {
        None => place_by_place(kept),
        Some(aligned) => row_by_row(kept, aligned),
    })
}

fn place_by_place(kept: &Kept) -> Vec<u8> {
    let (width, height) = (kept.differing.width(), kept.differing.height());
    let (mut was, mut is) = (Backdrop::new(&kept.expected), Backdrop::new(&kept.actual));
    let one_size = kept.expected.size() == kept.actual.size();
    let mut indices = vec![NEITHER; width * height];
    for (y, row) in indices.chunks_exact_mut(width).enumerate() {
        let was = was.row(y);
        let is = if one_size { was } else { is.row(y) };
        let common = was.len().min(is.len());
        dim(GREY, &was[..common], &mut row[..common]);
        dim(REMOVED, &was[common..], &mut row[common..]);
        dim(ADDED, &is[common..], &mut row[common..]);
        for x in kept.faint.iter().flat_map(|faint| faint.columns(y)) {
            row[x] = FAINT;
        }
        for x in kept.excused.columns(y) {
            row[x] = ANTI_ALIASED;
        }
        for x in kept.differing.columns(y).take_while(|&x| x < common) {
            row[x] = DIFFERING;
        }
    }
    encode(width, height, &indices)
}

/// The higher picture, with what only it has, and lines where the other one has more.
fn row_by_row(kept: &Kept, aligned: &Aligned) -> Vec<u8> {
    let (width, height) = (aligned.differing.width(), aligned.differing.height());
    let (source, own, other) = match aligned.frame {
        Side::Actual => (&kept.actual, ADDED, REMOVED),
        Side::Expected => (&kept.expected, REMOVED, ADDED),
    };
    let mut backdrop = Backdrop::new(source);
    let mut indices = vec![GREY; width * height];
    for (y, row) in indices.chunks_exact_mut(width).enumerate() {
        let tint = if aligned.alone.iter().any(|rows| rows.contains(&y)) { own } else { GREY };
        dim(tint, backdrop.row(y), row);
        for x in aligned.excused.columns(y) {
            row[x] = ANTI_ALIASED;
        }
        for x in aligned.differing.columns(y) {
            row[x] = DIFFERING;
        }
    }
    for seam in &aligned.seams {
        let first = (*seam).min(height - SEAM.min(height));
        indices[first * width..(first + SEAM.min(height)) * width].fill(other + SEAM_DARKNESS);
    }
    encode(width, height, &indices)
}

/// A picture that is read row by row to be drawn faintly.
struct Backdrop<'a> {
    rows: Rows<'a>,
    height: usize,
    row: Vec<u32>,
}

impl<'a> Backdrop<'a> {
    fn new(source: &'a Source) -> Self {
        let size = source.size();
        Self { rows: source.rows(), height: size.height as usize, row: vec![0; size.width as usize] }
    }

    /// The next row, which is row `y`; empty below the picture.
    fn row(&mut self, y: usize) -> &[u32] {
        if y >= self.height {
            return &[];
        }
        self.rows.advance().expect("it was read before");
        self.rows.copy(y, &mut self.row);
        &self.row
    }
}

fn dim(tint: u8, pixels: &[u32], row: &mut [u8]) {
    for (index, &pixel) in row.iter_mut().zip(pixels) {
        *index = tint + darkness(pixel);
    }
}

/// How dark a pixel is on white, 0 to 26.
fn darkness(pixel: u32) -> u8 {
    (u32::from(delta::darkness(pixel)) * u32::from(GREYS - 1) / 255) as u8
}

fn palette() -> Vec<u8> {
    let tinted = |white: [u8; 3]| {
        (0..GREYS).flat_map(move |dark| white.map(|full| (u16::from(full) * u16::from(255 - dark) / 255) as u8))
    };
    let mut palette: Vec<u8> = tinted([255; 3]).chain(tinted(COLOUR_ADDED)).chain(tinted(COLOUR_REMOVED)).collect();
    palette.extend([COLOUR_ANTI_ALIASED, COLOUR_DIFFERING, COLOUR_NEITHER, COLOUR_FAINT].concat());
    palette
}

fn encode(width: usize, height: usize, indices: &[u8]) -> Vec<u8> {
    const HOLDS: &str = "writing to memory does not fail and the size comes from decoded pictures";
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette());
    // The quickest packing finds runs only; of rows that repeat the one above, this filter leaves nothing but runs.
    encoder.set_compression(png::Compression::Fastest);
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().expect(HOLDS);
    writer.write_image_data(indices).expect(HOLDS);
    writer.finish().expect(HOLDS);
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Picture, Side, compare};
    use harness_model::Size;

    fn picture(width: u32, height: u32, paint: impl Fn(u32, u32) -> [u8; 4]) -> Picture {
        let rgba: Vec<u8> =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| paint(x, y)).collect();
        Picture::from_rgba(Size { width, height }, &rgba).unwrap()
    }

    fn drawn(expected: Picture, actual: Picture) -> (Size, impl Fn(u32, u32) -> [u8; 3]) {
        let outcome = compare(expected, actual, &Options::default()).unwrap();
        let shown = Picture::decode(Side::Actual, &diff_picture(&outcome).unwrap()).unwrap();
        (shown.size(), move |x, y| {
            let [r, g, b, _] = shown.grid().at(x as usize, y as usize).to_le_bytes();
            [r, g, b]
        })
    }

    #[test]
    fn differing_pixels_are_red_and_the_rest_is_faint() {
        let white = picture(20, 10, |_, _| [255; 4]);
        let dotted = picture(20, 10, |x, y| if (5..9).contains(&x) && y == 3 { [0, 0, 0, 255] } else { [255; 4] });
        let (size, at) = drawn(dotted.clone(), white);
        assert_eq!((size, at(5, 3), at(4, 3)), (dotted.size(), COLOUR_DIFFERING, [255; 3]));
        let black = picture(20, 10, |_, y| if y == 3 { [255; 4] } else { [0, 0, 0, 255] });
        let (_, at) = drawn(black, picture(20, 10, |_, _| [0, 0, 0, 255]));
        assert_eq!(at(0, 0), [229; 3], "black is dimmed to a tenth");
    }

    #[test]
    fn a_smoothed_edge_is_yellow() {
        let edge = |coverage: u8| {
            picture(12, 12, move |x, _| match x {
                0..6 => [255; 4],
                6 => [coverage, coverage, coverage, 255],
                _ => [0, 0, 0, 255],
            })
        };
        let (_, at) = drawn(edge(60), edge(190));
        assert_eq!((at(6, 6), at(5, 6)), (COLOUR_ANTI_ALIASED, [255; 3]));
    }

    #[test]
    fn what_only_one_picture_has_is_tinted() {
        let (size, at) = drawn(picture(8, 4, |_, _| [255; 4]), picture(4, 8, |_, _| [255; 4]));
        assert_eq!(size, Size { width: 8, height: 8 });
        assert_eq!((at(0, 0), at(7, 0)), ([255; 3], COLOUR_REMOVED));
        assert_eq!((at(0, 7), at(7, 7)), (COLOUR_ADDED, COLOUR_NEITHER));
    }

    #[test]
    fn rows_put_in_are_tinted_and_only_what_changed_is_red() {
        let line = |y: u32| [(y * 37 % 251) as u8, (y * 91 % 251) as u8, 40, 255];
        let was = picture(30, 60, |_, y| line(y));
        let is = picture(30, 70, |x, y| match (x, y) {
            (5..9, 50) => [255; 4],
            (_, 20..30) => [9, 9, 9, 255],
            (_, ..20) => line(y),
            _ => line(y - 10),
        });
        let (size, at) = drawn(was.clone(), is.clone());
        let tinted = |[r, _, b]: [u8; 3]| r < b;
        assert_eq!((size, at(5, 50)), (Size { width: 30, height: 70 }, COLOUR_DIFFERING));
        assert!(tinted(at(0, 20)) && tinted(at(29, 29)) && !tinted(at(0, 19)) && !tinted(at(0, 30)));
        assert_eq!(
            (0..70).flat_map(|y| (0..30).map(move |x| (x, y))).filter(|&(x, y)| at(x, y) == COLOUR_DIFFERING).count(),
            4
        );
        let (size, at) = drawn(is, was);
        assert_eq!((size, at(5, 50)), (Size { width: 30, height: 70 }, COLOUR_DIFFERING));
        let [r, _, b] = at(0, 25);
        assert!(r > b, "removed rows have the colour of what is gone");
    }

    #[test]
    fn equal_pictures_have_nothing_to_show() {
        let same = picture(4, 4, |_, _| [9; 4]);
        assert!(diff_picture(&compare(same.clone(), same, &Options::default()).unwrap()).is_none());
    }
}
