//! Pages as short texts, and what is said of their differences.

use harness_model::{CauseKind, Comparison, Element, Outline, Place, Region, Size};

use super::explain;

const SIZE: Size = Size { width: 400, height: 400 };

/// A page from lines such as `  li.task "milk" @10,20,30,40 color=red`: depth by indentation.
fn page(text: &str) -> Outline {
    const PROPERTIES: [&str; 9] = [
        "color",
        "border-top-color",
        "font-size",
        "padding-top",
        "padding-right",
        "padding-bottom",
        "padding-left",
        "background-color",
        "width",
    ];
    const USUAL: [&str; 9] = ["black", "black", "16px", "0px", "0px", "0px", "0px", "rgba(0, 0, 0, 0)", "auto"];
    let mut outline = Outline {
        size: SIZE,
        scale: 1.0,
        properties: PROPERTIES.map(str::to_owned).to_vec(),
        styles: vec![],
        elements: vec![],
    };
    let mut open: Vec<(usize, usize)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let depth = line.len() - line.trim_start().len();
        open.retain(|(around, _)| *around < depth);
        let mut element = Element { parent: open.last().map(|(_, at)| *at), ..Element::default() };
        let mut style = USUAL.map(str::to_owned).to_vec();
        let (head, said) = match line.trim().split_once('"') {
            Some((head, rest)) => {
                let (said, rest) = rest.split_once('"').unwrap();
                (format!("{head} {rest}"), said.to_owned())
            }
            None => (line.trim().to_owned(), String::new()),
        };
        (element.text, element.text_hash) = (said.clone(), said);
        for (n, word) in head.split_whitespace().enumerate() {
            if n == 0 {
                let (tag, class) = word.split_once('.').unwrap_or((word, ""));
                (element.tag, element.class) = (tag.to_owned(), class.to_owned());
            } else if let Some(place) = word.strip_prefix('@') {
                let numbers: Vec<i32> = place.split(',').map(|number| number.parse().unwrap()).collect();
                element.place = Place::from([numbers[0], numbers[1], numbers[2], numbers[3]]);
            } else if let Some(source) = word.strip_prefix("src=") {
                element.source = source.to_owned();
            } else if let Some(id) = word.strip_prefix("id=") {
                element.id = id.to_owned();
            } else if let Some(id) = word.strip_prefix("test=") {
                element.test_id = id.to_owned();
            } else {
                let (property, value) = word.split_once('=').unwrap();
                style[PROPERTIES.iter().position(|known| *known == property).unwrap()] = value.to_owned();
            }
        }
        element.style = outline.styles.len();
        outline.styles.push(style);
        open.push((depth, outline.elements.len()));
        outline.elements.push(element);
    }
    assert!(outline.is_sound());
    outline
}

fn differing(regions: &[(u32, u32, u32, u32)]) -> Comparison {
    let regions: Vec<_> =
        regions.iter().map(|&(x, y, w, h)| Region { x, y, w, h, pixels: u64::from(w * h), faint: false }).collect();
    Comparison {
        equal: false,
        diff_pixels: regions.iter().map(|r| r.pixels).sum(),
        regions,
        ..Comparison::identical(SIZE)
    }
}

#[track_caller]
fn check(before: &str, after: &str, regions: &[(u32, u32, u32, u32)], expected: &[&str]) {
    let found = explain(&page(before), &page(after), &differing(regions));
    let told: Vec<_> = found.causes.iter().map(|cause| cause.text.as_str()).collect();
    assert_eq!(told, expected);
}

const CARD: &str = "
body @0,0,400,400
  section.card @0,0,400,100
    h2 \"Tasks\" @0,0,400,20
    li.task \"milk\" @0,20,400,20
    li.task \"bread\" @0,40,400,20
  footer \"end\" @0,100,400,20";

#[test]
fn equal_pages_and_equal_pictures_have_no_causes() {
    check(CARD, CARD, &[], &[]);
    let equal = explain(&page(CARD), &page("p"), &Comparison::identical(SIZE));
    assert_eq!(equal.causes, []);
}

#[test]
fn a_records_key_in_an_id_neither_parts_what_is_the_same_nor_names_it() {
    let tasks = |first: &str, second: &str, more: &str| {
        format!(
            "
body @0,0,400,400
  button \"milk\" @0,20,40,20 id=done-{first}-7ad7-4390-8f45-45b64b24d5d1 {more}
  button \"bread\" @0,40,40,20 id=done-{second}-7ad7-4390-8f45-45b64b24d5d1 {more}"
        )
    };
    let told = ["button: color black → red on 2 elements"];
    let (was, is) = (tasks("aaaaaaaa", "bbbbbbbb", ""), tasks("cccccccc", "dddddddd", "color=red"));
    check(&was, &is, &[(0, 20, 40, 40)], &told);
}

#[test]
fn a_property_is_told_with_what_moved_along() {
    let after = "
body @0,0,400,400
  section.card @0,0,400,108 padding-top=8px
    h2 \"Tasks\" @0,8,400,20
    li.task \"milk\" @0,28,400,20
    li.task \"bread\" @0,48,400,20
  footer \"end\" @0,108,400,20";
    let told = "section.card \"Tasks\": padding-top 0px → 8px; 4 elements only moved or resized with it, by up to 8 px";
    check(CARD, after, &[(0, 8, 50, 60), (0, 100, 50, 28)], &[told]);
    let found = explain(&page(CARD), &page(after), &differing(&[(0, 8, 50, 60), (0, 110, 50, 18)]));
    assert_eq!(found.causes[0].regions, [0, 1], "the footer's region belongs to what moved it");
    assert_eq!(found.causes[0].changes[0].property, "padding-top");
}

#[test]
fn four_equal_sides_are_one_padding() {
    let sides = "padding-top=4px padding-right=4px padding-bottom=4px padding-left=4px";
    check("p @0,0,9,9", &format!("p @0,0,9,9 {sides}"), &[(0, 0, 5, 5)], &["p: padding 0px → 4px"]);
}

#[test]
fn the_same_change_on_like_elements_is_told_once() {
    let after =
        CARD.replace("@0,20,400,20", "@0,20,400,20 color=red").replace("@0,40,400,20", "@0,40,400,20 color=red");
    check(CARD, &after, &[(0, 25, 40, 10), (0, 45, 40, 10)], &["li.task: color black → red on 2 elements"]);
    let after = CARD.replace("\"milk\" ", "\"milk\" color=red ").replace("\"end\" ", "\"end\" color=red ");
    let regions = [(0, 25, 40, 10), (0, 105, 40, 10)];
    check(CARD, &after, &regions, &["li.task \"milk\" and 1 more: color black → red"]);
}

#[test]
fn what_follows_from_another_change_is_not_told() {
    // The colour is inherited, borders take it, and lengths in em follow the size of letters.
    let before = "div.a @0,0,99,99 padding-top=16px\n  p \"x\" @0,0,99,20\n    b \"y\" @0,0,20,20";
    let after = "div.a @0,0,99,99 padding-top=24px font-size=24px color=red border-top-color=red
  p \"x\" @0,0,99,20 font-size=24px color=red border-top-color=red
    b \"y\" @0,0,20,20 font-size=24px color=blue border-top-color=blue";
    let told = ["div.a \"x\": color black → red, font-size 16px → 24px", "b \"y\": color black → blue"];
    let found = explain(&page(before), &page(after), &differing(&[(0, 0, 90, 90)]));
    let texts: Vec<_> = found.causes.iter().map(|cause| cause.text.as_str()).collect();
    assert_eq!(texts, [told[0].replace(" \"x\"", "").as_str(), told[1]]);
}

#[test]
fn an_element_that_came_does_not_make_others_of_those_after_it() {
    let after = "
body @0,0,400,400
  section.card @0,0,400,120
    h2 \"Tasks\" @0,0,400,20
    li.task \"eggs\" @0,20,400,20
      b \"!\" @0,20,9,9
    li.task \"milk\" @0,40,400,20
    li.task \"bread\" @0,60,400,20
  footer \"end\" @0,120,400,20";
    let came =
        "li.task \"eggs\": appeared, with 1 element in it; 4 elements only moved or resized with it, by up to 20 px";
    check(CARD, after, &[(0, 20, 60, 60), (0, 100, 60, 40)], &[came]);
    let went =
        "li.task \"eggs\": vanished, with 1 element in it; 4 elements only moved or resized with it, by up to 20 px";
    check(after, CARD, &[(0, 20, 60, 60), (0, 100, 60, 40)], &[went]);
}

#[test]
fn a_text_is_told_from_and_to() {
    let after = CARD.replace("milk", "oat milk");
    check(CARD, &after, &[(0, 25, 40, 10)], &["li.task \"oat milk\": text \"milk\" → \"oat milk\""]);
    check("p \"a\" @0,0,9,9", "p @0,0,9,9", &[(0, 0, 5, 5)], &["p: text \"a\" is gone"]);
}

#[test]
fn an_element_with_a_test_id_is_found_elsewhere() {
    let before = "body @0,0,400,400\n  div @0,0,100,100\n    a test=save \"Save\" @0,0,50,20\n  nav @0,200,100,100";
    let after = "body @0,0,400,400\n  div @0,0,100,100\n  nav @0,200,100,100\n    a test=save \"Save\" @0,200,50,20";
    check(before, after, &[(0, 0, 40, 10), (0, 205, 40, 10)], &["a[save] \"Save\": moved 200 px down"]);
}

#[test]
fn an_image_is_told_by_its_address() {
    let (before, after) = ("img.logo @0,0,40,40 src=a.png", "img.logo @0,0,40,40 src=b.png");
    check(before, after, &[(0, 0, 40, 40)], &["img.logo: source a.png → b.png"]);
}

#[test]
fn pixels_that_differ_in_an_equal_outline_are_said_to() {
    let chart = "body @0,0,400,400\n  main @0,0,400,300\n    canvas.chart @10,10,100,100";
    check(chart, chart, &[(20, 20, 5, 5)], &["canvas.chart: pixels differ, outline equal (what the canvas draws)"]);
    check(chart, chart, &[(300, 390, 5, 5)], &["body: pixels differ, outline equal (a canvas, an image or a font)"]);
    // A cause elsewhere does not explain it.
    let blue = format!("{chart}\n  p \"x\" @0,350,50,20");
    let red = blue.replace("\"x\" ", "\"x\" color=red ");
    let told = ["p \"x\": color black → red", "canvas.chart: pixels differ, outline equal (what the canvas draws)"];
    check(&blue, &red, &[(20, 20, 5, 5), (0, 350, 9, 9)], &told);
}

#[test]
fn a_page_on_which_only_boxes_changed_names_the_innermost() {
    let before = "body @0,0,400,400\n  div @0,0,400,50\n    img.a @0,0,50,50\n  p \"x\" @0,50,400,20";
    let after = "body @0,0,400,400\n  div @0,0,400,60\n    img.a @0,0,50,60\n  p \"x\" @0,60,400,20";
    let told = "img.a: height 50 px → 60 px; 2 elements only moved or resized with it, by up to 10 px";
    check(before, after, &[(0, 40, 60, 40)], &[told]);
}

#[test]
fn what_cannot_be_behind_the_pixels_is_left_out() {
    let after = CARD.replace("\"end\" ", "\"end\" color=red ").replace("milk", "oat");
    check(CARD, &after, &[(0, 25, 40, 10)], &["li.task \"oat\": text \"milk\" → \"oat\""]);
    // Below the threshold there are no regions; what changed is still worth a word.
    let found = explain(&page(CARD), &page(&after), &differing(&[]));
    assert_eq!(found.causes.iter().map(|cause| cause.kind).collect::<Vec<_>>(), [CauseKind::Text, CauseKind::Style]);
}

#[test]
fn boxes_lie_within_the_picture() {
    let before = "p \"x\" @-10,-10,500,30";
    let after = "p \"x\" @-10,-10,500,30 color=red";
    let found = explain(&page(before), &page(after), &differing(&[(0, 0, 5, 5)]));
    let found = &found.causes[0].boxes[0];
    assert_eq!((found.x, found.y, found.w, found.h), (0, 0, 400, 20));
}
