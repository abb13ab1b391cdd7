//! How elements and changes are called.

use harness_model::{CauseKind, Element, Outline, PropertyChange};

use super::ids::lasting;

/// Characters of a name or text that are quoted.
const QUOTED: usize = 40;
/// Characters of a property's value that are told.
const VALUE: usize = 60;
/// How many elements further a name is looked for.
const NEAR: usize = 30;

/// `section.card "Tasks"`.
pub(super) fn label(outline: &Outline, at: usize) -> String {
    let element = &outline.elements[at];
    let kind = if element.tag.starts_with("::") { pseudo(outline, at) } else { kind(element) };
    match name(outline, at) {
        Some(name) => format!("{kind} {}", quoted(name)),
        None => kind,
    }
}

/// `section.card`, without what makes it one of many.
pub(super) fn kind(element: &Element) -> String {
    let Element { tag, id, test_id, class, .. } = element;
    let id = lasting(id);
    if !id.is_empty() {
        format!("{tag}#{id}")
    } else if !class.is_empty() {
        format!("{tag}.{class}")
    } else if !test_id.is_empty() {
        format!("{tag}[{test_id}]")
    } else {
        tag.clone()
    }
}

fn pseudo(outline: &Outline, at: usize) -> String {
    let element = &outline.elements[at];
    let around = element.parent.map_or_else(String::new, |parent| kind(&outline.elements[parent]));
    format!("{around}{}", element.tag)
}

/// What a person would call the element: its name, its text, or the first heading in it.
fn name(outline: &Outline, at: usize) -> Option<&str> {
    let element = &outline.elements[at];
    let own = [&element.name, &element.text].into_iter().find(|text| !text.is_empty());
    let heading = || {
        let near = outline.elements.iter().enumerate().skip(at + 1).take(NEAR);
        near.filter(|(_, inner)| matches!(inner.tag.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "legend"))
            .filter(|(inner, _)| is_within(outline, *inner, at))
            .find_map(|(_, inner)| [&inner.name, &inner.text].into_iter().find(|text| !text.is_empty()))
    };
    // What holds the whole page has no name of its own.
    let holds_page = matches!(element.tag.as_str(), "html" | "body" | "main");
    own.or_else(|| if holds_page { None } else { heading() }).map(String::as_str)
}

/// Whether an element lies in another one.
pub(super) fn is_within(outline: &Outline, at: usize, within: usize) -> bool {
    std::iter::successors(outline.elements[at].parent, |&parent| outline.elements[parent].parent)
        .any(|parent| parent == within)
}

/// Several elements of which the same can be said.
pub(super) fn several(outline: &Outline, elements: &[usize], what: &str) -> String {
    let (first, more) = (elements[0], elements.len() - 1);
    if more == 0 {
        return format!("{}: {what}", label(outline, first));
    }
    let alike = kind(&outline.elements[first]);
    if elements.iter().all(|&at| kind(&outline.elements[at]) == alike) {
        return format!("{alike}: {what} on {} elements", elements.len());
    }
    format!("{} and {more} more: {what}", label(outline, first))
}

/// `padding-right 24px → 32px, color red → blue`.
pub(super) fn changes(changes: &[PropertyChange]) -> String {
    let one = |change: &PropertyChange| {
        format!("{} {} → {}", change.property, shortened(&change.from, VALUE), shortened(&change.to, VALUE))
    };
    changes.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What an element said and says.
pub(super) fn text_change(was: &Element, is: &Element) -> String {
    match (was.text.as_str(), is.text.as_str()) {
        ("", now) => format!("text {} is new", quoted(now)),
        (before, "") => format!("text {} is gone", quoted(before)),
        (before, now) if before == now => format!("text changed further on, after {}", quoted(now)),
        (before, now) => format!("text {} → {}", quoted(before), quoted(now)),
    }
}

/// An element that came or went, and how much came or went with it.
pub(super) fn came_or_went(kind: CauseKind, within: usize) -> String {
    let did = if kind == CauseKind::Appeared { "appeared" } else { "vanished" };
    match within {
        0 => did.to_owned(),
        1 => format!("{did}, with 1 element in it"),
        more => format!("{did}, with {more} elements in it"),
    }
}

/// How far things went, in CSS pixels.
pub(super) fn css_pixels(picture_pixels: i32, scale: f64) -> String {
    let tenths = (f64::from(picture_pixels) / scale * 10.0).round() / 10.0;
    format!("{tenths} px")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text, QUOTED))
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
