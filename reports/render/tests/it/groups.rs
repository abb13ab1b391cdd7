//! Groups and the runs before, as the page shows them.

use harness_model::{PictureReport, VerdictName};
use serde_json::json;

use crate::{
    page::Report,
    sample::{caused_by, picture},
};

/// Two pictures of one change, one of another, one that is as it was.
fn pictures() -> Vec<PictureReport> {
    let changed = |key: &str, cause: &str| {
        let mut picture = picture(key, VerdictName::Changed);
        caused_by(&mut picture, &[cause]);
        picture
    };
    vec![
        changed("home/start/anna-mobile", "button: colour red → blue"),
        changed("home/start/ben-mobile", "button: colour red → blue"),
        changed("todo/list/ben-desktop", "<img src=x onerror=faults.push('ran')> \u{202e}txt: gone"),
        picture("todo/list/anna-desktop", VerdictName::Identical),
    ]
}

#[test]
fn the_same_change_is_told_once_and_leads_to_its_pictures() {
    let report = Report::of(pictures());
    let answer = report.ask(
        "",
        "const told = [text('#groups-title')[0], text('.group-what'), text('.group-extent')];
         press('g'); told.push(location.hash, text('#found')[0], text('#group-shown')[0]);
         document.querySelector('[data-group=\"2\"]').click(); told.push(text('#found')[0]);
         press('g'); press('c'); told.push(location.hash, text('#group-shown').length);
         document.querySelector('.group-shots a').click(); await until(() => open !== null);
         told.push(shown.p, text('.picture-walk span')[0], text('.alike')[0]);
         return told;",
    );
    assert_eq!(
        answer,
        json!([
            "2 changes on 3 pictures",
            ["button: colour red → blue", "<img src=x onerror=faults.push('ran')> \u{202e}txt: gone"],
            ["2 pictures, all viewers, mobile only, home only", "1 picture, ben only, desktop only, todo only"],
            "#group=1",
            "2 of 4 pictures",
            "Group 1: button: colour red → blue",
            "1 of 4 pictures",
            "",
            0,
            "home/start/anna-mobile",
            "1 of 2",
            "The same on 1 other picture"
        ])
    );
}

#[test]
fn groups_of_one_picture_each_leave_the_room_to_the_list() {
    let report = Report::of(pictures().split_off(1));
    assert_eq!(report.ask("", "return text('#groups').length;"), 0);
}

#[test]
fn the_run_before_is_told_and_what_was_not_run_too() {
    let report = Report::of(pictures());
    let mut next = crate::sample::run(vec![
        picture("home/start/anna-mobile", VerdictName::Identical),
        picture("home/start/ben-mobile", VerdictName::Changed),
        picture("todo/list/anna-desktop", VerdictName::NeverSettled),
    ]);
    next.started_at = "2026-03-03T18:00:00Z".into();
    next.not_run = vec!["todo/list/ben-desktop".parse().unwrap()];
    report.replace(&next);
    let answer = report.ask("", "return text('#past dt, #past dd');");
    assert_eq!(
        answer,
        json!([
            "The run was cut short: 1 picture not run",
            "todo/list/ben-desktop",
            "Since the run before",
            "1 new to look at: todo/list/anna-desktop",
            "1 still to look at, 1 no more",
            "Not to be relied on, in 2 runs",
            "todo/list/anna-desktop 1×",
            "Slowest",
            "home/start/anna-mobile 210 ms",
            "home/start/ben-mobile 210 ms",
            "todo/list/anna-desktop 210 ms"
        ])
    );
}

#[test]
fn an_element_and_what_changed_stand_beside_its_box() {
    let mut changed = picture("todo/list/anna-desktop", VerdictName::Changed);
    changed.causes = serde_json::from_value(json!([{
        "kind": "style", "text": "button \"Neu\": padding 12px → 16px; 9 elements only moved or resized with it",
        "element": "button \"Neu\"", "changes": [{"property": "padding", "from": "12px", "to": "16px"}],
        "boxes": [{"x": 24, "y": 310, "w": 120, "h": 40}, {"x": 24, "y": 410, "w": 120, "h": 40}], "regions": [0]
    }]))
    .unwrap();
    let answer = Report::of(vec![changed]).ask(
        "p=todo/list/anna-desktop",
        "const told = [text('.cause-words'), document.querySelectorAll('.cause').length];
         press('e'); told.push(text('.cause-words').length, document.getElementById('t-elements').checked);
         return told;",
    );
    let words = "button \"Neu\": padding 12px → 16px";
    assert_eq!(answer, json!([[words, words, words], 6, 0, false]));
}
