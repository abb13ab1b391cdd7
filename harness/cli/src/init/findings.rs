//! What two looks at each page tell about a site: pages, what differs on every visit, how to wait, how to log in. Pure.

use std::collections::BTreeMap;

use harness_capture::{LogInForm, Seen, Survey};
use url::Url;

/// More elements than this that differ are no list of masks any more, but another page on every visit.
const MASKS_MAX: usize = 12;

/// All that a config is written from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Findings {
    /// The site's address.
    pub(crate) site: String,
    pub(crate) pages: Vec<FoundPage>,
    /// What differs between two visits.
    pub(crate) masks: Vec<Proposed>,
    /// What differs besides, where that is too much to be masked one by one.
    pub(crate) beyond: usize,
    /// What tells a time and was the same on both visits.
    pub(crate) times: Vec<Proposed>,
    /// What every page has once it is no more busy.
    pub(crate) calm: Option<String>,
    /// Where somebody can log in: the path, and the form.
    pub(crate) log_in: Option<(String, LogInForm)>,
    /// The locale that pages were looked at with.
    pub(crate) locale: String,
    /// Hosts that pages asked for and may not reach.
    pub(crate) closed_hosts: Vec<String>,
    /// Paths that links lead to and that were not looked at.
    pub(crate) more: Vec<String>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FoundPage {
    pub(crate) name: String,
    /// With its query.
    pub(crate) path: String,
    /// Why two pictures of it are not equal.
    pub(crate) unrest: Vec<String>,
    /// Whether it is the first.
    pub(crate) first: bool,
}

impl FoundPage {
    /// Whether it is pictured. The first page always is: a config needs one.
    pub(crate) fn kept(&self) -> bool {
        self.first || self.unrest.is_empty()
    }
}

/// A mask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Proposed {
    pub(crate) selector: String,
    /// What it shows, for people.
    pub(crate) text: String,
    /// A page on which it is.
    pub(crate) page: String,
    /// The size of a box in its place, where it had another size on each visit.
    pub(crate) placeholder: Option<[u32; 2]>,
    /// The percentage of a picture that it may cover, where that is more than usual.
    pub(crate) at_most: Option<u32>,
}

/// What is another on each visit of a page: elements by their kind where all of a kind differ, else one by one.
pub(crate) fn differing(page: &str, first: &Survey, second: &Survey) -> Vec<Proposed> {
    let later: BTreeMap<&str, &Seen> = second.elements.iter().map(|seen| (seen.selector.as_str(), seen)).collect();
    let pairs = first.elements.iter().filter_map(|seen| Some((seen, *later.get(seen.selector.as_str())?)));
    let changed: Vec<(&Seen, &Seen)> = pairs.filter(|(was, is)| was.shows != is.shows).collect();
    let mut proposed: Vec<Proposed> = Vec::new();
    for (was, is) in &changed {
        let alike: Vec<_> =
            changed.iter().filter(|(other, _)| was.family.is_some() && other.family == was.family).collect();
        let whole_kind = was.kin > 1 && alike.len() == was.kin as usize;
        let selector = was.family.clone().filter(|_| whole_kind).unwrap_or_else(|| was.selector.clone());
        if proposed.iter().any(|known| known.selector == selector) {
            continue;
        }
        let same_size = |(a, b): &(&Seen, &Seen)| (a.width, a.height) == (b.width, b.height);
        let moved = if whole_kind { !alike.iter().all(|pair| same_size(pair)) } else { !same_size(&(was, is)) };
        let placeholder = moved.then(|| [was.width.max(is.width), was.height.max(is.height)]);
        let text = was.text.clone();
        proposed.push(Proposed { selector, text, page: page.to_owned(), placeholder, at_most: None });
    }
    proposed
}

/// What tells a time and did not differ: a clock of the page itself is frozen, one of the server is not.
pub(crate) fn telling_time(page: &str, survey: &Survey) -> Vec<Proposed> {
    let telling = survey.elements.iter().filter(|seen| seen.tells_time);
    let proposed = telling.map(|seen| Proposed {
        selector: seen.family.clone().filter(|_| seen.kin > 1).unwrap_or_else(|| seen.selector.clone()),
        text: seen.text.clone(),
        page: page.to_owned(),
        ..Proposed::default()
    });
    proposed.collect()
}

/// Adds what is not known by its selector yet.
pub(crate) fn add(known: &mut Vec<Proposed>, new: Vec<Proposed>) {
    for proposed in new {
        match known.iter_mut().find(|other| other.selector == proposed.selector) {
            Some(other) => {
                let larger = |a: [u32; 2], b: [u32; 2]| [a[0].max(b[0]), a[1].max(b[1])];
                other.placeholder = match (other.placeholder, proposed.placeholder) {
                    (Some(a), Some(b)) => Some(larger(a, b)),
                    (a, b) => a.or(b),
                };
            }
            None => known.push(proposed),
        }
    }
}

/// Cuts the list of masks where it is none any more; tells how many are left out.
pub(crate) fn bounded(masks: &mut Vec<Proposed>) -> usize {
    let beyond = masks.len().saturating_sub(MASKS_MAX);
    masks.truncate(MASKS_MAX);
    beyond
}

/// The pages of the same site that links lead to, each once, without those that do something when they are opened.
pub(crate) fn same_site(site: &Url, links: &[String]) -> Vec<String> {
    const DEEDS: [&str; 9] =
        ["logout", "log-out", "signout", "sign-out", "logoff", "abmelden", "delete", "remove", "unsubscribe"];
    const FILES: [&str; 18] = [
        "pdf", "zip", "gz", "tgz", "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "mp4", "mp3", "webm", "json",
        "xml", "txt", "csv",
    ];
    let mut paths: Vec<String> = Vec::new();
    for link in links {
        let Ok(url) = Url::parse(link) else { continue };
        let ending = url.path().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let lower = link.to_ascii_lowercase();
        if url.origin() != site.origin()
            || ending.is_some_and(|ending| FILES.contains(&ending.as_str()))
            || DEEDS.iter().any(|deed| lower.contains(deed))
        {
            continue;
        }
        let path = path_of(&url);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}

/// Path and query: what a config names a page by.
pub(crate) fn path_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// A name for the pictures of a page, unlike those that are taken.
pub(crate) fn name_of(path: &str, taken: &[FoundPage]) -> String {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".html").or(path.strip_suffix(".htm")).or(path.strip_suffix(".php")).unwrap_or(path);
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    name.truncate(40);
    let name = match name.trim_matches('-') {
        "" | "index" => "start",
        name => name,
    };
    let free = |name: &str| !taken.iter().any(|page| page.name == name);
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| free(name)).expect("some number is free")
}

/// The locale of a language tag that a page carries; `None` for one that is none, or whose language is known already.
pub(crate) fn locale_of(language: &str, known: &str) -> Option<String> {
    let (main, region) = language.split_once('-').map_or((language, None), |(main, region)| (main, Some(region)));
    let plain = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphabetic())
    };
    if !plain(main, 2..=3) || known.split('-').next() == Some(main.to_ascii_lowercase().as_str()) {
        return None;
    }
    let region = region.filter(|region| plain(region, 2..=2)).map(str::to_ascii_uppercase);
    let main = main.to_ascii_lowercase();
    match (main.as_str(), region) {
        (main, Some(region)) => Some(format!("{main}-{region}")),
        ("en", None) => Some("en-US".to_owned()),
        (main, None) => Some(main.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(selector: &str, family: Option<(&str, u32)>, shows: u32, size: (u32, u32)) -> Seen {
        Seen {
            selector: selector.into(),
            family: family.map(|(name, _)| name.into()),
            kin: family.map_or(1, |(_, kin)| kin),
            shows,
            width: size.0,
            height: size.1,
            text: String::new(),
            tells_time: selector == "time",
        }
    }

    fn survey(elements: Vec<Seen>) -> Survey {
        Survey {
            url: String::new(),
            kind: "text/html".into(),
            language: String::new(),
            links: Vec::new(),
            elements,
            calm: None,
            log_in: None,
        }
    }

    #[test]
    fn what_differs_is_masked_by_kind_where_all_of_a_kind_do() {
        let of = |n: u32| {
            survey(vec![
                seen("#still", None, 1, (9, 9)),
                seen("#visits", None, n, (9 + n, 9)),
                seen("li:nth-of-type(1) > i", Some(("i.ago", 2)), n, (5, 5)),
                seen("li:nth-of-type(2) > i", Some(("i.ago", 2)), n + 7, (5, 5)),
                seen("b:nth-of-type(1)", Some(("b.one", 2)), n, (5, 5)),
                seen("b:nth-of-type(2)", Some(("b.one", 2)), 3, (5, 5)),
                seen("time", None, 4, (5, 5)),
            ])
        };
        let found = differing("start", &of(1), &of(2));
        let told: Vec<_> = found.iter().map(|mask| (mask.selector.as_str(), mask.placeholder)).collect();
        assert_eq!(told, [("#visits", Some([11, 9])), ("i.ago", None), ("b:nth-of-type(1)", None)]);
        assert_eq!(telling_time("start", &of(1))[0].selector, "time");

        let mut masks = found.clone();
        add(&mut masks, found);
        assert_eq!(masks.len(), 3);
        masks.extend((0..20).map(|n| Proposed { selector: n.to_string(), ..Proposed::default() }));
        assert_eq!((bounded(&mut masks), masks.len()), (11, 12));
    }

    #[test]
    fn links_that_do_something_or_lead_away_are_not_followed() {
        let site = Url::parse("http://a.example/").unwrap();
        let links = [
            "http://a.example/",
            "http://a.example/#b",
            "http://a.example/c?d=1",
            "https://a.example/",
            "http://b.example/",
            "http://a.example/auth/Logout",
            "http://a.example/x.PDF",
            "mailto:x@a.example",
        ]
        .map(String::from);
        assert_eq!(same_site(&site, &links), ["/", "/c?d=1"]);
    }

    #[test]
    fn names_are_those_that_pictures_may_have() {
        let taken = [FoundPage { name: "start".into(), ..FoundPage::default() }];
        for (path, name) in
            [("/", "start-2"), ("/Über/Team.html", "ber-team"), ("/a?b=1&c=2", "a-b-1-c-2"), ("/index.html", "start-2")]
        {
            assert_eq!(name_of(path, &taken), name, "{path}");
        }
        assert!(name_of(&format!("/{}", "long/".repeat(40)), &[]).len() <= 40);
    }

    #[test]
    fn a_page_is_looked_at_in_its_own_language() {
        for (language, locale) in [
            ("en", Some("en-US")),
            ("en-GB", Some("en-GB")),
            ("fr", Some("fr")),
            ("de-AT", None),
            ("", None),
            ("x!", None),
        ] {
            assert_eq!(locale_of(language, "de-DE").as_deref(), locale, "{language}");
        }
    }
}
