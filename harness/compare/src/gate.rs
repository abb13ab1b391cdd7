//! When a picture passes.

use harness_model::{Cause, CauseKind, Comparison, GATE_RATIO, Region, VerdictName};

/// A region of at least this many differing pixels is a change, not noise.
///
/// Each of them is beyond the threshold and no smoothed edge, so what is left of noise are single pixels and pairs. A
/// comma, or a line one pixel wide and as high as a letter, is already a change.
pub const CHANGE_PIXELS: u64 = 12;

/// What a picture is failed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GateKind {
    /// Only by the share of differing pixels; a small change that stands together or has a name is told, and passes.
    #[default]
    Ratio,
    /// By the share, or by any region that is a change, or by a change that has a name.
    Regions,
}

/// How much may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gate {
    /// The share of differing pixels above which a picture fails.
    pub ratio: f64,
    /// What else fails it.
    pub kind: GateKind,
}

impl Default for Gate {
    fn default() -> Self {
        Self { ratio: GATE_RATIO, kind: GateKind::Ratio }
    }
}

/// The verdict on a comparison, with what was found to be behind it.
///
/// A share of pixels is blind to what is faint or small: a white menu beneath a pale yellow note differs in no pixel by
/// pixelmatch's threshold. But where pixels differ at all and an element has another text, image or style than before, the
/// page changed, however little of it shows.
///
/// | what was found | verdict |
/// |---|---|
/// | every pixel is equal | identical |
/// | the sizes differ | size changed |
/// | the share is above the gate | changed |
/// | below the gate, with a region of [`CHANGE_PIXELS`] or more, with a faint one, or with an element that changed | passed with a change; changed under [`GateKind::Regions`] |
/// | below the gate, only smaller regions or none, and no element that changed | passed |
#[must_use]
pub fn verdict(comparison: &Comparison, causes: &[Cause], gate: &Gate) -> VerdictName {
    let within = comparison.ratio <= gate.ratio;
    if comparison.expected != comparison.actual {
        VerdictName::SizeChanged
    } else if comparison.equal {
        VerdictName::Identical
    } else if !within {
        VerdictName::Changed
    } else if !comparison.regions.iter().any(is_change) && !causes.iter().any(has_a_name) {
        VerdictName::Passed
    } else if gate.kind == GateKind::Regions {
        VerdictName::Changed
    } else {
        VerdictName::PassedWithChange
    }
}

/// Whether the cause is a change of an element, not only of its place, nor a guess.
fn has_a_name(cause: &Cause) -> bool {
    match cause.kind {
        CauseKind::Appeared | CauseKind::Vanished | CauseKind::Text | CauseKind::Image | CauseKind::Style => true,
        CauseKind::Moved | CauseKind::Unexplained => false,
    }
}

fn is_change(region: &Region) -> bool {
    region.faint || region.pixels >= CHANGE_PIXELS
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness_model::Size;

    fn found(height: u32, regions: &[u64]) -> Comparison {
        let diff_pixels: u64 = regions.iter().sum();
        let region = |&pixels| Region { x: 0, y: 0, w: 99, h: 99, pixels, faint: false };
        Comparison {
            expected: Size { width: 100, height: 100 },
            actual: Size { width: 100, height },
            diff_pixels,
            equal: false,
            ratio: diff_pixels as f64 / 10_000.0,
            regions: regions.iter().map(region).collect(),
            alignment: None,
            similarity: None,
        }
    }

    #[test]
    fn the_table_holds() {
        use GateKind::{Ratio, Regions};
        use VerdictName::{Changed, Identical, Passed, PassedWithChange, SizeChanged};
        let cases: [(u32, &[u64], GateKind, VerdictName); 11] = [
            (100, &[], Ratio, Passed),
            (100, &[], Regions, Passed),
            (101, &[100], Ratio, SizeChanged),
            (99, &[5_000], Regions, SizeChanged),
            (100, &[21], Ratio, Changed),
            (100, &[7, 7, 7], Ratio, Changed),
            (100, &[20], Ratio, PassedWithChange),
            (100, &[12], Ratio, PassedWithChange),
            (100, &[12], Regions, Changed),
            (100, &[11, 9], Ratio, Passed),
            (100, &[11, 9], Regions, Passed),
        ];
        for (height, regions, kind, expected) in cases {
            let gate = Gate { kind, ..Gate::default() };
            assert_eq!(verdict(&found(height, regions), &[], &gate), expected, "{height} {regions:?} {kind:?}");
            let equal = Comparison::identical(Size { width: 100, height: 100 });
            assert_eq!(verdict(&equal, &[], &gate), Identical, "{kind:?}");
        }
    }

    #[test]
    fn a_faint_area_is_a_change() {
        let mut comparison = found(100, &[]);
        comparison.regions.push(Region { x: 0, y: 0, w: 99, h: 99, pixels: 64, faint: true });
        let word = |kind| verdict(&comparison, &[], &Gate { kind, ..Gate::default() });
        assert_eq!(
            (word(GateKind::Ratio), word(GateKind::Regions)),
            (VerdictName::PassedWithChange, VerdictName::Changed)
        );
    }

    #[test]
    fn what_has_a_name_is_a_change_however_faint() {
        use CauseKind::{Appeared, Image, Moved, Style, Text, Unexplained, Vanished};
        for (kind, named) in [
            (Appeared, true),
            (Vanished, true),
            (Text, true),
            (Image, true),
            (Style, true),
            (Moved, false),
            (Unexplained, false),
        ] {
            let cause = Cause {
                kind,
                text: "a: color red → blue".into(),
                element: "a".into(),
                changes: vec![],
                boxes: vec![],
                regions: vec![],
            };
            let word = |gate_kind| {
                let gate = Gate { kind: gate_kind, ..Gate::default() };
                verdict(&found(100, &[]), std::slice::from_ref(&cause), &gate)
            };
            let expected = if named {
                (VerdictName::PassedWithChange, VerdictName::Changed)
            } else {
                (VerdictName::Passed, VerdictName::Passed)
            };
            assert_eq!((word(GateKind::Ratio), word(GateKind::Regions)), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_gate_that_is_no_number_lets_nothing_pass() {
        let gate = Gate { ratio: f64::NAN, ..Gate::default() };
        assert_eq!(verdict(&found(100, &[1]), &[], &gate), VerdictName::Changed);
    }
}
