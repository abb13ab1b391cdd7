//! How alike two pictures look as a whole: the structural similarity (SSIM) of their brightness, by image-compare.
//!
//! It decides nothing. A count of pixels says how much differs, this says how much of the structure is left: a page that
//! moved down by a pixel keeps little, a page of another colour nearly all.

use image_compare::{Algorithm, gray_similarity_structure, prelude::GrayImage};

use crate::{Outcome, Picture, delta::darkness};

/// The similarity of the pictures, 1 where they are equal; `None` where their sizes differ. It takes far longer than the
/// comparison: ask for pictures that failed.
#[must_use]
pub fn similarity(outcome: &Outcome) -> Option<f64> {
    let Some(kept) = &outcome.kept else { return Some(1.0) };
    if kept.expected.size() != kept.actual.size() {
        return None;
    }
    let [was, is] = [&kept.expected, &kept.actual].map(|source| {
        let picture = source.to_picture().expect("it was read before");
        brightness(&picture)
    });
    gray_similarity_structure(&Algorithm::MSSIMSimple, &was, &is).ok().map(|found| found.score)
}

/// The brightness of each pixel, on white.
fn brightness(picture: &Picture) -> GrayImage {
    let grid = picture.grid();
    let levels = grid.pixels.iter().map(|&pixel| 255 - darkness(pixel)).collect();
    GrayImage::from_raw(grid.width as u32, grid.height as u32, levels).expect("a level for each pixel")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, compare};
    use harness_model::Size;

    fn stripes(size: Size, moved: u32, ink: u8) -> Picture {
        let at = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
        let rgba: Vec<u8> = at
            .flat_map(|(x, y)| if (y + moved) % 6 < 2 && x % 9 < 6 { [ink, ink, ink, 255] } else { [255; 4] })
            .collect();
        Picture::from_rgba(size, &rgba).unwrap()
    }

    #[test]
    fn what_keeps_its_structure_is_more_alike_than_what_moved() {
        let size = Size { width: 61, height: 45 };
        let of = |is: Picture| similarity(&compare(stripes(size, 0, 0), is, &Options::default()).unwrap()).unwrap();
        let (equal, recoloured, moved) = (of(stripes(size, 0, 0)), of(stripes(size, 0, 60)), of(stripes(size, 2, 0)));
        assert_eq!(equal, 1.0);
        assert!(recoloured > 0.8 && recoloured < 1.0 && moved < 0.5, "{recoloured} {moved}");
    }

    #[test]
    fn pictures_of_any_one_size_have_a_number_and_those_of_two_sizes_none() {
        for (width, height) in [(1, 1), (7, 3), (8, 8), (9, 17)] {
            let size = Size { width, height };
            let found = similarity(&compare(stripes(size, 0, 0), stripes(size, 1, 9), &Options::default()).unwrap());
            assert!(found.is_some_and(|found| found.is_finite()), "{size} {found:?}");
        }
        let [one, other] = [9, 10].map(|height| stripes(Size { width: 9, height }, 0, 0));
        assert_eq!(similarity(&compare(one, other, &Options::default()).unwrap()), None);
    }
}
