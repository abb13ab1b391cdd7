//! What counts as a differing pixel.

use crate::CompareError;

/// The greatest squared distance of two colours.
const GREATEST_DELTA: f64 = 35_215.0;

/// How strictly pixels are compared. The defaults are pixelmatch's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How far two colours may lie apart before a pixel differs: 0 (any visible change counts) to 1 (nothing does).
    pub threshold: f64,
    /// Whether pixels that differ only because an edge was smoothed another way are left out of the count.
    pub antialiasing: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { threshold: 0.1, antialiasing: true }
    }
}

impl Options {
    /// The squared colour distance above which a pixel differs.
    pub(crate) fn limit(&self) -> Result<f64, CompareError> {
        if (0.0..=1.0).contains(&self.threshold) {
            Ok(limit_at(self.threshold))
        } else {
            Err(CompareError::Threshold(self.threshold))
        }
    }
}

/// The squared colour distance that belongs to a threshold.
pub(crate) fn limit_at(threshold: f64) -> f64 {
    GREATEST_DELTA * threshold * threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_outside_its_range_is_refused() {
        for bad in [-0.01, 1.01, f64::NAN, f64::INFINITY] {
            let error = Options { threshold: bad, ..Options::default() }.limit().unwrap_err();
            assert!(error.to_string().contains("between 0 and 1"), "{error}");
        }
        for good in [0.0, 0.1, 1.0] {
            assert!(Options { threshold: good, ..Options::default() }.limit().is_ok());
        }
    }
}
