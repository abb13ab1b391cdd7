//! Why two pictures could not be compared.

use harness_model::Size;

/// Which of the two pictures is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The baseline.
    Expected,
    /// The new picture.
    Actual,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Expected => "expected",
            Self::Actual => "actual",
        })
    }
}

/// Why two pictures could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The bytes end before the picture does.
    #[error("the {side} picture is cut off: {len} bytes do not hold a whole PNG")]
    Truncated {
        /// Which picture.
        side: Side,
        /// How many bytes there are.
        len: usize,
    },
    /// The bytes are no PNG, or a damaged one.
    #[error("the {side} picture is no sound PNG: {source}")]
    Corrupt {
        /// Which picture.
        side: Side,
        /// What is wrong with it.
        source: png::DecodingError,
    },
    /// The picture has more pixels than are compared.
    #[error("the {side} picture is {size}; pictures of more than {} pixels are not compared", crate::MAX_PIXELS)]
    TooLarge {
        /// Which picture.
        side: Side,
        /// Its size.
        size: Size,
    },
    /// The picture moves: one of its frames would stand for all of them.
    #[error("the {side} picture is animated; of its {frames} frames only one would be compared")]
    Animated {
        /// Which picture.
        side: Side,
        /// How many frames it has.
        frames: u32,
    },
    /// The threshold is no number from 0 to 1.
    #[error("the threshold of a pixel must lie between 0 and 1, not {0}")]
    Threshold(f64),
}
