//! Names what changed: which elements and properties are behind the differing pixels.
//!
//! Two outlines are laid over each other. What came, went, says something else or has other properties is a cause; what
//! merely lies elsewhere went along with one. Of the causes only those are told that touch a region of differing pixels
//! or can have moved what does. Regions that no cause reaches are told as what they are: other pixels in an equal
//! outline.

mod changes;
mod ids;
mod pairs;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use harness_model::{Cause, CauseKind, Comparison, Explanation, Outline, Place, PropertyChange, Rect, Region};

use self::pairs::Pairs;

/// Causes that are told; a page that changed in more ways than this is another page.
const CAUSES_MAX: usize = 40;
/// Boxes told of one cause.
const BOXES_MAX: usize = 60;
/// How far beyond its box an element paints at most, in CSS pixels: shadows and outlines.
const REACH: f64 = 4.0;
/// How far a shadow may.
const SHADOW_REACH: f64 = 48.0;

/// Explains the differences of two pictures by the outlines of their pages.
///
/// The outlines must be sound ([`Outline::is_sound`]). Equal pictures have nothing to explain.
#[must_use]
pub fn explain(expected: &Outline, actual: &Outline, comparison: &Comparison) -> Explanation {
    if comparison.equal {
        return Explanation::default();
    }
    let pages = Pages { expected, actual, comparison, pairs: pairs::of(expected, actual) };
    let moves = pages.moves();
    let mut found = pages.changed();
    found.retain(|cause| pages.matters(cause, &moves));
    if found.is_empty() {
        found = pages.only_moved(&moves);
    }
    pages.told(found, &moves)
}

/// What is compared.
struct Pages<'a> {
    expected: &'a Outline,
    actual: &'a Outline,
    comparison: &'a Comparison,
    pairs: Pairs,
}

/// A cause before it is put into words.
struct Found {
    kind: CauseKind,
    changes: Vec<PropertyChange>,
    /// Of the baseline when the cause is that they are gone, else of the new page.
    elements: Vec<usize>,
    what: String,
    regions: Vec<usize>,
}

/// Elements of the new page of which the box changed, with how it did.
struct Moves {
    by_element: BTreeMap<usize, Place>,
}

impl Pages<'_> {
    /// Everything that is not the same in both outlines but for boxes, in the order of the page.
    fn changed(&self) -> Vec<Found> {
        let own = changes::own(self.expected, self.actual, &self.pairs);
        let mut found = self.came_or_went(CauseKind::Vanished, self.expected, &self.pairs.actual_of);
        found.extend(self.came_or_went(CauseKind::Appeared, self.actual, &self.pairs.expected_of));
        let mut alike: HashMap<(CauseKind, String), usize> = HashMap::new();
        for (at, own) in own.iter().enumerate() {
            let Some(was) = self.pairs.expected_of[at] else { continue };
            let (before, after) = (&self.expected.elements[was], &self.actual.elements[at]);
            let mut add = |kind, changes: &[PropertyChange], what: String| {
                let place = *alike.entry((kind, what.clone())).or_insert(found.len());
                if place == found.len() {
                    found.push(Found { kind, changes: changes.to_vec(), elements: vec![], what, regions: vec![] });
                }
                found[place].elements.push(at);
            };
            if !own.is_empty() {
                add(CauseKind::Style, own, words::changes(own));
            }
            if before.text_hash != after.text_hash {
                add(CauseKind::Text, &[], words::text_change(before, after));
            }
            if before.source != after.source {
                let source = PropertyChange {
                    property: "source".to_owned(),
                    from: before.source.clone(),
                    to: after.source.clone(),
                };
                let what = if after.tag == "svg" {
                    "another drawing".to_owned()
                } else {
                    words::changes(std::slice::from_ref(&source))
                };
                add(CauseKind::Image, &[source], what);
            }
        }
        for cause in &mut found {
            cause.regions = self.regions_at(&self.places(cause), reach(cause));
        }
        found
    }

    /// The outermost elements of one outline that the other has not.
    fn came_or_went(&self, kind: CauseKind, outline: &Outline, other: &[Option<usize>]) -> Vec<Found> {
        let mut within = vec![0_usize; outline.elements.len()];
        for (at, element) in outline.elements.iter().enumerate().rev() {
            if let Some(parent) = element.parent.filter(|_| other[at].is_none()) {
                within[parent] += within[at] + 1;
            }
        }
        let outermost = |at: &usize| {
            other[*at].is_none() && outline.elements[*at].parent.is_none_or(|parent| other[parent].is_some())
        };
        (0..outline.elements.len())
            .filter(outermost)
            .map(|at| Found {
                kind,
                changes: vec![],
                elements: vec![at],
                what: words::came_or_went(kind, within[at]),
                regions: vec![],
            })
            .collect()
    }

    fn moves(&self) -> Moves {
        let change = |at: usize| {
            let was = self.expected.elements[self.pairs.expected_of[at]?].place;
            let is = self.actual.elements[at].place;
            let by = Place { x: is.x - was.x, y: is.y - was.y, w: is.w - was.w, h: is.h - was.h };
            (by != Place::default() && !self.actual.elements[at].tag.starts_with("::")).then_some((at, by))
        };
        Moves { by_element: (0..self.actual.elements.len()).filter_map(change).collect() }
    }

    /// Whether a difference of the outlines can be behind the differing pixels.
    fn matters(&self, cause: &Found, moves: &Moves) -> bool {
        if !cause.regions.is_empty() || self.comparison.regions.is_empty() {
            return true;
        }
        let moved = !moves.by_element.is_empty();
        match cause.kind {
            CauseKind::Style => moved && !changes::only_paint(&cause.changes),
            CauseKind::Appeared | CauseKind::Vanished => {
                moved && self.places(cause).iter().any(|place| place.w > 0 && place.h > 0)
            }
            _ => false,
        }
    }

    /// The causes of a page on which nothing but boxes changed: the innermost elements of another size, or where there
    /// are none, the outermost that lie elsewhere.
    fn only_moved(&self, moves: &Moves) -> Vec<Found> {
        let resized = |at: usize| moves.by_element.get(&at).is_some_and(|by| by.w != 0 || by.h != 0);
        let mut holds_resized = vec![false; self.actual.elements.len()];
        for &at in moves.by_element.keys().filter(|&&at| resized(at)) {
            if let Some(parent) = self.actual.elements[at].parent {
                holds_resized[parent] = true;
            }
        }
        let innermost: Vec<usize> =
            moves.by_element.keys().copied().filter(|&at| resized(at) && !holds_resized[at]).collect();
        let chosen = if innermost.is_empty() {
            let with_parent = |at: usize| {
                let parent = self.actual.elements[at].parent.and_then(|parent| moves.by_element.get(&parent));
                parent.is_some_and(|by| (by.x, by.y) == (moves.by_element[&at].x, moves.by_element[&at].y))
            };
            moves.by_element.keys().copied().filter(|&at| !with_parent(at)).collect()
        } else {
            innermost
        };
        let mut found: Vec<Found> = Vec::new();
        for at in chosen {
            let what = self.how_it_moved(at, moves.by_element[&at]);
            match found.iter_mut().find(|other| other.what == what) {
                Some(other) => other.elements.push(at),
                None => found.push(Found {
                    kind: CauseKind::Moved,
                    changes: vec![],
                    elements: vec![at],
                    what,
                    regions: vec![],
                }),
            }
        }
        for cause in &mut found {
            cause.regions = self.regions_at(&self.places(cause), REACH);
        }
        found
    }

    fn how_it_moved(&self, at: usize, by: Place) -> String {
        let is = self.actual.elements[at].place;
        let scale = self.actual.scale;
        let size = |name: &str, now: i32, by: i32| {
            (by != 0)
                .then(|| format!("{name} {} → {}", words::css_pixels(now - by, scale), words::css_pixels(now, scale)))
        };
        let went = |by: i32, back: &str, on: &str| {
            (by != 0)
                .then(|| format!("moved {} {}", words::css_pixels(by.abs(), scale), if by < 0 { back } else { on }))
        };
        let mut parts: Vec<String> =
            [size("width", is.w, by.w), size("height", is.h, by.h)].into_iter().flatten().collect();
        if parts.is_empty() {
            parts.extend([went(by.x, "left", "right"), went(by.y, "up", "down")].into_iter().flatten());
        }
        parts.join(", ")
    }

    /// Puts the causes into words and in order, with what only went along and what nothing explains.
    fn told(&self, mut found: Vec<Found>, moves: &Moves) -> Explanation {
        let causing: Vec<usize> = found
            .iter()
            .filter(|cause| cause.kind != CauseKind::Vanished)
            .flat_map(|cause| cause.elements.iter().copied())
            .collect();
        let along: Vec<usize> = moves.by_element.keys().copied().filter(|at| !causing.contains(at)).collect();
        let along_regions = self.regions_of_moved(&along, moves);
        let unexplained = self.unexplained(&found, &along_regions);

        found.sort_by_key(|cause| std::cmp::Reverse(self.pixels_in(&cause.regions)));
        let only_one = found.len() == 1;
        let mut causes: Vec<Cause> = found.iter().map(|cause| self.cause(cause)).collect();
        if causes.len() > CAUSES_MAX {
            let more = causes.len() - CAUSES_MAX;
            causes.truncate(CAUSES_MAX);
            causes[CAUSES_MAX - 1].text.push_str(&format!("; and {more} more changes"));
        }
        if !along.is_empty() && !causes.is_empty() {
            let what = self.went_along(&along, moves, only_one);
            if only_one {
                causes[0].text = format!("{}; {what}", causes[0].text);
                causes[0].regions.extend(along_regions);
                causes[0].regions.sort_unstable();
                causes[0].regions.dedup();
            } else {
                let places: Vec<Place> = along.iter().map(|&at| self.actual.elements[at].place).collect();
                causes.push(Cause {
                    kind: CauseKind::Moved,
                    text: what,
                    element: String::new(),
                    changes: vec![],
                    boxes: self.boxes(&places),
                    regions: along_regions,
                });
            }
        }
        causes.extend(unexplained);
        Explanation { causes }
    }

    fn cause(&self, found: &Found) -> Cause {
        let outline = if found.kind == CauseKind::Vanished { self.expected } else { self.actual };
        let places: Vec<Place> = found.elements.iter().map(|&at| outline.elements[at].place).collect();
        Cause {
            kind: found.kind,
            text: words::several(outline, &found.elements, &found.what),
            element: words::label(outline, found.elements[0]),
            changes: found.changes.clone(),
            boxes: self.boxes(&places),
            regions: found.regions.clone(),
        }
    }

    fn went_along(&self, along: &[usize], moves: &Moves, with_one: bool) -> String {
        let farthest =
            along.iter().map(|at| moves.by_element[at]).map(|by| by.x.abs().max(by.y.abs())).max().unwrap_or(0);
        let elements = if along.len() == 1 { "1 element".to_owned() } else { format!("{} elements", along.len()) };
        let with = if with_one { "it" } else { "these" };
        let far = match farthest {
            0 => String::new(),
            far => format!(", by up to {}", words::css_pixels(far, self.actual.scale)),
        };
        format!("{elements} only moved or resized with {with}{far}")
    }

    /// Where the elements of a cause lie now and lay before.
    fn places(&self, cause: &Found) -> Vec<Place> {
        let outline = if cause.kind == CauseKind::Vanished { self.expected } else { self.actual };
        let mut places: Vec<Place> = cause.elements.iter().map(|&at| outline.elements[at].place).collect();
        if !matches!(cause.kind, CauseKind::Vanished | CauseKind::Appeared) {
            let before = cause.elements.iter().filter_map(|&at| self.pairs.expected_of[at]);
            places.extend(before.map(|was| self.expected.elements[was].place));
        }
        places
    }

    /// The regions that elements explain by having moved. One that only grew explains what it paints itself.
    fn regions_of_moved(&self, along: &[usize], moves: &Moves) -> Vec<usize> {
        let children = self.actual.children();
        let shows = |at: usize| {
            let by = moves.by_element[&at];
            by.x != 0 || by.y != 0 || children[at].is_empty() || paints(self.actual, at)
        };
        let places: Vec<Place> = along
            .iter()
            .filter(|&&at| shows(at))
            .flat_map(|&at| {
                let before = self.pairs.expected_of[at].map(|was| self.expected.elements[was].place);
                before.into_iter().chain([self.actual.elements[at].place])
            })
            .collect();
        self.regions_at(&places, REACH)
    }

    fn regions_at(&self, places: &[Place], reach: f64) -> Vec<usize> {
        let reach = (reach * self.actual.scale).ceil() as i64;
        let regions = self.comparison.regions.iter().enumerate();
        regions
            .filter(|(_, region)| places.iter().any(|place| touch(*place, region, reach)))
            .map(|(at, _)| at)
            .collect()
    }

    fn pixels_in(&self, regions: &[usize]) -> u64 {
        regions.iter().map(|&at| self.comparison.regions[at].pixels).sum()
    }

    /// The regions that nothing reaches, by the element that lies there.
    fn unexplained(&self, found: &[Found], along: &[usize]) -> Vec<Cause> {
        let comparison = self.comparison;
        let common = (
            comparison.expected.width.min(comparison.actual.width),
            comparison.expected.height.min(comparison.actual.height),
        );
        let explained = |at: usize| {
            let region = &comparison.regions[at];
            let beyond = region.x + region.w > common.0 || region.y + region.h > common.1;
            along.contains(&at)
                || found.iter().any(|cause| cause.regions.contains(&at))
                || (beyond && !found.is_empty())
        };
        let mut by_element: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for at in (0..comparison.regions.len()).filter(|&at| !explained(at)) {
            by_element.entry(self.innermost_at(&comparison.regions[at])).or_default().push(at);
        }
        let mut causes: Vec<(u64, Cause)> = by_element
            .into_iter()
            .map(|(element, regions)| {
                let name = element.map_or_else(|| "the page".to_owned(), |at| words::label(self.actual, at));
                let place = element.map(|at| self.actual.elements[at].place);
                let cause = Cause {
                    kind: CauseKind::Unexplained,
                    text: format!("{name}: pixels differ, outline equal{}", self.perhaps(element)),
                    element: name,
                    changes: vec![],
                    boxes: self.boxes(place.as_slice()),
                    regions: regions.clone(),
                };
                (self.pixels_in(&regions), cause)
            })
            .collect();
        causes.sort_by_key(|(pixels, _)| std::cmp::Reverse(*pixels));
        causes.truncate(CAUSES_MAX);
        causes.into_iter().map(|(_, cause)| cause).collect()
    }

    /// What can look different without any property saying so.
    fn perhaps(&self, element: Option<usize>) -> &'static str {
        match element.map(|at| self.actual.elements[at].tag.as_str()) {
            Some("canvas") => " (what the canvas draws)",
            Some("img" | "picture" | "video" | "svg" | "object" | "embed") => " (the image itself)",
            Some("iframe" | "frame") => " (the page in the frame)",
            _ => " (a canvas, an image or a font)",
        }
    }

    /// The smallest element around the middle of a region; of equal ones the innermost.
    fn innermost_at(&self, region: &Region) -> Option<usize> {
        let (x, y) = (i64::from(region.x + region.w / 2), i64::from(region.y + region.h / 2));
        let around = |place: &Place| {
            let (left, top) = (i64::from(place.x), i64::from(place.y));
            (left..left + i64::from(place.w)).contains(&x) && (top..top + i64::from(place.h)).contains(&y)
        };
        let elements = self.actual.elements.iter().enumerate();
        elements
            .filter(|(_, element)| around(&element.place) && !element.tag.starts_with("::"))
            .min_by_key(|(at, element)| {
                (i64::from(element.place.w) * i64::from(element.place.h), std::cmp::Reverse(*at))
            })
            .map(|(at, _)| at)
    }

    /// Boxes as the report draws them, within the larger of the two pictures.
    fn boxes(&self, places: &[Place]) -> Vec<Rect> {
        let size = harness_model::Size {
            width: self.comparison.expected.width.max(self.comparison.actual.width),
            height: self.comparison.expected.height.max(self.comparison.actual.height),
        };
        let rect = |place: &Place| {
            let (left, top) = (place.x.max(0), place.y.max(0));
            let edge = |start: i32, length: i32, from: i32| {
                u32::try_from(start.saturating_add(length).saturating_sub(from)).ok()
            };
            let (w, h) = (edge(place.x, place.w, left)?, edge(place.y, place.h, top)?);
            Rect { x: left as u32, y: top as u32, w, h }.clipped_to(size)
        };
        places.iter().filter_map(rect).take(BOXES_MAX).collect()
    }
}

fn reach(cause: &Found) -> f64 {
    let shadow = cause.changes.iter().any(|change| change.property.ends_with("-shadow") || change.property == "filter");
    if shadow { SHADOW_REACH } else { REACH }
}

/// Whether an element paints more than what is in it.
fn paints(outline: &Outline, at: usize) -> bool {
    outline.style(at).any(|(property, value)| match property {
        "background-color" => value != "rgba(0, 0, 0, 0)",
        "background-image" | "box-shadow" => value != "none",
        "border-top-width" | "border-right-width" | "border-bottom-width" | "border-left-width" => value != "0px",
        _ => false,
    })
}

fn touch(place: Place, region: &Region, reach: i64) -> bool {
    let within = |start: i32, length: i32, other: u32, span: u32| {
        let (start, length) = (i64::from(start), i64::from(length));
        length > 0 && start - reach < i64::from(other) + i64::from(span) && i64::from(other) < start + length + reach
    };
    within(place.x, place.w, region.x, region.w) && within(place.y, place.h, region.y, region.h)
}
