//! A view of pixels: the whole of a picture, the part that two pictures have in common, or some rows of that.

/// Rows of pixels, each `pitch` after the one before; only the first `width` of a row belong to the grid.
#[derive(Clone, Copy)]
pub(crate) struct Grid<'a> {
    pub(crate) pixels: &'a [u32],
    /// The first row that `pixels` holds; a window begins further below.
    pub(crate) top: usize,
    pub(crate) pitch: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl<'a> Grid<'a> {
    pub(crate) fn row(&self, y: usize) -> &'a [u32] {
        &self.pixels[(y - self.top) * self.pitch..][..self.width]
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> u32 {
        self.pixels[(y - self.top) * self.pitch + x]
    }

    /// The upper left part of this size.
    pub(crate) fn cut_to(self, width: usize, height: usize) -> Self {
        debug_assert!(width <= self.width && height <= self.height);
        Self { width, height, ..self }
    }

    /// These rows alone, as if they were a picture.
    pub(crate) fn rows(self, first: usize, height: usize) -> Self {
        Self { pixels: &self.pixels[(first - self.top) * self.pitch..], top: 0, height, ..self }
    }

    /// Which of the 64 columns of a word are not on the border; none in the first and last row.
    pub(crate) fn inner_columns(&self, word: usize, y: usize) -> u64 {
        if y == 0 || y + 1 == self.height {
            return 0;
        }
        let left = word * 64;
        let not_first = if left == 0 { !1 } else { !0 };
        match self.width - 1 - left {
            last @ 0..64 => not_first & !(1 << last),
            _ => not_first,
        }
    }

    pub(crate) fn on_border(&self, x: usize, y: usize) -> bool {
        x == 0 || y == 0 || x + 1 == self.width || y + 1 == self.height
    }

    /// The up to eight pixels around one, column by column and each from above: ties between neighbours are settled
    /// by this order.
    pub(crate) fn around(&self, x: usize, y: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let rows = y.saturating_sub(1)..=(y + 1).min(self.height - 1);
        let columns = x.saturating_sub(1)..=(x + 1).min(self.width - 1);
        columns.flat_map(move |nx| rows.clone().map(move |ny| (nx, ny))).filter(move |&at| at != (x, y))
    }
}
