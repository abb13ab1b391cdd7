//! How the count hangs on the threshold: tells a failure that any tool would see from one at the edge of sight.

use crate::{
    Outcome,
    delta::colour_delta,
    engine::{Engine, Found},
    options::limit_at,
    outcome::{Kept, alone, common_size},
};

/// The thresholds that are tried.
pub const SWEEP_THRESHOLDS: [f64; 7] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3];

/// How many pixels would differ at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepStep {
    /// The threshold.
    pub threshold: f64,
    /// The pixels.
    pub pixels: u64,
}

/// How many pixels would differ at each of [`SWEEP_THRESHOLDS`], the rest of the options unchanged.
#[must_use]
pub fn sweep(outcome: &Outcome) -> [SweepStep; SWEEP_THRESHOLDS.len()] {
    let mut steps = SWEEP_THRESHOLDS.map(|threshold| SweepStep { threshold, pixels: 0 });
    if let Some(kept) = &outcome.kept {
        count(kept, outcome.options.antialiasing, &mut steps);
    }
    steps
}

/// Whether an edge is smoothed does not hang on the threshold: one comparison at 0 finds the candidates of all.
fn count(kept: &Kept, antialiasing: bool, steps: &mut [SweepStep]) {
    let common = common_size(kept.expected.size(), kept.actual.size());
    let (width, height) = (common.width as usize, common.height as usize);
    let decoded = [&kept.expected, &kept.actual].map(|source| source.to_picture().expect("it was read before"));
    let [a, b] = decoded.each_ref().map(|picture| picture.grid().cut_to(width, height));
    let alone = alone(&kept.differing, [kept.expected.size(), kept.actual.size()]);
    let limits: Vec<f64> = steps.iter().map(|step| limit_at(step.threshold)).collect();
    steps.iter_mut().for_each(|step| step.pixels = alone);
    let Some(Found { differing: mut candidates, .. }) = Engine::new(0.0, antialiasing).find(&a, &b) else {
        return;
    };
    kept.ignored.iter().for_each(|area| candidates.clear(*area));
    for y in 0..height {
        for x in candidates.columns(y) {
            let delta = colour_delta(a.at(x, y), b.at(x, y), y * width + x);
            for (step, _) in steps.iter_mut().zip(&limits).take_while(|(_, limit)| delta > **limit) {
                step.pixels += 1;
            }
        }
    }
}
