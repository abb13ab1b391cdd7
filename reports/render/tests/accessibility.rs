//! The page against axe-core's rules: every view, light and dark, on a desktop and on a phone.
//!
//! Run: `cargo xtask accessibility`, which installs axe-core and names its file in `AXE_CORE`.

#![allow(clippy::unwrap_used, reason = "a panic is the report")]
#![allow(dead_code, reason = "the rig is shared with the tests in `it`, which use more of it")]

#[path = "it/page.rs"]
mod page;
#[path = "it/sample.rs"]
mod sample;

use harness_model::VerdictName;
use reports_render::Review;
use serde_json::json;

use crate::{
    page::Report,
    sample::{caused_by, picture},
};

const WINDOWS: [(u32, u32); 2] = [(1440, 1000), (420, 900)];
const VIEWS: [&str; 11] = [
    "",
    "group=1",
    "verdict=changed",
    "p=home/start/anna-desktop",
    "p=home/start/anna-desktop&region=1",
    "p=home/start/anna-desktop&view=slider",
    "p=home/start/anna-desktop&view=difference",
    "p=home/start/anna-desktop&view=onion",
    "p=home/start/anna-desktop&view=blink",
    "p=todo/new/anna-desktop",
    "p=todo/error/ben-mobile",
];

/// Groups, masks, causes, a run cut short: everything that the page can show.
fn report() -> Report {
    let mut pictures: Vec<_> = ["home/start/anna-desktop", "home/start/ben-mobile"]
        .map(|key| {
            let mut changed = picture(key, VerdictName::Changed);
            caused_by(&mut changed, &["button \"Neu\": padding 12px → 16px"]);
            changed.causes[0].boxes = vec![harness_model::Rect { x: 24, y: 310, w: 120, h: 40 }];
            changed.message = Some("1440 pixels differ\nhelp: accept it with: cargo xtask approve --group 1".into());
            changed.masks =
                serde_json::from_value(json!([{"selector": ".now", "boxes": [{"x": 9, "y": 9, "w": 80, "h": 20}]}]))
                    .unwrap();
            changed
        })
        .into();
    pictures.extend([
        picture("todo/new/anna-desktop", VerdictName::New),
        picture("todo/error/ben-mobile", VerdictName::Error),
    ]);
    pictures.extend(
        VerdictName::ALL
            .map(|verdict| picture(&format!("all/{}/kai-desktop", verdict.as_str().replace('_', "-")), verdict)),
    );
    let report = Report::of(pictures.clone());
    let mut next = sample::run(pictures);
    next.started_at = "2026-03-03T18:00:00Z".into();
    next.not_run = vec!["todo/list/ben-desktop".parse().unwrap()];
    report.replace(&next);
    report
}

/// The same as the review server hands it out, with one picture accepted.
fn reviewed() -> Report {
    let report = report();
    let decided = json!({"home/start/ben-mobile": {"decision": "accepted", "reason": "new", "who": "Ada"}});
    report.review(&Review { token: "token".into(), decided });
    report
}

#[test]
fn no_view_breaks_a_rule() {
    let file = std::env::var("AXE_CORE").expect("AXE_CORE names axe-core's file; `cargo xtask accessibility` sets it");
    let axe = std::fs::read_to_string(file).unwrap();
    let (reading, reviewing) = (report(), reviewed());
    let views = VIEWS.iter().map(|view| (&reading, *view, ""));
    let keys = "document.getElementById('help').showModal();";
    let more = [(&reading, "", keys), (&reviewing, "", ""), (&reviewing, "p=home/start/anna-desktop", "")];
    let decided = (&reviewing, "p=home/start/ben-mobile", "");
    let views: Vec<_> = views.chain(more).chain([decided]).collect();
    let mut broken = Vec::new();
    for window in WINDOWS {
        for theme in ["light", "dark"] {
            for (report, view, first) in &views {
                let found = report.ask_in(
                    window,
                    view,
                    &format!(
                        "document.documentElement.dataset.theme = '{theme}'; {first}
                         {axe}
                         const found = await axe.run(document, {{ resultTypes: ['violations'] }});
                         if (found.passes.length < 10) throw new Error(`only ${{found.passes.length}} rules were tried`);
                         return found.violations.map((rule) => `${{rule.id}}: ${{rule.nodes[0].html}}`);"
                    ),
                );
                let found = found.as_array().unwrap().clone();
                broken.extend(found.into_iter().map(|rule| format!("{window:?} {theme} #{view} {first}: {rule}")));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
