//! What was found when a picture was compared with its baseline.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Alignment, Region, Size};

/// The share of differing pixels above which a picture fails: 0.2 %.
pub const GATE_RATIO: f64 = 0.002;

/// The one-word verdict of a picture, as `run.json` spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictName {
    /// Something is on the page that is for other viewers alone, whatever the picture looks like otherwise.
    Leak,
    /// Something kept the picture from being taken.
    Error,
    /// The page never held still, so there is nothing to compare.
    NeverSettled,
    /// The picture has another size than its baseline.
    SizeChanged,
    /// More pixels differ than the gate lets pass.
    Changed,
    /// It failed when it was taken first and passed when it was taken again: the page looks different from visit to
    /// visit. What is reported is the picture that failed.
    Flaky,
    /// There is no baseline yet; the picture is kept as a candidate.
    New,
    /// Fewer pixels differ than the gate, but they stand together: a small change, not noise.
    PassedWithChange,
    /// What differs is below the threshold, or a few scattered pixels.
    Passed,
    /// Every pixel is the baseline's.
    Identical,
}

impl VerdictName {
    /// All of them, the ones that need a look first.
    pub const ALL: [Self; 10] = [
        Self::Leak,
        Self::Error,
        Self::NeverSettled,
        Self::SizeChanged,
        Self::Changed,
        Self::Flaky,
        Self::New,
        Self::PassedWithChange,
        Self::Passed,
        Self::Identical,
    ];

    /// Whether a test with this verdict passes.
    #[must_use]
    pub fn passes(self) -> bool {
        match self {
            Self::Identical | Self::Passed | Self::PassedWithChange => true,
            Self::New
            | Self::Flaky
            | Self::Changed
            | Self::SizeChanged
            | Self::NeverSettled
            | Self::Error
            | Self::Leak => false,
        }
    }

    /// The word in `run.json` and in the report's filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::Error => "error",
            Self::NeverSettled => "never_settled",
            Self::SizeChanged => "size_changed",
            Self::Changed => "changed",
            Self::Flaky => "flaky",
            Self::New => "new",
            Self::PassedWithChange => "passed_with_change",
            Self::Passed => "passed",
            Self::Identical => "identical",
        }
    }
}

/// What two pictures have and have not in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Size of the baseline.
    pub expected: Size,
    /// Size of the new picture.
    pub actual: Size,
    /// Pixels that differ beyond the per-pixel threshold and are not mere anti-aliasing. Where sizes differ, pixels
    /// that only one picture has count too.
    pub diff_pixels: u64,
    /// Whether every pixel is equal, below the threshold too.
    #[serde(default)]
    pub equal: bool,
    /// `diff_pixels` as a share of the larger area of the two.
    pub ratio: f64,
    /// The differing pixels in connected groups, largest first; behind them the areas that changed by less than the
    /// threshold, in the same order.
    pub regions: Vec<Region>,
    /// What is left when rows that only one picture has are taken out, where that explains most of the difference.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alignment: Option<Alignment>,
    /// How alike the pictures look as a whole, 1 where they are equal (SSIM); told where the verdict fails and the sizes are
    /// the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub similarity: Option<f64>,
}

impl Comparison {
    /// Two pictures of which every pixel is equal.
    #[must_use]
    pub fn identical(size: Size) -> Self {
        Self {
            expected: size,
            actual: size,
            diff_pixels: 0,
            equal: true,
            ratio: 0.0,
            regions: Vec::new(),
            alignment: None,
            similarity: None,
        }
    }
}

/// How much differs and where, on one line; what explains most of it first.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(alignment) = &self.alignment {
            write!(f, "{alignment}; place by place ")?;
        }
        write!(f, "{} pixels ({:.5} %) differ", self.diff_pixels, self.ratio * 100.0)?;
        let (faint, differing): (Vec<_>, Vec<_>) = self.regions.iter().partition(|region| region.faint);
        places(f, &differing)?;
        if !faint.is_empty() {
            let pixels: u64 = faint.iter().map(|region| region.pixels).sum();
            write!(f, "; {pixels} differ faintly, by less than the threshold,")?;
            places(f, &faint)?;
        }
        Ok(())
    }
}

/// ` in 3 regions, the largest 20×10 at 3,5`
fn places(f: &mut fmt::Formatter<'_>, regions: &[&Region]) -> fmt::Result {
    let place = |region: &Region| format!("{}×{} at {},{}", region.w, region.h, region.x, region.y);
    match regions {
        [] => Ok(()),
        [only] => write!(f, " in one region of {}", place(only)),
        [largest, ..] => write!(f, " in {} regions, the largest {}", regions.len(), place(largest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RowBlock, RowChange};

    #[test]
    fn a_count_is_told_with_its_share_and_place() {
        let size = Size { width: 100, height: 100 };
        let region = |x, pixels| Region { x, y: 5, w: 20, h: 10, pixels, faint: false };
        let found = |regions: Vec<Region>| Comparison {
            diff_pixels: regions.iter().map(|r| r.pixels).sum(),
            ratio: 0.01234,
            regions,
            ..Comparison::identical(size)
        };
        assert_eq!(found(vec![]).to_string(), "0 pixels (1.23400 %) differ");
        assert_eq!(found(vec![region(3, 9)]).to_string(), "9 pixels (1.23400 %) differ in one region of 20×10 at 3,5");
        assert_eq!(
            found(vec![region(3, 9), region(50, 1)]).to_string(),
            "10 pixels (1.23400 %) differ in 2 regions, the largest 20×10 at 3,5"
        );
    }

    #[test]
    fn what_explains_most_is_told_first() {
        let block = RowBlock { change: RowChange::Inserted, y: 43, rows: 4 };
        let mut found =
            Comparison { diff_pixels: 900, ratio: 0.09, ..Comparison::identical(Size { width: 9, height: 9 }) };
        assert!(!serde_json::to_string(&found).unwrap().contains("alignment"));
        found.alignment = Some(Alignment { blocks: vec![block], diff_pixels: 0 });
        assert_eq!(
            found.to_string(),
            "4 rows inserted at y = 43; else no pixel differs; place by place 900 pixels (9.00000 %) differ"
        );
        let written = serde_json::to_value(&found).unwrap();
        assert_eq!(
            written["alignment"].to_string(),
            r#"{"blocks":[{"change":"inserted","y":43,"rows":4}],"diff_pixels":0}"#
        );
        assert_eq!(serde_json::from_value::<Comparison>(written).unwrap(), found);
    }

    #[test]
    fn names_on_the_wire_are_the_names_in_the_filters() {
        for name in VerdictName::ALL {
            assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{}\"", name.as_str()));
        }
    }
}
