//! The same change on many pictures is one group with one explanation.
//!
//! A group is what a person may accept or refuse at a stroke, so it holds only pictures that changed in exactly the same
//! ways: one that changed in one more way is in another group, however alike they look.

use std::collections::{BTreeMap, BTreeSet};

use harness_model::{Cause, CauseKind, PictureReport, PropertyChange, Region, RunReport, SnapshotKey, VerdictName};

use crate::wording;

/// Ways of change that a group's explanation tells; the pictures tell them all.
const WAYS_TOLD: usize = 3;
/// Names of viewers or flows that are told one by one.
const NAMES_TOLD: usize = 3;

/// Pictures that changed in the same ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What happened: `button.primary: padding 12px → 16px`.
    pub what: String,
    /// On which pictures: `34 pictures, all viewers, mobile only`.
    pub extent: String,
    /// The worst verdict in it.
    pub verdict: VerdictName,
    /// Its pictures, the largest difference first.
    pub keys: Vec<SnapshotKey>,
}

/// The groups of a run's pictures that need a look: the worst verdicts first, among them the largest groups.
#[must_use]
pub fn groups(run: &RunReport) -> Vec<Group> {
    let mut alike: BTreeMap<Likeness<'_>, Vec<&PictureReport>> = BTreeMap::new();
    for picture in wording::in_order(run).into_iter().filter(|picture| wording::needs_look(picture)) {
        alike.entry(likeness(picture)).or_default().push(picture);
    }
    let extent = Extent::of(run);
    let mut groups: Vec<Group> = alike
        .into_iter()
        .map(|(likeness, pictures)| Group {
            what: what(&likeness, pictures[0]),
            extent: extent.words(&pictures),
            verdict: pictures[0].verdict,
            keys: pictures.iter().map(|picture| picture.key.clone()).collect(),
        })
        .collect();
    groups.sort_by(|a, b| {
        a.verdict.cmp(&b.verdict).then_with(|| b.keys.len().cmp(&a.keys.len())).then_with(|| a.keys.cmp(&b.keys))
    });
    groups
}

/// What pictures of one group have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Likeness<'a> {
    /// They changed in these ways.
    Ways(BTreeSet<Way<'a>>),
    /// They differ in the same places, and nobody knows why.
    Places(&'a str, Vec<(u32, u32, u32, u32)>),
    /// They are the first of their page.
    New(&'a str, &'a str),
    /// They failed with the same words.
    Failed(VerdictName, String),
}

/// One way in which a picture changed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Way<'a> {
    /// Properties of a kind of element: they tell the whole change, whatever the element is called on each page.
    Properties(CauseKind, &'a str, Vec<&'a PropertyChange>),
    /// Anything else, in the words that tell it.
    Words(CauseKind, &'a str),
}

fn likeness(picture: &PictureReport) -> Likeness<'_> {
    if picture.verdict == VerdictName::New {
        return Likeness::New(picture.key.flow(), picture.key.step());
    }
    if picture.verdict == VerdictName::Leak {
        return Likeness::Failed(picture.verdict, first_line(picture));
    }
    let Some(comparison) = &picture.comparison else {
        return Likeness::Failed(picture.verdict, first_line(picture));
    };
    if picture.causes.is_empty() {
        let place = |region: &Region| (region.x, region.y, region.w, region.h);
        return Likeness::Places(picture.key.viewport(), comparison.regions.iter().map(place).collect());
    }
    let told: Vec<&Cause> = picture.causes.iter().filter(|cause| !went_along(cause)).collect();
    let ways =
        if told.is_empty() { picture.causes.iter().map(way).collect() } else { told.into_iter().map(way).collect() };
    Likeness::Ways(ways)
}

/// What only moved because of other causes tells nothing of its own: how much moves depends on the page's content.
fn went_along(cause: &Cause) -> bool {
    cause.kind == CauseKind::Moved && cause.element.is_empty()
}

fn way(cause: &Cause) -> Way<'_> {
    if cause.changes.is_empty() || cause.kind == CauseKind::Image {
        return Way::Words(cause.kind, own_words(cause));
    }
    let mut changes: Vec<_> = cause.changes.iter().collect();
    changes.sort();
    Way::Properties(cause.kind, kind_of(&cause.element), changes)
}

/// The words of a cause without those on what went along with it.
fn own_words(cause: &Cause) -> &str {
    match cause.text.rsplit_once("; ") {
        Some((own, along)) if along.contains(" only moved or resized with ") => own,
        _ => &cause.text,
    }
}

/// `section.card` of `section.card "Tasks"`.
fn kind_of(element: &str) -> &str {
    element.split_once(" \"").map_or(element, |(kind, _)| kind)
}

fn what(likeness: &Likeness<'_>, example: &PictureReport) -> String {
    match likeness {
        Likeness::New(flow, step) => format!("{flow}/{step}: a page without a baseline"),
        Likeness::Failed(_, words) if !words.is_empty() => words.clone(),
        Likeness::Failed(verdict, _) => wording::verdict(*verdict).to_owned(),
        Likeness::Places(_, regions) => {
            let regions = wording::plural(regions.len(), "region differs", "regions differ");
            format!("{regions}, the largest {}; what changed is not known", wording::place(wording::largest(example)))
        }
        Likeness::Ways(ways) => {
            let mut told: Vec<String> = ways.iter().take(WAYS_TOLD).map(words).collect();
            if let Some(more @ 1..) = ways.len().checked_sub(WAYS_TOLD) {
                told.push(format!("and {} more", wording::plural(more, "change", "changes")));
            }
            told.join(" · ")
        }
    }
}

fn words(way: &Way<'_>) -> String {
    match way {
        Way::Words(_, words) => (*words).to_owned(),
        Way::Properties(_, element, changes) => {
            let one = |change: &&PropertyChange| format!("{} {} → {}", change.property, change.from, change.to);
            format!("{element}: {}", changes.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    }
}

fn first_line(picture: &PictureReport) -> String {
    let mut lines = picture.message.iter().flat_map(|text| text.lines()).map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    match lines.next().filter(|_| first.ends_with(':')) {
        Some(next) => format!("{first} {next}"),
        None => first.to_owned(),
    }
}

/// The viewers, viewports and flows of a run, of which a group has all or some.
struct Extent<'a> {
    viewers: BTreeSet<&'a str>,
    viewports: BTreeSet<&'a str>,
    flows: BTreeSet<&'a str>,
}

impl<'a> Extent<'a> {
    fn of(run: &'a RunReport) -> Self {
        let parts = |part: fn(&SnapshotKey) -> &str| run.pictures.iter().map(|picture| part(&picture.key)).collect();
        Self {
            viewers: parts(SnapshotKey::viewer),
            viewports: parts(SnapshotKey::viewport),
            flows: parts(SnapshotKey::flow),
        }
    }

    /// `34 pictures, all viewers, mobile only`.
    fn words(&self, pictures: &[&PictureReport]) -> String {
        let parts = |part: fn(&SnapshotKey) -> &str| pictures.iter().map(|picture| part(&picture.key)).collect();
        let count = wording::plural(pictures.len(), "picture", "pictures");
        let told = [
            share(&parts(SnapshotKey::viewer), &self.viewers, "viewers"),
            share(&parts(SnapshotKey::viewport), &self.viewports, "viewports"),
            share(&parts(SnapshotKey::flow), &self.flows, "flows"),
        ];
        std::iter::once(count).chain(told.into_iter().flatten()).collect::<Vec<_>>().join(", ")
    }
}

/// `all viewers`, `mobile only`, `anna and ben`, `4 of 10 viewers`; nothing where there is but one.
fn share(some: &BTreeSet<&str>, all: &BTreeSet<&str>, several: &str) -> Option<String> {
    let names: Vec<&str> = some.iter().copied().collect();
    match (names.as_slice(), all.len()) {
        (_, 0 | 1) => None,
        (names, all) if names.len() == all => Some(format!("all {several}")),
        ([only], _) => Some(format!("{only} only")),
        (names, _) if names.len() <= NAMES_TOLD => {
            let (last, first) = names.split_last().expect("a group has pictures");
            Some(format!("{} and {last}", first.join(", ")))
        }
        (names, all) => Some(format!("{} of {all} {several}", names.len())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn picture(key: &str, verdict: VerdictName, causes: serde_json::Value) -> PictureReport {
        let compared = !matches!(verdict, VerdictName::New | VerdictName::Error | VerdictName::NeverSettled);
        let size = json!({"width": 100, "height": 100});
        serde_json::from_value(json!({
            "key": key, "verdict": verdict, "diff_pixels": 9, "ratio": 0.1, "settled": "settled_different", "retries": 0,
            "ms": 1, "url": "", "causes": causes, "message": "the page answered 502\nhelp: look",
            "comparison": compared.then(|| json!({"expected": size, "actual": size, "diff_pixels": 9, "ratio": 0.1,
                "regions": [{"x": 1, "y": 2, "w": 3, "h": 4, "pixels": 9}]})),
        }))
        .unwrap()
    }

    fn padding(element: &str, to: &str) -> serde_json::Value {
        json!({"kind": "style", "text": format!("{element}: padding 12px → {to}; 9 elements only moved or resized with it"),
            "element": element, "changes": [{"property": "padding", "from": "12px", "to": to}], "boxes": []})
    }

    fn told(pictures: Vec<PictureReport>) -> Vec<String> {
        let run = RunReport {
            version: 1,
            started_at: String::new(),
            duration_ms: 0,
            environment: harness_model::Environment::default(),
            summary: harness_model::Summary::of(&pictures),
            pictures,
            shard: None,
            suite: None,
            not_run: vec![],
            orphans: vec![],
            warnings: vec![],
            viewers: Default::default(),
        };
        groups(&run).iter().map(|group| format!("{} ({})", group.what, group.extent)).collect()
    }

    #[test]
    fn one_style_on_many_pages_is_one_group_whatever_the_elements_are_called() {
        let changed = |key: &str, name: &str| {
            picture(key, VerdictName::Changed, json!([padding(&format!("button.primary \"{name}\""), "16px")]))
        };
        let same = |key: &str| picture(key, VerdictName::Identical, json!([]));
        assert_eq!(
            told(vec![
                changed("home/start/anna-mobile", "Speichern"),
                changed("home/start/ben-mobile", "Anlegen"),
                same("home/start/anna-desktop"),
                same("todo/list/ben-desktop"),
            ]),
            ["button.primary: padding 12px → 16px (2 pictures, all viewers, mobile only, home only)"]
        );
    }

    #[test]
    fn a_picture_that_changed_in_one_more_way_is_in_a_group_of_its_own() {
        let vanished = json!({"kind": "vanished", "text": "li.task \"Miete\": vanished", "element": "li.task \"Miete\"", "boxes": []});
        let along = json!({"kind": "moved", "text": "5 elements only moved or resized with these", "boxes": []});
        let padding = padding("button \"Neu\"", "16px");
        let found = told(vec![
            picture("home/start/anna-desktop", VerdictName::Changed, json!([padding])),
            picture("home/start/ben-desktop", VerdictName::Changed, json!([vanished, padding, along])),
            picture("home/start/kai-desktop", VerdictName::Changed, json!([padding, along])),
            picture("home/start/lea-desktop", VerdictName::Changed, json!([self::padding("button", "20px")])),
        ]);
        assert_eq!(
            found,
            [
                "button: padding 12px → 16px (2 pictures, anna and kai)",
                "button: padding 12px → 16px · li.task \"Miete\": vanished (1 picture, ben only)",
                "button: padding 12px → 20px (1 picture, lea only)",
            ]
        );
    }

    #[test]
    fn what_has_no_cause_is_grouped_by_what_is_known_of_it() {
        let one = |key: &str, verdict| picture(key, verdict, json!([]));
        assert_eq!(
            told(vec![
                one("home/start/anna-desktop", VerdictName::Error),
                one("home/start/ben-desktop", VerdictName::Error),
                one("todo/list/anna-desktop", VerdictName::New),
                one("todo/list/ben-desktop", VerdictName::New),
                one("habits/list/ben-desktop", VerdictName::Changed),
                one("notes/list/ben-desktop", VerdictName::Changed),
            ]),
            [
                "the page answered 502 (2 pictures, all viewers, home only)",
                "1 region differs, the largest 3×4 at 1,2; what changed is not known (2 pictures, ben only, habits and notes)",
                "todo/list: a page without a baseline (2 pictures, all viewers, todo only)",
            ]
        );
    }

    #[test]
    fn what_passed_or_was_accepted_needs_no_group() {
        let mut accepted = picture("home/start/anna-desktop", VerdictName::Changed, json!([]));
        accepted.accepted = true;
        assert_eq!(told(vec![accepted, picture("home/start/ben-desktop", VerdictName::Passed, json!([]))]), [""; 0]);
    }
}
