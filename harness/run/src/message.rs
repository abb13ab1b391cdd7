//! What a failed picture says: what, where, what would have passed, and the command to type next.

use std::fmt::Write as _;

use harness_compare::{Gate, Outcome, sweep};
use harness_model::{Cause, Comparison, SnapshotKey, VerdictName};

/// Causes that a message tells; the report tells them all.
const CAUSES_TOLD: usize = 6;

/// The command that accepts one picture.
pub(crate) fn accept(command: &str, mode: &str, key: &SnapshotKey) -> String {
    format!("UPDATE_SNAPSHOTS={mode} {command} -- --exact {key}")
}

/// There is no baseline.
pub(crate) fn new_picture(command: &str, key: &SnapshotKey, candidate: &str) -> String {
    format!(
        "there is no baseline; this picture is kept as a candidate: {candidate}\nhelp: look at it, then accept it with: {}",
        accept(command, "missing", key)
    )
}

/// The picture differs from its baseline.
pub(crate) fn different(
    command: &str,
    key: &SnapshotKey,
    verdict: VerdictName,
    outcome: &Outcome,
    gate: &Gate,
    causes: &[Cause],
) -> String {
    let found = outcome.comparison();
    let mut text = match verdict {
        VerdictName::SizeChanged => {
            format!("the picture is {} now, its baseline is {}; ", found.actual, found.expected)
        }
        _ => String::new(),
    };
    let _never_fails = write!(text, "{found}");
    if verdict == VerdictName::Changed {
        if found.ratio > gate.ratio {
            let _never_fails = write!(text, "; at most {} may", percent(gate.ratio));
        } else {
            text.push_str("; they stand together, and here any change does fail");
        }
        let steps = sweep(outcome);
        let at = |threshold: f64, pixels: u64| format!("{pixels} at {threshold}");
        let steps: Vec<String> = steps.iter().map(|step| at(step.threshold, step.pixels)).collect();
        let _never_fails = write!(text, "\npixels by threshold: {}", steps.join(", "));
    }
    text.push_str(&because(causes));
    let _never_fails = write!(text, "\nhelp: if this is meant, accept it with: {}", accept(command, "changed", key));
    text
}

/// A change below the gate.
pub(crate) fn small_change(found: &Comparison, causes: &[Cause]) -> String {
    let small = if found.regions.is_empty() {
        "too faint for the threshold, but an element changed".to_owned()
    } else {
        format!("{found}: below the gate, but no noise")
    };
    format!("{small}{}", because(causes))
}

/// What changed, a line each.
fn because(causes: &[Cause]) -> String {
    let mut text = String::new();
    for cause in causes.iter().take(CAUSES_TOLD) {
        let _never_fails = write!(text, "\n  {}", cause.text);
    }
    if let Some(more @ 1..) = causes.len().checked_sub(CAUSES_TOLD) {
        let _never_fails = write!(text, "\n  and {more} more, told in the report");
    }
    text
}

/// The page never came to rest.
pub(crate) fn never_settled(reasons: &[String]) -> String {
    let reasons = if reasons.is_empty() { "no cause was seen".to_owned() } else { reasons.join("\n  ") };
    format!("the page never came to rest:\n  {reasons}\nhelp: mask what moves, or let the page say when it is ready")
}

/// It failed when it was taken first and passed when it was taken again; `told` is what the first failure said.
pub(crate) fn flaky(first: VerdictName, again: VerdictName, told: &str) -> String {
    // What to do about a change is not what to do about a page that does not hold still.
    let told = told.split("\nhelp: ").next().unwrap_or_default();
    format!(
        "{} when taken first, {} when taken again: the page looks different from visit to visit\n{told}\n\
         help: make the page hold still: mask what moves, or let it say when it is ready",
        first.as_str(),
        again.as_str()
    )
}

fn percent(ratio: f64) -> String {
    format!("{:.5} %", ratio * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_causes_are_told_a_line_each() {
        let cause = |n: usize| Cause {
            kind: harness_model::CauseKind::Style,
            text: format!("p: width {n}px → 9px"),
            element: "p".into(),
            changes: vec![],
            boxes: vec![],
            regions: vec![],
        };
        assert_eq!(because(&[]), "");
        assert_eq!(because(&[cause(1), cause(2)]), "\n  p: width 1px → 9px\n  p: width 2px → 9px");
        let many: Vec<_> = (0..9).map(cause).collect();
        assert!(because(&many).ends_with("p: width 5px → 9px\n  and 3 more, told in the report"));
    }

    #[test]
    fn the_next_command_names_the_one_picture() {
        let key: SnapshotKey = "home/dashboard/anna-desktop".parse().unwrap();
        let text = new_picture("cargo test -p flows", &key, "target/x.png");
        assert!(text.ends_with("UPDATE_SNAPSHOTS=missing cargo test -p flows -- --exact home/dashboard/anna-desktop"));
    }
}
