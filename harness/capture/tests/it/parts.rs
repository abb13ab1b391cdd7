//! Elements, boxes and the window's part of a page, as pictures.

use harness_capture::{Mask, Picture, PictureRequest, Target};
use harness_model::{Rect, Size, Viewport};

use crate::{
    Pixels, impatient, looking_through, reasons, settled,
    site::{Site, html},
};

/// Blocks at odd places, one in a shadow root, one in a frame, one hidden, one scrolled half out of its box; the page is
/// taller than any window.
const PAGE: &str = r#"<!doctype html><meta name=viewport content='width=device-width'>
<style>body { margin: 0; height: 2600px; position: relative; background: linear-gradient(#fff, #88f) }
  div, iframe { position: absolute; border: 0 }
  .card { left: 33.4px; top: 1777.3px; width: 211.3px; height: 90.5px; background: #fc0 }
  .card b { position: absolute; left: 20px; top: 10px; width: 40px; height: 20px; background: #06c }
  .hidden { visibility: hidden; top: 10px; width: 50px; height: 50px }
  .box { overflow: auto; left: 20px; top: 100px; width: 100px; height: 60px }
  .box p { margin: 30px 0 0; height: 200px; background: #0a0 }
</style><div class='card hidden'></div><div class=card>Karte <b class=live></b></div><div class=box><p>lang</p></div>
<div id=host style='left: 40px; top: 400px'></div><iframe src=/frame style='left: 7px; top: 2100px; width: 200px; height: 90px'></iframe>
<script>host.attachShadow({ mode: 'open' }).innerHTML = '<p class=inner style="margin: 0; width: 60px; height: 30px; background: #f00">in</p>'</script>"#;

async fn site() -> Site {
    Site::serving(|path| match path {
        "/frame" => html("<body style='margin: 0'><p class=framed style='margin: 5px; width: 80px; height: 400px; background: #0cc'>F"),
        _ => html(PAGE),
    })
    .await
}

/// The pixels of a picture that lie in a box of it.
fn cut(picture: &Picture, at: Rect) -> Vec<u8> {
    let pixels = Pixels::of(picture);
    let row = |y: u32| {
        let start = (y as usize * pixels.width + at.x as usize) * pixels.depth;
        pixels.bytes[start..start + at.w as usize * pixels.depth].to_vec()
    };
    (at.y..at.y + at.h).flat_map(row).collect()
}

#[tokio::test]
async fn an_element_and_a_box_show_what_the_page_shows_there() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let page = PictureRequest::new(site.url("/"));
    for viewport in [Viewport::desktop(), Viewport::mobile()] {
        browser.enter(&viewport, &[]).await.unwrap();
        let whole = settled(&mut browser, &page).await;
        let part = |x: f64, y: f64, right: f64, bottom: f64| {
            let (x, y) = ((x * viewport.scale).floor() as u32, (y * viewport.scale).floor() as u32);
            let edge = |at: f64| (at * viewport.scale).ceil() as u32;
            Rect { x, y, w: edge(right) - x, h: edge(bottom) - y }
        };
        for (target, at) in [
            (Target::Element(".card".into()), part(33.4, 1777.3, 244.7, 1867.8)),
            (Target::Element(".inner".into()), part(40.0, 400.0, 100.0, 430.0)),
            (Target::Element(".framed".into()), part(12.0, 2105.0, 92.0, 2190.0)),
            (Target::Element(".box p".into()), part(20.0, 130.0, 120.0, 160.0)),
            (Target::Clip(Rect { x: 11, y: 1501, w: 301, h: 333 }), part(11.0, 1501.0, 312.0, 1834.0)),
        ] {
            let name = format!("{target:?} on {}", viewport.name);
            let picture = settled(&mut browser, &PictureRequest { target, ..page.clone() }).await;
            // Layout keeps lengths in 64ths of a CSS pixel: an edge may lie in the next row.
            let off = |a: u32, b: u32| a.abs_diff(b) <= 1;
            assert!(off(picture.size.width, at.w) && off(picture.size.height, at.h), "{name}: {} {at:?}", picture.size);
            let own = Rect { x: 0, y: 0, w: at.w.min(picture.size.width), h: at.h.min(picture.size.height) };
            let at = Rect { w: own.w, h: own.h, ..at };
            assert!(cut(&picture, own) == cut(&whole, at), "{name} shows something else than the page");
            assert_eq!(picture.outline.unwrap().size, picture.size, "{name}");
        }
    }
}

#[tokio::test]
async fn masks_and_outline_of_an_element_lie_in_its_picture() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest {
        target: Target::Element(".card".into()),
        masks: vec![Mask::new(".live"), Mask::new(".box")],
        ..PictureRequest::new(site.url("/"))
    };
    let picture = settled(&mut browser, &request).await;
    let covered = picture.masks[0].boxes[0];
    assert_eq!((covered.x, covered.y), (20, 10), "{:?}", picture.masks);
    assert!(picture.masks[1].boxes.is_empty(), "the other mask covers nothing of this picture");
    let pixels = Pixels::of(&picture);
    assert_eq!(pixels.at(30, 20), [255, 0, 255]);

    let outline = picture.outline.unwrap();
    let classes: Vec<&str> = outline.elements.iter().map(|element| element.class.as_str()).collect();
    assert_eq!(classes, ["", "", "card", "live"], "the element, what is in it and what it is in: {classes:?}");
    assert_eq!((outline.elements[2].place.x, outline.elements[2].parent), (0, Some(1)));
    assert!(outline.is_sound());
}

#[tokio::test]
async fn a_part_that_cannot_be_seen_is_named() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let of = |target| PictureRequest { target, ..impatient(site.url("/")) };
    let told = reasons(&mut browser, &of(Target::Element(".hidden".into()))).await;
    assert!(told.starts_with("no element .hidden can be seen; page at http"), "{told}");
    let told = reasons(&mut browser, &of(Target::Clip(Rect { x: 0, y: 9000, w: 10, h: 10 }))).await;
    assert!(told.starts_with("the box 0, 9000, 10, 10 lies outside of the page"), "{told}");
    let error = browser.picture(&of(Target::Element("p[".into()))).await.unwrap_err().to_string();
    assert!(error.starts_with("`p[` is not a CSS selector (picture of http"), "{error}");
}

#[tokio::test]
async fn an_element_taller_than_a_texture_has_no_seams() {
    let site = Site::of(
        "<!doctype html><meta name=viewport content='width=device-width'><body style='margin: 0'><p style='margin: 0; height: 300px'>
         <div class=long style='margin-left: 9px; width: 100px; height: 17000px; \
         background: repeating-linear-gradient(#f00 0 50px, #00f 50px 100px)'>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let target = Target::Element(".long".into());
    let picture = settled(&mut browser, &PictureRequest { target, ..PictureRequest::new(site.url("/")) }).await;
    assert_eq!(picture.size, Size { width: 100, height: 17_000 });
    let pixels = Pixels::of(&picture);
    for y in 0..17_000 {
        let colour = if y % 100 < 50 { [255, 0, 0] } else { [0, 0, 255] };
        assert_eq!(pixels.at(50, y), colour, "row {y}");
    }
}
