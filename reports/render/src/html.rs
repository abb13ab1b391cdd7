//! `report/index.html`: one static page that holds the whole run as data and needs nothing but its pictures, which lie
//! beside it. It asks nothing of any server; its content policy forbids it to.
//!
//! What an app says about itself (messages, URLs, selectors) is data here and never markup: it goes into one JSON
//! element in which no character can end the element, and the page's scripts only ever set it as text.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use harness_model::{
    Attempt, Cause, Comparison, Environment, GATE_RATIO, MaskReport, PageErrors, PictureReport, Region, RuleReport,
    RunReport, Settled, Size, SnapshotKey, Summary, VerdictName,
};
use serde::Serialize;

use crate::{Group, groups, history::Past, wording};

const TEMPLATE: &str = include_str!("../app/template.html");

const STYLES: [&str; 7] = [
    include_str!("../app/style/ground.css"),
    include_str!("../app/style/overview.css"),
    include_str!("../app/style/groups.css"),
    include_str!("../app/style/matrix.css"),
    include_str!("../app/style/list.css"),
    include_str!("../app/style/picture.css"),
    include_str!("../app/style/review.css"),
];

/// In the order in which they build on each other.
const SCRIPTS: [&str; 10] = [
    include_str!("../app/script/data.js"),
    include_str!("../app/script/address.js"),
    include_str!("../app/script/overview.js"),
    include_str!("../app/script/list.js"),
    include_str!("../app/script/groups.js"),
    include_str!("../app/script/matrix.js"),
    include_str!("../app/script/stage.js"),
    include_str!("../app/script/picture.js"),
    include_str!("../app/script/review.js"),
    include_str!("../app/script/report.js"),
];

/// What a page for reviewing has besides.
const SERVER_SCRIPT: &str = include_str!("../app/script/server.js");

/// Family, file. Both are variable in weight.
const FONTS: [(&str, &[u8]); 2] = [
    ("Atkinson Hyperlegible Next", include_bytes!("../app/fonts/atkinson-hyperlegible-next.woff2")),
    ("Atkinson Hyperlegible Mono", include_bytes!("../app/fonts/atkinson-hyperlegible-mono.woff2")),
];

/// Bytes of one message that the page carries; a page's whole console would make it slow to open.
const MESSAGE_LIMIT: usize = 16 * 1024;

/// Who hands out the page so that pictures can be accepted on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// What the page tells the server, to be known as the page.
    pub token: String,
    /// What was decided so far: pictures' names, and for each `decision`, `reason` and `who`.
    pub decided: serde_json::Value,
}

/// The page for reading.
pub(crate) fn render(run: &RunReport, past: &Past) -> String {
    filled(run, past, None)
}

/// The page for reviewing. It differs from the one for reading in that it may ask the server that it came from.
#[must_use]
pub fn review_page(run: &RunReport, review: &Review) -> String {
    filled(run, &Past::default(), Some(review))
}

fn filled(run: &RunReport, past: &Past, review: Option<&Review>) -> String {
    let data = data_element(&PageData::of(run, past, review));
    let mut page = String::with_capacity(data.len() + 256 * 1024);
    // One pass over the template: what is filled in is not searched for places to fill.
    let mut pieces = TEMPLATE.split("{{");
    page.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (place, rest) = piece.split_once("}}").expect("every place in the template is closed");
        match place {
            "connect" => page.push_str(if review.is_some() { "connect-src 'self'; " } else { "" }),
            "title" => page.push_str(&title(run)),
            "fonts" => page.extend(FONTS.iter().map(|(family, file)| font_face(family, file))),
            "styles" => page.extend(STYLES),
            "data" => page.push_str(&data),
            "scripts" => {
                let server = review.map(|_| SERVER_SCRIPT);
                page.extend(server.iter().chain(&SCRIPTS).map(|script| format!("<script>\n{script}</script>\n")));
            }
            unknown => unreachable!("the template names `{unknown}`, which nothing fills"),
        }
        page.push_str(rest);
    }
    page
}

fn title(run: &RunReport) -> String {
    let looks = run.pictures.iter().filter(|picture| wording::needs_look(picture)).count();
    match (run.pictures.len(), looks) {
        (0, _) => "No picture · Beholder".to_owned(),
        (total, 0) => format!("All {total} as they were · Beholder"),
        (total, looks) => format!("{looks} of {total} need a look · Beholder"),
    }
}

fn font_face(family: &str, file: &[u8]) -> String {
    format!(
        "@font-face{{font-family:\"{family}\";font-weight:200 800;font-display:block;\
         src:url(data:font/woff2;base64,{}) format(\"woff2\")}}\n",
        BASE64_STANDARD.encode(file)
    )
}

/// JSON that can stand in a script element whatever its texts hold: without `<`, `>` and `&` nothing can end or comment
/// out the element, and without the two line separators every JavaScript engine agrees where a string ends.
fn data_element(data: &PageData<'_>) -> String {
    let json = serde_json::to_string(data).expect("a page's data holds only texts, numbers and lists of them");
    let mut safe = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        // These characters occur within JSON strings only, where the escape means the same.
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => safe.push(c),
        }
    }
    safe
}

/// Pictures of one page and viewport that are equal to the pixel, whoever saw them.
struct Equal<'a>(BTreeMap<Page<'a>, (usize, usize)>);

/// Flow, step, viewport and what the picture looks like.
type Page<'a> = (&'a str, &'a str, &'a str, &'a str);

impl<'a> Equal<'a> {
    fn of(run: &'a RunReport) -> Self {
        let mut found: BTreeMap<Page<'a>, (usize, usize)> = BTreeMap::new();
        for page in run.pictures.iter().filter_map(Self::page) {
            let number = found.len();
            found.entry(page).or_insert((number, 0)).1 += 1;
        }
        Self(found)
    }

    fn page(picture: &'a PictureReport) -> Option<Page<'a>> {
        let key = &picture.key;
        Some((key.flow(), key.step(), key.viewport(), picture.fingerprint.as_deref()?))
    }

    /// The number of those that this picture is one of; nothing where it is the only one.
    fn number(&self, picture: &'a PictureReport) -> Option<usize> {
        let (number, count) = self.0.get(&Self::page(picture)?)?;
        (*count > 1).then_some(*number)
    }
}

/// What the page's scripts read.
#[derive(Serialize)]
struct PageData<'a> {
    started_at: &'a str,
    duration: String,
    gate: f64,
    environment: &'a Environment,
    verdicts: Vec<VerdictData>,
    retried: usize,
    past: &'a Past,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<&'a Review>,
    not_run: &'a [SnapshotKey],
    groups: Vec<GroupData>,
    viewers: BTreeMap<&'a str, String>,
    pictures: Vec<PictureData<'a>>,
}

#[derive(Serialize)]
struct GroupData {
    what: String,
    extent: String,
    verdict: VerdictName,
    keys: Vec<SnapshotKey>,
}

#[derive(Serialize)]
struct VerdictData {
    name: &'static str,
    words: &'static str,
}

/// A picture. What is as with most of them is left out, and put in again by the page: of ten thousand pictures almost all
/// are as they were, and the page reads each before it shows anything.
#[derive(Serialize)]
struct PictureData<'a> {
    key: String,
    /// The same number for pictures of one page and viewport that are equal to the pixel, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    equal: Option<usize>,
    verdict: VerdictName,
    /// Whether a person should still look at it.
    #[serde(skip_serializing_if = "is_usual")]
    look: bool,
    #[serde(skip_serializing_if = "is_usual")]
    accepted: bool,
    #[serde(skip_serializing_if = "is_usual")]
    allowed: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attempts: &'a [Attempt],
    #[serde(skip_serializing_if = "is_usual")]
    pixels: u64,
    #[serde(skip_serializing_if = "is_usual")]
    ratio: f64,
    /// The share in words, where something was compared, so that the page and the terminal round alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<String>,
    /// The rows that only one picture has, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<String>,
    settled: Settled,
    #[serde(skip_serializing_if = "is_usual")]
    retries: u32,
    ms: u64,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonData<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    causes: &'a [Cause],
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    images: ImagesData,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    masks: &'a [MaskReport],
    #[serde(skip_serializing_if = "PageErrors::is_empty")]
    errors: &'a PageErrors,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a RuleReport>,
}

/// Whether a value is the one that is left out.
fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Serialize)]
struct ComparisonData<'a> {
    expected: Size,
    /// Left out where it is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<Size>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    regions: &'a [Region],
    #[serde(skip_serializing_if = "Option::is_none")]
    similarity: Option<f64>,
}

impl<'a> ComparisonData<'a> {
    fn of(found: &'a Comparison) -> Self {
        let actual = (found.actual != found.expected).then_some(found.actual);
        Self { expected: found.expected, actual, regions: &found.regions, similarity: found.similarity }
    }
}

#[derive(Serialize)]
struct ImagesData {
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<Address>,
}

/// Where a file of a picture lies, as the page refers to it.
#[derive(Serialize)]
#[serde(untagged)]
enum Address {
    /// `true`: where the harness puts it, which the page knows from the picture's name.
    Usual(bool),
    At(String),
}

impl Address {
    fn of(picture: &PictureReport, which: &str, path: Option<&String>) -> Option<Self> {
        // A path that is refused is told as empty.
        let address = page_address(path?).unwrap_or_default();
        let usual = format!("pictures/{}.{which}.png", picture.key);
        Some(if address == usual { Self::Usual(true) } else { Self::At(address) })
    }
}

impl<'a> PageData<'a> {
    fn of(run: &'a RunReport, past: &'a Past, review: Option<&'a Review>) -> Self {
        let equal = Equal::of(run);
        Self {
            started_at: &run.started_at,
            duration: wording::duration(run.duration_ms),
            gate: GATE_RATIO,
            environment: &run.environment,
            verdicts: VerdictName::ALL.into_iter().map(VerdictData::of).collect(),
            retried: Summary::of(&run.pictures).retried,
            past,
            review,
            not_run: &run.not_run,
            groups: groups(run).into_iter().map(GroupData::of).collect(),
            viewers: run.viewers.iter().map(|(name, told)| (name.as_str(), shortened(told))).collect(),
            pictures: wording::in_order(run).into_iter().map(|picture| PictureData::of(picture, &equal)).collect(),
        }
    }
}

impl GroupData {
    fn of(group: Group) -> Self {
        let Group { what, extent, verdict, keys } = group;
        Self { what: shortened(&what), extent, verdict, keys }
    }
}

impl VerdictData {
    fn of(name: VerdictName) -> Self {
        Self { name: name.as_str(), words: wording::verdict(name) }
    }
}

impl<'a> PictureData<'a> {
    fn of(picture: &'a PictureReport, equal: &Equal<'a>) -> Self {
        let images = &picture.images;
        Self {
            equal: equal.number(picture),
            key: picture.key.to_string(),
            verdict: picture.verdict,
            look: wording::needs_look(picture),
            accepted: picture.accepted,
            allowed: picture.allowed,
            attempts: &picture.attempts,
            pixels: picture.diff_pixels,
            ratio: picture.ratio,
            share: picture
                .comparison
                .as_ref()
                .filter(|_| picture.verdict != VerdictName::Identical)
                .map(|_| wording::percent(picture.ratio)),
            rows: picture.comparison.as_ref().and_then(|found| found.alignment.as_ref()).map(ToString::to_string),
            settled: picture.settled,
            retries: picture.retries,
            ms: picture.ms,
            url: &picture.url,
            comparison: picture.comparison.as_ref().map(ComparisonData::of),
            causes: &picture.causes,
            message: picture.message.as_deref().map(shortened),
            images: ImagesData {
                expected: Address::of(picture, "expected", images.expected.as_ref()),
                actual: Address::of(picture, "actual", images.actual.as_ref()),
                diff: Address::of(picture, "diff", images.diff.as_ref()),
            },
            masks: &picture.masks,
            errors: &picture.page_errors,
            rule: picture.rule.as_ref(),
        }
    }
}

/// A file of the run, given relative to `run.json`, as the page in `report/` refers to it. `None` for a path that leaves
/// the run's folder or names another place: the page shows that it was refused.
fn page_address(path: &str) -> Option<String> {
    if !is_within(path) {
        return None;
    }
    let segments: Vec<_> = path.split('/').collect();
    let (above, below) = match segments.as_slice() {
        ["report", below @ ..] if !below.is_empty() => ("", below),
        all => ("../", all),
    };
    let encoded: Vec<_> = below.iter().map(|segment| percent_encoded(segment)).collect();
    Some(format!("{above}{}", encoded.join("/")))
}

/// Whether a path that a run names stays within the run's folder.
#[must_use]
pub fn is_within(path: &str) -> bool {
    path.split('/').all(|segment| !matches!(segment, "" | "." | "..") && !segment.contains('\\'))
}

/// A path segment with everything but letters, digits and `-._~` encoded, so that none of it is a scheme, a query or a
/// fragment.
fn percent_encoded(segment: &str) -> String {
    segment.bytes().fold(String::with_capacity(segment.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn shortened(message: &str) -> String {
    if message.len() <= MESSAGE_LIMIT {
        return message.to_owned();
    }
    let end = message.floor_char_boundary(MESSAGE_LIMIT);
    format!("{}…\n({} more bytes stand in run.json)", &message[..end], message.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_where_the_page_lies() {
        let cases = [
            ("report/pictures/home/anna.actual.png", Some("pictures/home/anna.actual.png")),
            ("candidates/home/anna.png", Some("../candidates/home/anna.png")),
            ("report", Some("../report")),
            ("report/a b#1?.png", Some("a%20b%231%3F.png")),
            ("report/\"><img src=x>.png", Some("%22%3E%3Cimg%20src%3Dx%3E.png")),
            ("javascript:alert(1)", Some("../javascript%3Aalert%281%29")),
            ("https://elsewhere.test/x.png", None),
            ("//elsewhere.test/x.png", None),
            ("/etc/passwd", None),
            ("report/../../secret.png", None),
            ("report/./x.png", None),
            ("C:\\x.png", None),
            ("", None),
        ];
        for (path, address) in cases {
            assert_eq!(page_address(path).as_deref(), address, "{path:?}");
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters_and_says_so() {
        let message = "ä".repeat(MESSAGE_LIMIT);
        let short = shortened(&message);
        assert!(short.starts_with("ää") && short.len() < MESSAGE_LIMIT + 100);
        assert!(short.ends_with(&format!("({MESSAGE_LIMIT} more bytes stand in run.json)")), "{short:.40}");
        assert_eq!(shortened("short"), "short");
    }
}
