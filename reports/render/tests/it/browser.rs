//! The page in Chromium: opened from disk, driven by its keys, asked what it shows.

use std::fs;

use harness_model::VerdictName;
use reports_render::{Review, write};
use serde_json::Value;

use crate::{
    page::{Report, one_of_each},
    sample::{caused_by, picture, run},
};

#[test]
fn the_list_shows_what_needs_a_look_first_and_counts_it() {
    let answer = one_of_each().ask("", "return [text('h1')[0], text('.row-item .name b'), text('#ledger b').length];");
    assert_eq!(answer[0], "8 of 10 pictures need a look");
    let names = answer[1].as_array().unwrap();
    // As many rows as are in sight are in the document.
    let expected: Vec<_> =
        VerdictName::ALL.iter().map(|verdict| verdict.as_str().replace('_', "-")).take(names.len()).collect();
    assert!(names.len() >= 8, "{names:?}");
    assert_eq!(names.iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>(), expected);
    assert_eq!(answer[2], 10);
}

#[test]
fn filters_narrow_the_list_and_stand_in_the_address() {
    let report = one_of_each();
    let cases = [
        ("viewer=anna", "6 of 10 pictures"),
        ("viewport=mobile&flow=todo", "4 of 10 pictures"),
        ("verdict=look", "8 of 10 pictures"),
        ("verdict=changed", "1 of 10 pictures"),
        ("q=CHANGED%20todo", "2 of 10 pictures"),
        ("q=UPDATE_SNAPSHOTS", "1 of 10 pictures"),
        ("q=nowhere", "0 of 10 pictures"),
        ("viewer=nobody&other=1", "0 of 10 pictures"),
    ];
    let script = cases.map(|(hash, _)| {
        format!("location.hash = '{hash}'; await until(() => addressOf(shown) === addressOf(readAddress())); found.push(text('#found')[0]);")
    });
    let answer = report.ask("", &format!("const found = []; {} return found;", script.join("\n")));
    assert_eq!(answer, Value::from(cases.map(|(_, found)| found.to_owned()).to_vec()));

    let answer = report.ask(
        "",
        "const select = document.getElementById('f-viewer'); select.value = 'ben';
         select.dispatchEvent(new Event('change')); document.querySelector('#ledger [data-verdict=passed]').click();
         const narrowed = [location.hash, text('#found')[0]];
         press('c');
         return [...narrowed, location.hash, text('#found')[0]];",
    );
    assert_eq!(answer, serde_json::json!(["#verdict=passed&viewer=ben", "1 of 10 pictures", "", "10 pictures"]));
}

#[test]
fn keys_lead_through_list_picture_views_and_regions() {
    let answer = one_of_each().ask(
        "",
        "const seen = [];
         const note = (what) => seen.push(what);
         press('j'); press('j'); press('j'); press('j'); press('ArrowDown'); press('k'); press('j');
         document.activeElement.click();
         note(shown.p);
         for (const key of ['2', '3', '4', '5', '1']) {
             press(key);
             note(text('.segments [aria-pressed=true] .long')[0]);
         }
         press('n'); press('n'); note(location.hash); press('p'); note(text('.regions [aria-current=true]')[0].slice(0, 14));
         press('?'); note(document.getElementById('help').open); document.getElementById('help').close();
         press('j'); note(shown.p); press('ArrowLeft'); note(shown.p);
         press('Escape'); note([shown.p, document.activeElement.textContent]);
         press('/'); note(document.activeElement.id);
         return seen;",
    );
    assert_eq!(
        answer,
        serde_json::json!([
            "todo/changed/ben-mobile",
            "Slider",
            "Difference",
            "Onion skin",
            "Blink",
            "Side by side",
            "#p=todo/changed/ben-mobile&region=2",
            "1120×40 at 24,",
            true,
            "todo/flaky/anna-desktop",
            "todo/changed/ben-mobile",
            ["", "todo/changed"],
            "q"
        ])
    );
}

#[test]
fn keys_turn_boxes_off_zoom_pause_and_change_the_theme() {
    let mut changed = picture("todo/list/anna-desktop", VerdictName::Changed);
    caused_by(&mut changed, &["button: padding 12px → 16px"]);
    let boxed = serde_json::json!([{"x": 24, "y": 310, "w": 120, "h": 40}]);
    changed.causes[0].boxes = serde_json::from_value(boxed.clone()).unwrap();
    changed.masks = serde_json::from_value(serde_json::json!([{"selector": ".now", "boxes": boxed}])).unwrap();
    let answer = Report::of(vec![changed, picture("todo/list/ben-desktop", VerdictName::New)]).ask_in(
        (1440, 1000),
        "p=todo/list/anna-desktop",
        "const seen = {};
         for (const [key, drawn] of [['b', '.box'], ['e', '.cause'], ['m', '.mask']]) {
             const shows = () => document.querySelector(drawn).checkVisibility();
             seen[key] = [shows()]; press(key); seen[key].push(shows()); press(key); seen[key].push(shows());
         }
         seen.words = text('.cause-words')[0];
         const zoom = () => Number.parseInt(text('.stage-tools .zoom')[0]);
         const fit = zoom();
         for (let times = 0; times < 8; times++) press('+');
         press('-');
         const near = zoom();
         press('0');
         seen.zoom = [near > fit, zoom() === fit];
         press('5'); document.activeElement.blur(); seen.blink = [stage.timer !== 0]; press(' '); seen.blink.push(stage.timer !== 0); press(' '); seen.blink.push(stage.timer !== 0);
         const themes = [];
         for (let times = 0; times < 3; times++) { press('t'); themes.push(document.documentElement.dataset.theme ?? 'system'); }
         seen.themes = themes;
         press('Escape'); press('g'); seen.group = [shown.group, text('#found')[0]];
         press('g'); seen.group.push(shown.group);
         return seen;",
    );
    let drawn = serde_json::json!([true, false, true]);
    for key in ["b", "e", "m"] {
        assert_eq!(answer[key], drawn, "{key}");
    }
    assert_eq!(answer["words"], "button: padding 12px → 16px");
    assert_eq!(answer["zoom"], serde_json::json!([true, true]));
    assert_eq!(answer["blink"], serde_json::json!([true, false, true]));
    assert_eq!(answer["themes"], serde_json::json!(["light", "dark", "system"]));
    assert_eq!(answer["group"], serde_json::json!(["1", "1 of 2 pictures", "2"]));
}

#[test]
fn five_megabytes_of_console_leave_the_page_small_and_readable() {
    let mut loud = picture("todo/list/anna-desktop", VerdictName::Error);
    for line in 0..50_000 {
        loud.page_errors.add_console(&format!("{line} {}", "</script>ä".repeat(10)));
    }
    loud.message = Some("x".repeat(5_000_000));
    let report = Report::of(vec![loud]);
    let page = fs::metadata(report.folder.path().join("report/index.html")).unwrap().len();
    assert!(page < 1_000_000, "{page} bytes");
    let told =
        report.ask("p=todo/list/anna-desktop", "return [text('.errors li').length, text('.facts p').join(' ')];");
    assert!(told[0].as_u64().unwrap() > 5, "{told}");
    assert!(told[1].as_str().unwrap().contains("more"), "what was left out is told");
}

#[test]
fn reviewing_shows_what_was_decided_and_reading_asks_for_no_decision() {
    let report = one_of_each();
    let script = "return [text('.review').length, text('.decided'), text('#review-count')];";
    assert_eq!(report.ask("p=todo/changed/ben-mobile", script), serde_json::json!([0, [], []]));
    let decided =
        serde_json::json!({"todo/changed/ben-mobile": {"decision": "refused", "reason": "a fault", "who": "Ada"}});
    report.review(&Review { token: "t".into(), decided });
    assert_eq!(
        report.ask("p=todo/changed/ben-mobile", script),
        serde_json::json!([1, ["Refused by Ada: a fault"], []])
    );
    let counted = report.ask("", "return text('#review-count')[0];");
    assert_eq!(counted, "0 accepted, 1 refused, 7 still to look at");
}

#[test]
fn the_slider_moves_by_arrow_keys_and_says_where_it_is() {
    let answer = one_of_each().ask(
        "p=todo/changed/ben-mobile",
        "press('2'); const handle = document.activeElement;
         press('ArrowLeft'); press('ArrowLeft', { shiftKey: true });
         const left = [handle.getAttribute('role'), handle.getAttribute('aria-valuenow'), handle.getAttribute('aria-valuetext')];
         press('End'); press('ArrowRight');
         return [...left, handle.getAttribute('aria-valuenow'), shown.p];",
    );
    assert_eq!(
        answer,
        serde_json::json!(["slider", "39", "expected 39 %, actual 61 %", "100", "todo/changed/ben-mobile"])
    );
}

/// Two pages by three viewers through two viewports; Anna and Ben see the same on a desktop.
fn matrix() -> crate::page::Report {
    let mut pictures = Vec::new();
    for page in ["home/start", "spaces/list"] {
        for viewer in ["anna", "ben", "kai"] {
            for viewport in ["desktop", "mobile"] {
                let leaks = (page, viewer, viewport) == ("spaces/list", "kai", "mobile");
                let verdict = if leaks { VerdictName::Leak } else { VerdictName::Identical };
                let mut picture = picture(&format!("{page}/{viewer}-{viewport}"), verdict);
                let seen = if viewport == "desktop" && viewer != "kai" { "both" } else { viewer };
                picture.fingerprint = Some(format!("{page} {seen}"));
                pictures.push(picture);
            }
        }
    }
    let report = crate::page::Report::of(pictures.clone());
    let mut told = run(pictures);
    told.viewers = [("ben".to_owned(), "Ben, plays daily\nlast day: 8 calls".to_owned())].into();
    report.replace(&told);
    report
}

#[test]
fn the_matrix_has_a_row_for_each_page_and_marks_equal_pictures() {
    let answer = matrix().ask(
        "",
        "return [text('#matrix-title')[0], text('#matrix-table thead th'), [...document.querySelectorAll('#matrix-table tbody tr:last-child .mark')].map((mark) => mark.getAttribute('aria-label')),
                 document.querySelectorAll('#matrix-table a.equal').length, document.querySelectorAll('#matrix-table a[tabindex=\"0\"]').length];",
    );
    assert_eq!(answer[0], "2 pages by 3 viewers 2 pictures equal another viewer's");
    assert_eq!(answer[1], serde_json::json!(["Page", "anna", "ben", "kai"]));
    let told = answer[2].as_array().unwrap();
    assert_eq!(
        (&told[0], &told[2]),
        (&"anna, desktop: identical".into(), &"ben, desktop: identical, equal to anna's".into())
    );
    assert_eq!((told.len(), &told[5]), (6, &"kai, mobile: leak".into()));
    assert_eq!((&answer[3], &answer[4]), (&2.into(), &1.into()));
}

#[test]
fn arrow_keys_lead_through_the_matrix_and_a_picture_tells_about_its_viewer() {
    let answer = matrix().ask(
        "",
        "const seen = []; const here = () => seen.push(document.activeElement.getAttribute('aria-label'));
         document.querySelector('#matrix-table a[tabindex=\"0\"]').focus();
         press('ArrowRight'); press('ArrowRight'); here(); press('ArrowDown'); here(); press('End'); here(); press('ArrowRight'); here();
         press('Home'); press('ArrowRight'); press('ArrowRight'); document.activeElement.click();
         return [...seen, shown.p, text('.about'), document.querySelectorAll('#matrix-table a[tabindex=\"0\"]').length];",
    );
    assert_eq!(
        answer,
        serde_json::json!([
            "ben, desktop: identical, equal to anna's",
            "ben, desktop: identical, equal to anna's",
            "kai, mobile: leak",
            "kai, mobile: leak",
            "spaces/list/ben-desktop",
            ["Ben, plays daily", "last day: 8 calls", "Sees the same here, to the pixel, as anna"],
            1
        ])
    );
}

#[test]
fn a_picture_tells_its_figures_and_the_command_to_type_next() {
    let answer = one_of_each().ask(
        "p=todo/changed/ben-mobile",
        "return [text('.sum')[0], text('.command code')[0], text('.regions li').length, text('.pane figcaption'),
                 document.querySelectorAll('.box').length];",
    );
    assert_eq!(answer[0], "1\u{202f}440 pixels differ0.11111 % of 1\u{202f}296\u{202f}000; the gate is 0.2 %");
    assert_eq!(answer[1], "UPDATE_SNAPSHOTS=changed cargo test -p flows -- x");
    assert_eq!(answer[2], 2);
    assert_eq!(answer[3], serde_json::json!(["Expected1440×900", "Actual1440×900", "Difference"]));
    assert_eq!(answer[4], 6, "each of the two regions on each of the three pictures");
}

#[test]
fn what_changed_is_told_in_the_list_and_leads_to_its_region() {
    let mut changed = picture("todo/list/anna-desktop", VerdictName::Changed);
    let text = "li.task \"<img src=x onerror=alert(1)>\": color black → red";
    caused_by(&mut changed, &[text, "p: text \"a\" → \"b\""]);
    let report = Report::of(vec![changed, picture("todo/list/ben-desktop", VerdictName::Changed)]);
    assert_eq!(
        report.ask("", "return [text('.note'), document.querySelectorAll('.note img').length];"),
        serde_json::json!([[format!("{text} · p: text \"a\" → \"b\"")], 0])
    );
    let answer = report.ask(
        "p=todo/list/anna-desktop",
        "document.querySelectorAll('.causes button')[0].click(); await until(() => shown.region === '1');
         return [text('.causes li'), document.querySelectorAll('.causes img').length];",
    );
    assert_eq!(answer, serde_json::json!([[text, "p: text \"a\" → \"b\""], 0]));
    let script = "return text('.causes').length;";
    assert_eq!(report.ask("p=todo/list/ben-desktop", script), 0);
    assert_eq!(report.ask("q=onerror", "return text('.row-item').length;"), 1);
}

#[test]
fn a_picture_tells_how_alike_it_is_and_both_sizes() {
    let mut found = picture("todo/list/anna-desktop", VerdictName::SizeChanged);
    let comparison = found.comparison.as_mut().unwrap();
    comparison.similarity = Some(0.9871);
    comparison.actual.height = 940;
    let answer = Report::of(vec![found]).ask("p=todo/list/anna-desktop", "return text('.facts dd');");
    let told: Vec<_> = answer.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    assert!(told.contains(&"1440×900 → 1440×940") && told.iter().any(|words| words.starts_with("0.987")), "{told:?}");
}

#[test]
fn a_new_picture_is_shown_alone_and_an_error_says_that_there_is_none() {
    let report = one_of_each();
    let script = "return [text('.pane figcaption'), text('.segments button').length, text('.lacking b')];";
    assert_eq!(report.ask("p=todo/new/anna-mobile", script), serde_json::json!([["Actual, no baseline yet"], 0, []]));
    assert_eq!(report.ask("p=todo/error/anna-desktop", script), serde_json::json!([[], 0, ["No picture was taken"]]));
}

#[test]
fn a_flaky_picture_tells_what_each_attempt_found() {
    let mut flaky = picture("todo/list/anna-desktop", VerdictName::Flaky);
    flaky.attempts = serde_json::from_value(serde_json::json!([
        {"verdict": "changed", "diff_pixels": 1440, "ms": 200}, {"verdict": "identical", "diff_pixels": 0, "ms": 200},
    ]))
    .unwrap();
    let script = "return [text('h1')[0], text('.facts dd').filter((words) => words.includes('then'))];";
    let report = Report::of(vec![flaky.clone()]);
    assert_eq!(report.ask("", script)[0], "1 of 1 picture needs a look");
    let told = report.ask("p=todo/list/anna-desktop", script);
    assert_eq!(told[1], serde_json::json!(["changed, then identical"]));
    flaky.allowed = true;
    let told = Report::of(vec![flaky]).ask("p=todo/list/anna-desktop", script);
    assert_eq!(told[1], serde_json::json!(["changed, then identical; this run allowed it"]));
}

#[test]
fn a_missing_or_refused_file_leaves_a_word_in_its_place() {
    let mut elsewhere = picture("todo/elsewhere/anna-desktop", VerdictName::New);
    elsewhere.images.actual = None;
    let mut pictures = vec![picture("todo/gone/anna-desktop", VerdictName::Changed), elsewhere];
    let report = Report::of(pictures.clone());
    pictures[1].images.actual = Some("/etc/hostname".into());
    write(&run(pictures), report.folder.path()).unwrap();
    fs::remove_file(report.folder.path().join("report/pictures/todo/gone/anna-desktop.actual.png")).unwrap();

    let answer = report.ask(
        "p=todo/gone/anna-desktop",
        "await until(() => text('.lacking').length > 0);
         const gone = text('.lacking b, .lacking code'); press('j');
         return [gone, text('.lacking b, .lacking code'), document.querySelectorAll('.pane img').length];",
    );
    assert_eq!(
        answer[0],
        serde_json::json!(["Actual picture not found", "pictures/todo/gone/anna-desktop.actual.png"])
    );
    assert_eq!(answer[1], serde_json::json!(["Actual picture refused", "its path leaves the run's folder"]));
    assert_eq!(answer[2], 0);
}

#[test]
fn texts_of_a_run_are_shown_and_never_run() {
    let attack =
        "</script><script>faults.push('ran')</script><img src=x onerror=\"faults.push('ran')\">\u{2028}'\"\u{202e}";
    let mut hostile = picture("todo/hostile/anna-desktop", VerdictName::Error);
    hostile.message = Some(format!("{attack}\nhelp: `type {attack}`"));
    hostile.url = "javascript:faults.push('ran')".into();
    hostile.masks = serde_json::from_value(serde_json::json!([{"selector": attack, "boxes": []}])).unwrap();
    hostile.page_errors.add_console(attack);
    let answer = Report::of(vec![hostile]).ask(
        "p=todo/hostile/anna-desktop&q=%3Cimg%20src=x%20onerror=faults.push('ran')%3E",
        "const shownTexts = [text('.message p')[0], text('.command code')[0], text('.masks code')[0], text('.errors bdi')[0]];
         const links = [...document.querySelectorAll('.facts a')].length;
         press('Escape');
         return [...shownTexts, links, document.querySelectorAll('img[onerror]').length];",
    );
    assert_eq!(answer[0], attack.trim());
    assert_eq!(answer[1], format!("type {attack}"));
    assert_eq!(answer[2], attack);
    assert_eq!(answer[3], attack);
    assert_eq!(answer[4], 0, "only http addresses are links");
    assert_eq!(answer[5], 0);
}

#[test]
fn what_the_page_complained_of_stands_beside_its_picture() {
    let mut broken = picture("todo/list/anna-desktop", VerdictName::Changed);
    for _ in 0..3 {
        broken.page_errors.add_console("http://localhost:5173/main.js 4:2 Uncaught TypeError: x is undefined");
    }
    broken.page_errors.add_failed_request("http://localhost:5173/api - the server responded with a status of 500");
    broken.page_errors.left_out = 12;
    let report = Report::of(vec![broken, picture("todo/list/ben-desktop", VerdictName::Identical)]);
    let script =
        "return [text('.facts h2').slice(0, 2), text('.errors li'), document.querySelectorAll('.errors').length];";
    assert_eq!(
        report.ask("p=todo/list/anna-desktop", script),
        serde_json::json!([
            ["Errors in the console", "Failed requests"],
            [
                "http://localhost:5173/main.js 4:2 Uncaught TypeError: x is undefined 3 times",
                "http://localhost:5173/api - the server responded with a status of 500"
            ],
            2
        ])
    );
    assert_eq!(report.ask("p=todo/list/ben-desktop", script)[2], 0);
}

const WIDE: &str = "a-flow-with-a-long-name/and-a-step-with-a-longer-one/anna-desktop";

/// A picture that is wider and higher than any pane, with boxes, causes, masks and long names.
fn wide() -> Report {
    let mut changed = picture(WIDE, VerdictName::Changed);
    caused_by(&mut changed, &["button.primary-action-of-the-page: padding 12px 24px 12px 24px → 16px 32px 16px 32px"]);
    let boxed = serde_json::json!([{"x": 24, "y": 310, "w": 1400, "h": 40}]);
    changed.causes[0].boxes = serde_json::from_value(boxed.clone()).unwrap();
    changed.masks = serde_json::from_value(serde_json::json!([{"selector": ".now", "boxes": boxed}])).unwrap();
    changed.message = Some(format!("{}\nhelp: accept it with: cargo xtask approve {}", "x".repeat(400), changed.key));
    changed.page_errors.add_console(&format!("http://localhost:5173/{}.js 4:2 Uncaught", "y".repeat(300)));
    Report::of(vec![changed, picture("todo/list/ben-desktop", VerdictName::New)])
}

#[test]
fn nothing_on_a_phone_is_wider_than_the_phone() {
    let report = wide();
    for view in ["", "group=1", "p=X", "p=X&view=slider", "p=X&view=difference", "p=X&view=onion", "p=X&view=blink"] {
        // High enough for the list's first rows, which are drawn where they are in sight.
        let height = if view.starts_with("p=") { 844 } else { 4000 };
        let answer = report.ask_in(
            (390, height),
            &view.replace('X', WIDE),
            "await until(() => document.querySelector('.pane .sheet, .row-item')?.getBoundingClientRect().width > 0);
             // What scrolls for itself may hold what is wider; its own box may not be.
             const clipped = (element) => {
                 for (let up = element.parentElement; up !== document.body && up !== null; up = up.parentElement) {
                     if (getComputedStyle(up).overflowX !== 'visible') return true;
                 }
                 return false;
             };
             const page = document.documentElement;
             const over = [...document.body.querySelectorAll('*')].filter((element) =>
                 element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5 && !clipped(element));
             return [innerWidth, Math.max(page.scrollWidth - page.clientWidth, 0), over.map((element) => `${element.tagName}.${element.className}`)];",
        );
        assert_eq!(answer, serde_json::json!([390, 0, []]), "{view}");
    }
}

#[test]
fn panes_zoom_and_pan_together() {
    let answer = wide().ask_in(
        (1440, 1000),
        &format!("p={WIDE}"),
        "const ports = () => [...document.querySelectorAll('.port')];
         const places = () => ports().map((port) => [Math.round(port.scrollLeft), Math.round(port.scrollTop)]);
         const widths = () => ports().map((port) => Math.round(port.querySelector('.sheet').getBoundingClientRect().width));
         const together = (all) => all.every((one) => String(one) === String(all[0]));
         const seen = { panes: ports().length };
         const before = widths();
         for (let times = 0; times < 8; times++) press('+');
         seen.zoomed = [together(widths()), widths()[0] > before[0]];
         // Each pane leads in its turn.
         seen.panned = [];
         for (const [at, port] of ports().entries()) {
             const to = [40 + 10 * at, 30 + 10 * at];
             port.scrollTo({ left: to[0], top: to[1], behavior: 'instant' });
             port.dispatchEvent(new Event('scroll'));
             await until(() => places().every((place) => String(place) === String(to)));
             seen.panned.push(places());
         }
         press('0');
         seen.fits = [together(widths()), String(widths()) === String(before)];
         return seen;",
    );
    assert_eq!(answer["panes"], 3);
    assert_eq!(answer["zoomed"], serde_json::json!([true, true]));
    let all_at = |left, top| serde_json::json!([[left, top], [left, top], [left, top]]);
    assert_eq!(answer["panned"], serde_json::json!([all_at(40, 30), all_at(50, 40), all_at(60, 50)]));
    assert_eq!(answer["fits"], serde_json::json!([true, true]));
}

#[test]
fn ten_thousand_pictures_keep_few_rows_in_the_document() {
    let pictures = (0..10_000).map(|n| {
        let verdict = if n % 97 == 0 { VerdictName::Changed } else { VerdictName::Identical };
        let mut picture = picture(&format!("flow-{}/step-{n}/anna-desktop", n % 25), verdict);
        picture.images = Default::default();
        picture
    });
    let answer = Report::of(pictures.collect()).ask(
        "",
        "const rows = () => document.querySelectorAll('.row-item').length;
         const first = rows();
         focusRow(9999);
         const last = text('.row-item .name b').at(-1);
         if (last !== list.pictures.at(-1).step || scrollY === 0) throw new Error(`the last row in sight is ${last}`);
         return [text('#found')[0], first, rows(), document.getElementById('table').getAttribute('aria-rowcount')];",
    );
    assert_eq!(answer[0], "10\u{202f}000 pictures");
    assert!(answer[1].as_u64().unwrap() < 60 && answer[2].as_u64().unwrap() < 60, "{answer}");
    assert_eq!(answer[3], "10003", "the pictures, two headings and the columns' names");
}
