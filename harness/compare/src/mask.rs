//! A set of pixels, one bit each: 64 pixels of a row to a word.

use harness_model::{Rect, Size};

/// A set of pixels of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mask {
    width: usize,
    height: usize,
    words_per_row: usize,
    words: Vec<u64>,
}

impl Mask {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let words_per_row = width.div_ceil(64);
        Self { width, height, words_per_row, words: vec![0; words_per_row * height] }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn row(&self, y: usize) -> &[u64] {
        &self.words[y * self.words_per_row..][..self.words_per_row]
    }

    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u64] {
        &mut self.words[y * self.words_per_row..][..self.words_per_row]
    }

    /// Whether any pixel of a row is in the set.
    pub(crate) fn has_row(&self, y: usize) -> bool {
        self.row(y).iter().any(|&word| word != 0)
    }

    pub(crate) fn set(&mut self, x: usize, y: usize) {
        self.row_mut(y)[x / 64] |= 1 << (x % 64);
    }

    /// Takes a box out of the set, as far as the picture has it.
    pub(crate) fn clear(&mut self, area: Rect) {
        let size = Size { width: self.width as u32, height: self.height as u32 };
        let Some(Rect { x, y, w, h }) = area.clipped_to(size) else { return };
        let (first, last) = (x as usize, (x + w - 1) as usize);
        for y in y..y + h {
            let row = self.row_mut(y as usize);
            for (word, bits) in row.iter_mut().enumerate().take(last / 64 + 1).skip(first / 64) {
                let from = first.saturating_sub(word * 64).min(63);
                let to = (last - word * 64).min(63);
                *bits &= !((!0 >> (63 - to)) & (!0 << from));
            }
        }
    }

    /// How many pixels are in the set.
    pub(crate) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The columns of a row that are in the set, ascending.
    pub(crate) fn columns(&self, y: usize) -> impl Iterator<Item = usize> {
        self.row(y).iter().enumerate().flat_map(|(index, &word)| bits(word).map(move |bit| index * 64 + bit))
    }

    /// The same set in a larger picture.
    pub(crate) fn grown_to(&self, width: usize, height: usize) -> Self {
        let mut grown = Self::new(width, height);
        for y in 0..self.height {
            grown.row_mut(y)[..self.words_per_row].copy_from_slice(self.row(y));
        }
        grown
    }
}

/// The numbers of the bits that are set, ascending.
pub(crate) fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_taken_out_leaves_what_is_around_it() {
        for (x, w) in [(0, 1), (3, 60), (0, 64), (60, 8), (63, 1), (64, 64), (1, 129), (100, 500), (130, 5)] {
            let mut mask = Mask::new(130, 4);
            (0..4).for_each(|y| (0..130).for_each(|x| mask.set(x, y)));
            mask.clear(Rect { x, y: 1, w, h: 2 });
            let left: Vec<usize> = (0..130).filter(|&at| at < x as usize || at >= (x + w) as usize).collect();
            assert_eq!(mask.columns(1).collect::<Vec<_>>(), left, "{x} {w}");
            assert_eq!(mask.columns(2).count(), left.len());
            assert_eq!((mask.columns(0).count(), mask.columns(3).count()), (130, 130));
        }
    }

    #[test]
    fn pixels_put_in_are_found_again() {
        let mut mask = Mask::new(130, 3);
        let put = [0, 1, 63, 64, 127, 128, 129];
        for x in put {
            mask.set(x, 1);
        }
        assert_eq!(mask.columns(1).collect::<Vec<_>>(), put);
        assert_eq!((mask.count(), mask.columns(0).count()), (7, 0));
        let grown = mask.grown_to(200, 5);
        assert_eq!(grown.columns(1).collect::<Vec<_>>(), put);
        assert_eq!((grown.count(), grown.width(), grown.height()), (7, 200, 5));
    }
}
