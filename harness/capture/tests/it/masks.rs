//! Masks cover what they are asked to, tell what they cover, and move nothing.

use harness_capture::{CaptureError, Mask, PictureRequest};
use harness_model::{Rect, Viewport};

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
    assert_eq!(with.console, [""; 0], "the content security policy has nothing to object to");
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
        full_page: false,
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
