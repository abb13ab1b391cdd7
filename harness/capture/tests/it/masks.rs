//! Masks cover what they are asked to, tell what they cover, and move nothing.

use harness_capture::{CaptureError, Mask, PictureRequest, Target};
use harness_model::{MaskKind, Rect, Viewport};

use crate::{
    Pixels, looking_through, settled,
    site::{Site, html, reply},
};

const MASKED: [u8; 3] = [255, 0, 255];

/// Boxes in all kinds of places, under a policy that forbids inline styles and scripts.
const PAGE: &str = r#"<!doctype html><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">
<main><p class="m" id="plain">eins</p><p class="m" id="hidden">zwei</p><p class="m" id="faint">drei</p>
<div id="scroller"><div class="m" id="inner"></div></div><iframe src="/frame"></iframe><div id="host"></div>
<div id="tall"></div><p class="m" id="low">unten</p></main><dialog><b class="m" id="modal">vorn</b></dialog><script src="/script.js"></script>"#;
const STYLE: &str = "body { margin: 0 } p { margin: 0; height: 20px; width: 100.4px } #hidden { visibility: hidden } #faint { opacity: 0 }
#scroller { height: 30px; width: 200px; overflow: hidden } #inner { width: 50px; height: 100px }
iframe { border: 3px solid black; width: 150px; height: 60px; display: block } #tall { height: 1500px }
dialog { position: fixed; inset: 400px auto auto 100px; margin: 0; padding: 0; border: 0 } #modal { display: block; width: 80px; height: 20px }";
const FRAME: &str = "<link rel=stylesheet href=/frame.css><div class=m></div>";
const SCRIPT: &str = r##"document.querySelector("dialog").showModal();
const shadow = document.querySelector("#host").attachShadow({ mode: "closed" });
const box = document.createElement("div");
box.className = "m"; box.style.cssText = "width: 30px; height: 10px";
shadow.append(box);"##;

async fn site() -> Site {
    Site::serving(|path| {
        let (kind, body) = match path {
            "/" => ("text/html", PAGE),
            "/frame" => ("text/html", FRAME),
            "/style.css" => ("text/css", STYLE),
            "/frame.css" => ("text/css", "body { margin: 0 } .m { margin: 40px 0 0 10px; width: 20px; height: 50px }"),
            "/script.js" => ("text/javascript", SCRIPT),
            _ => return reply("text/plain", "").status(404).now(),
        };
        reply(kind, body).header("Content-Security-Policy", "default-src 'self'").now()
    })
    .await
}

fn boxes(picture: &harness_capture::Picture, mask: usize) -> Vec<(u32, u32, u32, u32)> {
    picture.masks[mask].boxes.iter().map(|Rect { x, y, w, h }| (*x, *y, *w, *h)).collect()
}

#[tokio::test]
async fn a_mask_covers_its_boxes_and_nothing_moves() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let plain = PictureRequest::new(site.url("/"));
    let masked = PictureRequest { masks: vec![Mask::new(".m"), Mask::new(".nothing")], ..plain.clone() };
    let without = settled(&mut browser, &plain).await;
    let with = settled(&mut browser, &masked).await;

    assert_eq!(with.masks[0].selector, ".m");
    // Rows: three paragraphs, the scroller from 60, the frame from 90, the shadow from 156, then 1,500 px.
    assert_eq!(
        boxes(&with, 0),
        [(0, 0, 101, 20), (0, 60, 50, 30), (0, 1666, 101, 20), (100, 400, 80, 20), (13, 133, 20, 20), (0, 156, 30, 10)]
    );
    assert_eq!(boxes(&with, 1), [], "whether that is a fault is not for us to say");

    let (before, after) = (Pixels::of(&without), Pixels::of(&with));
    assert_eq!(without.size, with.size, "no layout shift");
    assert_eq!(before.count(MASKED), 0);
    for y in 0..after.height {
        for x in 0..after.width {
            let covered = with.masks[0].boxes.iter().any(|found| {
                let (x, y) = (x as u32, y as u32);
                (found.x..found.x + found.w).contains(&x) && (found.y..found.y + found.h).contains(&y)
            });
            let expected = if covered { MASKED } else { before.at(x, y) };
            assert_eq!(after.at(x, y), expected, "at {x},{y}");
        }
    }
    assert_eq!(with.errors.console, [], "the content security policy has nothing to object to");
}

#[tokio::test]
async fn boxes_on_a_phone_are_whole_picture_pixels() {
    let site = Site::serving(|_| {
        html("<!doctype html><meta name=viewport content='width=device-width'><body style='margin: 0'><b style='position: absolute; left: 10.1px; top: 900px; width: 33px; height: 7px'>x</b><div style='height: 1000px'>")
    })
    .await;
    let mut browser = looking_through(&Viewport::mobile()).await;
    let request = PictureRequest { masks: vec![Mask::new("b")], ..PictureRequest::new(site.url("/")) };
    let picture = settled(&mut browser, &request).await;
    // 10.1 lies at the 64th of a pixel before it, 10.09375: 27.76 to 118.51; 900 to 907: 2475 to 2494.25.
    assert_eq!(boxes(&picture, 0), [(27, 2475, 92, 20)]);
    assert_eq!(Pixels::of(&picture).count(MASKED), 92 * 20, "each pixel of the box and no other");
}

#[tokio::test]
async fn only_what_the_viewport_shows_is_masked_in_a_picture_of_the_viewport() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest {
        masks: vec![Mask::new("#plain"), Mask::new("#low")],
        target: Target::Viewport,
        ..PictureRequest::new(site.url("/"))
    };
    let picture = settled(&mut browser, &request).await;
    assert_eq!((picture.size.width, picture.size.height), (1440, 900));
    assert_eq!((boxes(&picture, 0), boxes(&picture, 1)), (vec![(0, 0, 101, 20)], vec![]));
}

#[tokio::test]
async fn a_wrong_selector_is_an_error_that_names_it() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request =
        PictureRequest { masks: vec![Mask::new(".m"), Mask::new("p:has(")], ..PictureRequest::new(site.url("/")) };
    let error = browser.picture(&request).await.unwrap_err();
    assert!(matches!(&error, CaptureError::Selector { selector, role: "mask", .. } if selector == "p:has("), "{error}");
    assert!(!error.browser_is_lost());
}

/// A table whose column is as wide as what stands in it, a word within a line, and something that moves for ever.
fn talking(words: &'static str, colour: &'static str) -> impl Fn(&str) -> crate::site::Answer + Send + Sync + 'static {
    move |_| {
        html(format!(
            "<!doctype html><style>body {{ margin: 0; font: 16px monospace }} td {{ padding: 0 }}
            #next {{ width: 10px; height: 10px; background: #00f }} .box {{ width: 40px; height: 40px; background: {colour} }}
            .who::after {{ content: '{words}' }}</style>
            <table cellspacing=0><tr><td class=cell><b>{words}</b> {words}<td><div id=next></div></table>
            <p>before <span class=who>{words}</span><i id=after>after</i></p><div class=box></div>"
        ))
    }
}

#[tokio::test]
async fn a_placeholder_keeps_what_is_in_it_from_pushing_what_is_around_it() {
    let mut browser = looking_through(&Viewport::desktop()).await;
    let mut pictures = Vec::new();
    for words in ["kurz", "ein ganzes Stück länger als das andere"] {
        let site = Site::serving(talking(words, "#080")).await;
        let masks = vec![Mask::placeholder(".cell", 120, 24), Mask::placeholder(".who", 60, 18)];
        pictures.push(settled(&mut browser, &PictureRequest { masks, ..PictureRequest::new(site.url("/")) }).await);
    }
    assert_eq!(pictures[0].masks[0].kind, MaskKind::Placeholder);
    assert_eq!(boxes(&pictures[0], 0), [(0, 0, 120, 24)]);
    // Within a line it may begin in the middle of a pixel, and boxes are rounded outwards.
    let word = boxes(&pictures[0], 1);
    assert!(word.len() == 1 && (60..=61).contains(&word[0].2) && (18..=19).contains(&word[0].3), "{word:?}");
    assert_eq!(pictures[0].png, pictures[1].png, "whatever the words are");
    assert_eq!(pictures[0].masks, pictures[1].masks);
}

#[tokio::test]
async fn what_is_ignored_stays_visible_and_keeps_no_page_from_rest() {
    let site = Site::of(
        "<!doctype html><body style='margin: 0'><canvas class=moving width=50 height=40></canvas><script>
        const pen = document.querySelector('canvas').getContext('2d');
        let turn = 0;
        (function draw() {
            pen.fillStyle = turn++ % 2 ? '#0a0' : '#00a';
            pen.fillRect(0, 0, 50, 40);
            requestAnimationFrame(draw);
        })();</script>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let ignoring = PictureRequest { masks: vec![Mask::ignoring(".moving")], ..PictureRequest::new(site.url("/")) };
    let picture = settled(&mut browser, &ignoring).await;
    assert_eq!((picture.masks[0].kind, boxes(&picture, 0)), (MaskKind::Ignored, vec![(0, 0, 50, 40)]));
    let pixels = Pixels::of(&picture);
    assert_eq!(pixels.count(MASKED), 0, "nothing is painted over");
    assert!([[0, 0xaa, 0], [0, 0, 0xaa]].contains(&pixels.at(25, 20)), "{:?}", pixels.at(25, 20));
}
