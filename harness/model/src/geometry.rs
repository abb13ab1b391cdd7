//! Sizes and boxes, in picture pixels unless said otherwise.

use serde::{Deserialize, Serialize};

/// The most pixels a picture may have: 16384×8192. It bounds the memory that a page without end, or a damaged or hostile
/// file's header, can ask for.
pub const MAX_PIXELS: u64 = 1 << 27;

/// Width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// How many pixels there are.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
}

impl Rect {
    /// The part that lies within a picture of `size`; `None` when nothing does.
    #[must_use]
    pub fn clipped_to(self, size: Size) -> Option<Self> {
        let right = self.x.saturating_add(self.w).min(size.width);
        let bottom = self.y.saturating_add(self.h).min(size.height);
        (self.x < right && self.y < bottom).then(|| Self {
            x: self.x,
            y: self.y,
            w: right - self.x,
            h: bottom - self.y,
        })
    }
}

/// How many pixels these boxes cover together; where they overlap, once.
#[must_use]
pub fn covered(boxes: &[Rect]) -> u64 {
    let edge = |at: u32, length: u32| u64::from(at) + u64::from(length);
    let mut edges: Vec<u64> = boxes.iter().flat_map(|b| [b.x.into(), edge(b.x, b.w)]).collect();
    edges.sort_unstable();
    edges.dedup();
    // Between two edges each box is there at its full height or not at all.
    let column = |from: u64, to: u64| {
        let mut rows: Vec<(u64, u64)> = boxes
            .iter()
            .filter(|b| u64::from(b.x) <= from && edge(b.x, b.w) >= to)
            .map(|b| (b.y.into(), edge(b.y, b.h)))
            .collect();
        rows.sort_unstable();
        let (mut height, mut below) = (0, 0);
        for (top, bottom) in rows {
            height += bottom.saturating_sub(top.max(below));
            below = below.max(bottom);
        }
        height * (to - from)
    };
    edges.windows(2).map(|pair| column(pair[0], pair[1])).sum()
}

/// Pixels that belong together, and the smallest box around them: differing ones, or faint ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Region {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub w: u32,
    /// Height.
    pub h: u32,
    /// How many there are.
    pub pixels: u64,
    /// Whether they differ by less than the threshold of a pixel: an area of another shade. They do not count as differing.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub faint: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_boxes_cover_counts_once() {
        let rect = |x, y, w, h| Rect { x, y, w, h };
        for (boxes, pixels) in [
            (vec![], 0),
            (vec![rect(5, 5, 10, 4)], 40),
            (vec![rect(0, 0, 10, 10), rect(20, 0, 5, 5)], 125),
            (vec![rect(0, 0, 10, 10), rect(5, 5, 10, 10)], 175),
            (vec![rect(0, 0, 10, 10), rect(2, 2, 3, 3)], 100),
            (vec![rect(0, 0, 2, 9), rect(0, 3, 9, 2), rect(0, 3, 9, 2)], 18 + 14),
            (vec![rect(u32::MAX, 0, 3, 3)], 9),
        ] {
            assert_eq!(covered(&boxes), pixels, "{boxes:?}");
        }
    }

    #[test]
    fn a_box_is_clipped_to_its_picture() {
        let size = Size { width: 100, height: 50 };
        let clip = |x, y, w, h| Rect { x, y, w, h }.clipped_to(size).map(|r| (r.x, r.y, r.w, r.h));
        assert_eq!(clip(10, 10, 20, 20), Some((10, 10, 20, 20)));
        assert_eq!(clip(90, 40, 20, 20), Some((90, 40, 10, 10)));
        assert_eq!(clip(100, 0, 1, 1), None);
        assert_eq!(clip(0, 0, 0, 5), None);
        assert_eq!(clip(99, 49, u32::MAX, u32::MAX), Some((99, 49, 1, 1)));
    }
}
