//! What the terminal shows, text by text.

use std::path::Path;

use harness_model::{PictureReport, VerdictName};
use reports_render::terminal;

use crate::sample::{caused_by, differs, picture, run};

fn shown(pictures: Vec<PictureReport>) -> String {
    terminal(&run(pictures), None, false)
}

#[test]
fn pictures_that_are_not_as_they_were_come_first_and_in_order() {
    let mut small = picture("todo/list/anna-desktop", VerdictName::Changed);
    small.message = Some("1440 of 1296000 pixels differ\nhelp: look".into());
    let mut large = picture("home/dashboard/kai-desktop", VerdictName::Changed);
    differs(&mut large, 64_800);
    let mut error = picture("habits/list/tom-mobile", VerdictName::Error);
    error.message = Some("\n  the page answered 502\nhelp: look at its log".into());
    error.retries = 2;
    let text = shown(vec![
        picture("notes/list/julia-desktop", VerdictName::PassedWithChange),
        picture("journal/list/lena-desktop", VerdictName::New),
        small,
        picture("home/dashboard/anna-desktop", VerdictName::Identical),
        picture("home/dashboard/ben-desktop", VerdictName::Passed),
        large,
        error,
    ]);
    assert_eq!(
        text,
        "\
error                 habits/list/tom-mobile                                                     the page answered 502
changed               home/dashboard/kai-desktop  64800 px  5.00000 %  largest 120×40 at 24,310
changed               todo/list/anna-desktop       1440 px  0.11111 %  largest 120×40 at 24,310  1440 of 1296000 pixels differ
new                   journal/list/lena-desktop
passed with a change  notes/list/julia-desktop     1440 px  0.11111 %  largest 120×40 at 24,310

group 1: the page answered 502 (1 picture, tom only, mobile only, habits only)
group 2: 2 regions differ, the largest 120×40 at 24,310; what changed is not known (3 pictures, anna, julia and kai, desktop only, home, notes and todo)
group 3: journal/list: a page without a baseline (1 picture, lena only, desktop only, journal only)

7 pictures: 1 identical, 1 passed, 1 passed with a change, 2 changed, 1 new, 1 error · 1 retried · 24.3 s
"
    );
}

#[test]
fn a_leak_comes_before_all_else_and_is_one_group() {
    let leak = |key: &str| {
        let mut picture = picture(key, VerdictName::Leak);
        picture.message = Some("`#invite` is for anna alone, and another viewer's page holds it\nhelp: keep it".into());
        caused_by(&mut picture, &["button \"Invite\": appeared"]);
        picture
    };
    let text = shown(vec![
        picture("home/start/anna-desktop", VerdictName::Error),
        leak("spaces/list/ben-desktop"),
        leak("spaces/list/kai-mobile"),
    ]);
    assert!(text.starts_with("leak   spaces/list/ben-desktop "), "{text}");
    assert!(
        text.contains("group 1: `#invite` is for anna alone, and another viewer's page holds it (2 pictures, "),
        "{text}"
    );
    assert!(text.contains("3 pictures: 1 error, 2 leak"), "{text}");
}

#[test]
fn what_changed_stands_below_its_picture() {
    let mut changed = picture("todo/list/anna-desktop", VerdictName::Changed);
    changed.message = Some("1440 of 1296000 pixels differ".into());
    caused_by(&mut changed, &["section.card \"Tasks\": padding-right 24px → 32px", "p: text \"\u{1b}[2J\" is new"]);
    let mut rebuilt = picture("todo/list/ben-desktop", VerdictName::PassedWithChange);
    caused_by(
        &mut rebuilt,
        &["a: appeared", "b: appeared", "c: appeared", "d: appeared", "e: appeared", "f: appeared"],
    );
    let text = shown(vec![changed, rebuilt]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[1], "    section.card \"Tasks\": padding-right 24px → 32px");
    assert_eq!(lines[2], "    p: text \"\\u{1b}[2J\" is new");
    assert_eq!(
        lines[4..9],
        [
            "    a: appeared",
            "    b: appeared",
            "    c: appeared",
            "    d: appeared",
            "    and 2 more, told in the report"
        ]
    );
}

#[test]
fn the_last_line_counts() {
    let all = |count: usize, verdict| (0..count).map(move |n| picture(&format!("home/step-{n}/anna-desktop"), verdict));
    let cases = [
        (vec![], "no picture was taken · 24.3 s\n"),
        (all(1, VerdictName::Identical).collect(), "1 picture: 1 identical · 24.3 s\n"),
        (
            all(95, VerdictName::Identical).chain(all(1, VerdictName::Passed)).collect(),
            "96 pictures: 95 identical, 1 passed · 24.3 s\n",
        ),
    ];
    for (pictures, line) in cases {
        assert_eq!(shown(pictures), line);
    }
}

#[test]
fn left_over_baselines_and_warnings_follow_the_counts() {
    let mut told = run(vec![picture("home/list/anna-desktop", VerdictName::Identical)]);
    told.warnings = vec!["3 baselines were taken with \u{1b}[2J".into()];
    told.orphans = vec!["home/gone/anna-desktop".parse().unwrap()];
    let text = reports_render::terminal(&told, None, false);
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "1 baseline is left over, no picture asks for it: home/gone/anna-desktop",
            "warning: 3 baselines were taken with \\u{1b}[2J"
        ]
    );
    told.orphans = (0..12).map(|n| format!("home/gone-{n}/anna-desktop").parse().unwrap()).collect();
    let text = reports_render::terminal(&told, None, false);
    assert!(text.contains("12 baselines are left over") && text.contains(" and 2 more, told in run.json"), "{text}");
}

#[test]
fn a_line_that_announces_a_list_is_told_with_its_first_entry() {
    let mut moving = picture("habits/list/tom-mobile", VerdictName::NeverSettled);
    moving.message =
        Some("the page never came to rest:\n  1 animation runs\n  2 requests are open\nhelp: mask it".into());
    let line = "never settled  habits/list/tom-mobile  the page never came to rest: 1 animation runs\n";
    assert!(shown(vec![moving]).starts_with(line));
}

#[test]
fn the_report_is_named_last() {
    let text = terminal(&run(vec![]), Some(Path::new("target/visual/report/index.html")), false);
    assert_eq!(text, "no picture was taken · 24.3 s\nreport: target/visual/report/index.html\n");
}

#[test]
fn what_was_accepted_says_so() {
    let mut accepted = picture("todo/list/anna-desktop", VerdictName::New);
    accepted.accepted = true;
    assert!(shown(vec![accepted]).starts_with("new  todo/list/anna-desktop  accepted\n"));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let pictures = VerdictName::ALL.map(|verdict| picture("home/dashboard/anna-desktop", verdict)).to_vec();
    let plain = shown(pictures.clone());
    let coloured = terminal(&run(pictures), None, true);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains("\u{1b}[31mchanged"), "{coloured}");
    let mut stripped = String::new();
    for (index, piece) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if index == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
}

#[test]
fn a_message_cannot_steer_the_terminal_nor_fill_it() {
    let mut hostile = picture("todo/list/anna-desktop", VerdictName::Error);
    hostile.message = Some(format!("\u{1b}]0;owned\u{7}\u{202e}txt.exe\r {}", "long ".repeat(200)));
    let text = shown(vec![hostile]);
    assert!(!text.chars().any(|c| c != '\n' && c.is_control() || c == '\u{202e}'), "{text:?}");
    let line = text.lines().next().unwrap();
    assert!(line.contains("\\u{1b}]0;owned\\u{7}\\u{202e}txt.exe") && line.ends_with('…'), "{line}");
    assert!(line.chars().count() < 220, "{line}");
}

#[test]
fn what_the_page_of_a_failed_picture_complained_of_stands_below_it() {
    let mut broken = picture("todo/list/anna-desktop", VerdictName::Error);
    broken.page_errors.add_console("main.js 4:2 Uncaught TypeError: \u{1b}[2J is undefined\n    at main.js:4:2");
    broken.page_errors.add_console("second");
    broken.page_errors.add_console("second");
    broken.page_errors.add_failed_request("http://localhost/api - status of 500");
    broken.page_errors.add_failed_request("http://localhost/b - status of 404");
    let mut whole = picture("todo/list/ben-desktop", VerdictName::Identical);
    whole.page_errors.add_console("of no interest here");
    let text = shown(vec![broken, whole]);
    assert_eq!(
        text.lines().skip(1).take(4).collect::<Vec<_>>(),
        [
            "    console: main.js 4:2 Uncaught TypeError: \\u{1b}[2J is undefined",
            "    console: second (2 times)",
            "    failed request: http://localhost/api - status of 500",
            "    and 1 more error, told in the report",
        ],
        "{text}"
    );
    assert!(!text.contains("of no interest here"), "{text}");
}
