//! The page as a file: what it holds, and that nothing in a run can break out of it.

use std::fs;

use harness_model::{PictureReport, VerdictName};
use reports_render::{Review, review_page, write};
use serde_json::Value;

use crate::sample::{differs, picture, run};

/// The page of these pictures.
fn page(pictures: Vec<PictureReport>) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::read_to_string(write(&run(pictures), folder.path()).unwrap().page).unwrap()
}

/// The text of the element that holds the run, as a browser finds it: up to the first end tag.
fn element(page: &str) -> &str {
    let open = r#"<script type="application/json" id="run-data">"#;
    let (_, rest) = page.split_once(open).expect("the page has its data");
    rest.split_once("</script").unwrap().0
}

fn data(page: &str) -> Value {
    serde_json::from_str(element(page)).expect("the data is whole")
}

#[test]
fn rows_that_only_one_picture_has_are_told_in_words() {
    let mut found = picture("home/dashboard/anna-desktop", VerdictName::Changed);
    let told = |picture: &PictureReport| data(&page(vec![picture.clone()]))["pictures"][0]["rows"].clone();
    assert_eq!(told(&found), Value::Null);
    let block = serde_json::json!({"change": "inserted", "y": 430, "rows": 40});
    let alignment = serde_json::json!({"blocks": [block], "diff_pixels": 0});
    found.comparison.as_mut().unwrap().alignment = serde_json::from_value(alignment).unwrap();
    assert_eq!(told(&found), "40 rows inserted at y = 430; else no pixel differs");
}

#[test]
fn no_text_of_a_run_can_end_the_element_that_holds_it() {
    let attacks = [
        "</script><script>alert(1)</script>",
        "</SCRIPT >",
        "<!--<script>",
        "]]>&lt;/script&gt;",
        "quotes \" ' ` \\ \\\" end",
        "lines \u{2028}and\u{2029} \u{0}\u{8}\r\n\t",
        "\u{202e}txt.exe\u{2066} שלום مرحبا",
        "{{scripts}}{{data}}",
        "😀\u{ffff}",
    ];
    for attack in attacks {
        let mut hostile = picture("home/dashboard/anna-desktop", VerdictName::Error);
        hostile.message = Some(attack.into());
        hostile.url = attack.into();
        hostile.masks = serde_json::from_value(serde_json::json!([{"selector": attack, "boxes": []}])).unwrap();
        let mut found = run(vec![hostile]);
        found.environment.base_url = attack.into();
        found.environment.frozen = vec![attack.into()];
        found.started_at = attack.into();
        let folder = tempfile::tempdir().unwrap();
        let page = fs::read_to_string(write(&found, folder.path()).unwrap().page).unwrap();

        let text = element(&page);
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{attack:?} stands raw in {text}");
        let data = data(&page);
        assert_eq!(data["pictures"][0]["message"], attack);
        assert_eq!(data["pictures"][0]["url"], attack);
        assert_eq!(data["pictures"][0]["masks"][0]["selector"], attack);
        assert_eq!(data["environment"]["base_url"], attack);
        assert_eq!(data["started_at"], attack);
        // Beside its own element no text of the run stands in the page at all.
        assert_eq!(page.matches("<script").count(), PLAIN_SCRIPTS, "{attack:?}");
    }
}

/// The data and the page's ten scripts.
const PLAIN_SCRIPTS: usize = 11;

#[test]
fn the_page_is_whole_and_asks_for_nothing() {
    let page = page(vec![picture("home/dashboard/anna-desktop", VerdictName::Identical)]);
    assert!(page.starts_with("<!doctype html>"));
    assert!(!page.contains("{{"), "a place in the template was left open");
    assert!(page.contains("default-src 'none'"));
    for asking in
        ["<link rel=\"stylesheet", "@import", "<script src", "fetch(", "XMLHttpRequest", "WebSocket", "<iframe"]
    {
        assert!(!page.contains(asking), "the page holds {asking}");
    }
    let outside: Vec<_> =
        page.match_indices("url(").map(|(at, _)| &page[at..at + 9]).filter(|url| *url != "url(data:").collect();
    assert!(outside.is_empty(), "{outside:?}");
}

#[test]
fn pictures_come_in_the_order_of_verdicts_and_then_of_size() {
    let mut pictures: Vec<_> = VerdictName::ALL
        .into_iter()
        .rev()
        .map(|verdict| picture(&format!("a/{}/anna-desktop", verdict.as_str().replace('_', "-")), verdict))
        .collect();
    let mut large = picture("z/larger/anna-desktop", VerdictName::Changed);
    differs(&mut large, 100_000);
    pictures.push(large);
    pictures.push(picture("a/also-new/anna-desktop", VerdictName::New));
    let data = data(&page(pictures));
    let keys: Vec<_> = data["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|picture| picture["key"].as_str().unwrap().split('/').nth(1).unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            "leak",
            "error",
            "never-settled",
            "size-changed",
            "larger",
            "changed",
            "flaky",
            "also-new",
            "new",
            "passed-with-change",
            "passed",
            "identical"
        ]
    );
    assert!(
        data["verdicts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|verdict| &verdict["name"])
            .eq(VerdictName::ALL.map(VerdictName::as_str).iter())
    );
}

#[test]
fn files_are_named_from_the_folder_of_the_page() {
    let mut elsewhere = picture("a/elsewhere/anna-desktop", VerdictName::New);
    elsewhere.images.actual = Some("../../secret.png".into());
    elsewhere.images.expected = Some("candidates/a b.png".into());
    let data = data(&page(vec![picture("a/changed/anna-desktop", VerdictName::Changed), elsewhere]));
    let images = &data["pictures"][0]["images"];
    assert_eq!(
        *images,
        serde_json::json!({"expected": true, "actual": true, "diff": true}),
        "where the page looks for them"
    );
    let images = &data["pictures"][1]["images"];
    assert_eq!(images["actual"], "", "a path out of the run's folder is refused");
    assert_eq!(images["expected"], "../candidates/a%20b.png");
}

#[test]
fn the_title_says_what_awaits() {
    let new = |accepted: bool| {
        let mut picture = picture("home/dashboard/anna-desktop", VerdictName::New);
        picture.accepted = accepted;
        picture
    };
    let same = || picture("home/dashboard/ben-desktop", VerdictName::Identical);
    let cases = [
        (vec![], "No picture"),
        (vec![same()], "All 1 as they were"),
        (vec![same(), new(false)], "1 of 2 need a look"),
        (vec![same(), new(true)], "All 2 as they were"),
    ];
    for (pictures, title) in cases {
        assert!(page(pictures).contains(&format!("<title>{title} · Beholder</title>")), "{title}");
    }
}

#[test]
fn only_the_page_for_reviewing_may_ask_its_server_and_holds_a_token() {
    let found = run(vec![picture("home/dashboard/anna-desktop", VerdictName::Changed)]);
    let review = Review { token: "</script>".into(), decided: serde_json::json!({}) };
    let reviewing = review_page(&found, &review);
    assert!(reviewing.contains("default-src 'none'; connect-src 'self'; img-src"));
    assert_eq!(data(&reviewing)["review"]["token"], "</script>");
    let reading = page(found.pictures);
    assert!(!reading.contains("connect-src") && data(&reading).get("review").is_none());
}
