//! Which properties of an element changed by themselves, rather than because another one did.

use std::collections::HashMap;

use harness_model::{Outline, PropertyChange};

use super::pairs::Pairs;

/// Properties that an element takes from the one around it unless told otherwise.
const INHERITED: [&str; 17] = [
    "color",
    "fill",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "stroke",
    "text-align",
    "text-indent",
    "text-shadow",
    "text-transform",
    "visibility",
    "white-space",
    "word-spacing",
];

/// Properties that change how an element looks and never where anything lies.
const PAINT_ONLY: [&str; 16] = [
    "color",
    "fill",
    "stroke",
    "opacity",
    "visibility",
    "z-index",
    "box-shadow",
    "text-shadow",
    "filter",
    "backdrop-filter",
    "mix-blend-mode",
    "clip-path",
    "object-fit",
    "transform",
    "translate",
    "text-decoration-line",
];

/// The sides that have one name together.
const TOGETHER: [(&str, &[&str]); 9] = [
    ("padding", &["padding-top", "padding-right", "padding-bottom", "padding-left"]),
    ("margin", &["margin-top", "margin-right", "margin-bottom", "margin-left"]),
    ("border-width", &["border-top-width", "border-right-width", "border-bottom-width", "border-left-width"]),
    ("border-style", &["border-top-style", "border-right-style", "border-bottom-style", "border-left-style"]),
    ("border-color", &["border-top-color", "border-right-color", "border-bottom-color", "border-left-color"]),
    (
        "border-radius",
        &[
            "border-top-left-radius",
            "border-top-right-radius",
            "border-bottom-right-radius",
            "border-bottom-left-radius",
        ],
    ),
    ("inset", &["top", "right", "bottom", "left"]),
    ("gap", &["row-gap", "column-gap"]),
    ("overflow", &["overflow-x", "overflow-y"]),
];

/// The changes of each actual element that are its own.
pub(super) fn own(expected: &Outline, actual: &Outline, pairs: &Pairs) -> Vec<Vec<PropertyChange>> {
    let all = Differences::between(expected, actual, pairs);
    let of =
        |at: usize| pairs.expected_of[at].map(|was| all.of(expected.elements[was].style, actual.elements[at].style));
    (0..actual.elements.len())
        .map(|at| {
            let changes = of(at).unwrap_or_default();
            if changes.is_empty() {
                return Vec::new();
            }
            let around = actual.elements[at].parent.filter(|&parent| {
                pairs.expected_of[parent].is_some()
                    && pairs.expected_of[parent] == pairs.expected_of[at].and_then(|was| expected.elements[was].parent)
            });
            let around = around.and_then(of).unwrap_or_default();
            let own = changes.iter().filter(|change| !follows(change, changes, around)).cloned().collect();
            together(own)
        })
        .collect()
}

/// Whether none of the changes can have moved anything.
pub(super) fn only_paint(changes: &[PropertyChange]) -> bool {
    changes.iter().all(|change| {
        let property = change.property.as_str();
        PAINT_ONLY.contains(&property) || property.ends_with("-color") || property.starts_with("background-")
    })
}

/// The differences between styles, each pair of styles compared once.
struct Differences {
    found: HashMap<(usize, usize), Vec<PropertyChange>>,
}

impl Differences {
    fn between(expected: &Outline, actual: &Outline, pairs: &Pairs) -> Self {
        // Names that only one of them knows were recorded by another version; nothing can be said about them.
        let columns: Vec<(usize, usize)> = actual
            .properties
            .iter()
            .enumerate()
            .filter_map(|(is, name)| Some((expected.properties.iter().position(|other| other == name)?, is)))
            .collect();
        let mut found = HashMap::new();
        for (at, was) in pairs.expected_of.iter().enumerate().filter_map(|(at, was)| Some((at, (*was)?))) {
            let styles = (expected.elements[was].style, actual.elements[at].style);
            found.entry(styles).or_insert_with(|| {
                let (before, after) = (&expected.styles[styles.0], &actual.styles[styles.1]);
                let differing = columns.iter().filter(|&&(a, b)| before[a] != after[b]);
                let change = |&(a, b): &(usize, usize)| PropertyChange {
                    property: actual.properties[b].clone(),
                    from: before[a].clone(),
                    to: after[b].clone(),
                };
                differing.map(change).collect::<Vec<_>>()
            });
        }
        Self { found }
    }

    fn of(&self, was: usize, is: usize) -> &[PropertyChange] {
        &self.found[&(was, is)]
    }
}

/// Whether a change only follows from another one of the same element, or from the same one of the element around it.
fn follows(change: &PropertyChange, changes: &[PropertyChange], around: &[PropertyChange]) -> bool {
    let property = change.property.as_str();
    if INHERITED.contains(&property) && around.contains(change) {
        return true;
    }
    let takes_colour = property.ends_with("-color") && property != "background-color";
    let same = |other: &PropertyChange| other.from == change.from && other.to == change.to;
    if takes_colour && changes.iter().any(|other| other.property == "color" && same(other)) {
        return true;
    }
    // Lengths in `em` grow with the letters.
    let size = changes.iter().find(|other| other.property == "font-size").and_then(ratio);
    property != "font-size" && size.zip(ratio(change)).is_some_and(|(size, own)| (size / own - 1.0).abs() < 0.005)
}

/// How many times as long a length became.
fn ratio(change: &PropertyChange) -> Option<f64> {
    let pixels = |value: &str| value.strip_suffix("px")?.parse::<f64>().ok().filter(|length| *length != 0.0);
    Some(pixels(&change.to)? / pixels(&change.from)?)
}

/// Says what all sides did alike once.
fn together(mut changes: Vec<PropertyChange>) -> Vec<PropertyChange> {
    for (name, sides) in TOGETHER {
        let Some(first) = changes.iter().position(|change| sides.contains(&change.property.as_str())) else { continue };
        let (from, to) = (changes[first].from.clone(), changes[first].to.clone());
        let alike = |change: &PropertyChange| {
            sides.contains(&change.property.as_str()) && change.from == from && change.to == to
        };
        if changes.iter().filter(|change| alike(change)).count() == sides.len() {
            changes.retain(|change| !alike(change));
            changes.insert(first, PropertyChange { property: name.to_owned(), from, to });
        }
    }
    changes
}
