//! The pairs of pictures that are compared: each size, and what befell the second picture.

use crate::{
    encode::{Packing, Pixels},
    page::{self, Look},
};

/// The sizes: a phone's page, a desktop's view, a long page, and a view of four times as many pixels as full HD has.
pub(crate) const SIZES: [(usize, usize); 4] = [(1080, 2000), (1440, 900), (1440, 6000), (3840, 2160)];

/// What befell the second picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing: the files are equal to the byte.
    Same,
    /// The same pixels in a file packed another way.
    Reencoded,
    /// 0.01 % of the pixels.
    Caret,
    /// 0.2 % of the pixels.
    Small,
    /// 5 % of the pixels, in one block.
    Block,
    /// Everything is one pixel further right.
    ShiftX,
    /// Everything is one pixel further down.
    ShiftY,
    /// All text begins a quarter of a pixel further right.
    Text,
    /// Icons lie three eighths of a pixel further right.
    Icons,
    /// There are 40 rows more below.
    Taller,
}

impl Change {
    pub(crate) const ALL: [Self; 10] = [
        Self::Same,
        Self::Reencoded,
        Self::Caret,
        Self::Small,
        Self::Block,
        Self::ShiftX,
        Self::ShiftY,
        Self::Text,
        Self::Icons,
        Self::Taller,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Reencoded => "re-encoded",
            Self::Caret => "caret 0.01 %",
            Self::Small => "0.2 %",
            Self::Block => "5 %",
            Self::ShiftX => "shift x",
            Self::ShiftY => "shift y",
            Self::Text => "text AA",
            Self::Icons => "icon AA",
            Self::Taller => "taller",
        }
    }
}

/// The first picture of a size, from which the others are made.
pub(crate) struct Base {
    pub(crate) pixels: Pixels,
}

impl Base {
    pub(crate) fn draw((width, height): (usize, usize)) -> Self {
        Self { pixels: page::draw(width, height, Look::default()) }
    }

    /// The second picture.
    pub(crate) fn changed(&self, change: Change) -> Pixels {
        let (w, h) = (self.pixels.width, self.pixels.height);
        let mut pixels = self.pixels.clone();
        let mut block = |share: f64, tall: usize, colour| {
            let tall = tall.min(h / 2);
            let wide = ((w * h) as f64 * share / tall as f64).round() as usize;
            pixels.fill([w / 4, h / 4, wide.clamp(1, w / 2), tall], colour);
        };
        match change {
            Change::Same | Change::Reencoded => {}
            Change::Caret => block(0.0001, 18, [0, 0, 0]),
            Change::Small => block(0.002, 60, [10, 160, 40]),
            Change::Block => block(0.05, h / 4, [10, 160, 40]),
            Change::ShiftX => pixels.rgb.chunks_exact_mut(w).for_each(|row| row.rotate_right(1)),
            Change::ShiftY => pixels.rgb.rotate_right(w),
            Change::Text => return page::draw(w, h, Look { text_phase: 0.25, ..Look::default() }),
            Change::Icons => return page::draw(w, h, Look { icon_phase: 0.375, ..Look::default() }),
            Change::Taller => {
                pixels.rgb.resize(w * (h + 40), [246, 247, 251]);
                pixels.height = h + 40;
            }
        }
        pixels
    }
}

/// How the second picture's file is packed.
pub(crate) fn packing(change: Change) -> Packing {
    if change == Change::Reencoded { Packing::Other } else { Packing::Browser }
}

/// `1080×2000 5 %`
pub(crate) fn name((width, height): (usize, usize), change: Change) -> String {
    format!("{width}×{height} {}", change.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_the_share_that_its_name_says() {
        let size = (1080, 900);
        let base = Base::draw(size);
        for (change, share) in
            [(Change::Same, 0.0), (Change::Caret, 0.0001), (Change::Small, 0.002), (Change::Block, 0.05)]
        {
            let changed = base.changed(change);
            let differ = changed.rgb.iter().zip(&base.pixels.rgb).filter(|(a, b)| a != b).count();
            let found = differ as f64 / (size.0 * size.1) as f64;
            assert!(found <= share * 1.1 && found >= share * 0.9, "{}: {found}", change.name());
        }
    }
}
