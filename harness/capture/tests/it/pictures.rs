//! Pictures have the size of the page, and what is beyond that is refused.

use std::time::Duration;

use harness_capture::{CaptureError, Mask, PictureRequest, Target};
use harness_model::{Size, Viewport};

use crate::{
    Pixels, looking_through, settled,
    site::{Site, html},
};

#[tokio::test]
async fn a_full_page_is_as_large_as_the_page_times_its_scale() {
    // A last row of red tells that the whole page is there.
    let site = Site::of(
        "<!doctype html><meta name=viewport content='width=device-width'><body style='margin: 0'><div style='height: 1996px'></div><div style='height: 4px; background: #f00'></div>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let full = PictureRequest::new(site.url("/"));
    let part = PictureRequest { target: Target::Viewport, ..full.clone() };
    for (viewport, full_size, part_size) in [
        (Viewport::desktop(), (1440, 2000), (1440, 900)),
        // 393 × 2.75 = 1080.75, 727 × 2.75 = 1999.25.
        (Viewport::mobile(), (1081, 5500), (1081, 1999)),
        (Viewport::tablet(), (768, 2000), (768, 1024)),
    ] {
        browser.enter(&viewport, &[]).await.unwrap();
        let size = |(width, height)| Size { width, height };
        let picture = settled(&mut browser, &full).await;
        assert_eq!((picture.size, picture.looks), (size(full_size), 2), "{}", viewport.name);
        let pixels = Pixels::of(&picture);
        assert_eq!(pixels.at(5, pixels.height - 2), [255, 0, 0], "{}", viewport.name);
        let picture = settled(&mut browser, &part).await;
        assert!(
            picture.size.width == part_size.0 && picture.size.height.abs_diff(part_size.1) <= 1,
            "{}: {}",
            viewport.name,
            picture.size
        );
    }
}

#[tokio::test]
async fn a_page_taller_than_pictures_can_be_is_refused() {
    let site = Site::of("<!doctype html><body style='margin: 0'><div style='height: 100000px'></div>").await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest::new(site.url("/"));
    let error = browser.picture(&request).await.unwrap_err();
    assert!(matches!(error, CaptureError::TooTall { height: 100_000, limit: 93_206, .. }), "{error}");
    settled(&mut browser, &PictureRequest { target: Target::Viewport, ..request }).await;
}

/// Blocks that are all alike, of which some lie across the borders of the tiles that a tall page is pictured in.
#[tokio::test]
async fn a_page_of_more_than_twenty_thousand_rows_has_no_seams() {
    const BLOCK: usize = 704;
    let page = format!(
        "<!doctype html><meta name=viewport content='width=device-width'><style>body {{ margin: 0 }}
         section {{ height: {BLOCK}px; overflow: hidden; position: relative; font: 17px sans-serif; \
         background: #def }}
         section p {{ margin: 20px; padding: 9px; border: 3px solid #369 }}
         header, footer {{ position: fixed; left: 0; width: 12px; height: 12px; background: #f00; z-index: 1 }}
         header {{ top: 0 }} footer {{ bottom: 0 }}
         aside {{ position: sticky; top: 0; height: 0; z-index: 1 }}
         b {{ position: absolute; top: 100px; left: 0; width: 12px; height: 12px; background: #0f0 }}
         i {{ position: absolute; right: 0; bottom: 0; width: 20px; height: 20px; background: #000 }}
         </style><header></header><aside><b></b></aside><main></main><footer></footer><script>
         const text = 'Zeile um Zeile, ohne Naht und ohne Rest. '.repeat(30);
         for (let n = 0; n < 29; n += 1) document.querySelector('main').insertAdjacentHTML('beforeend', \
         `<section><p>${{text}}<p>${{text}}${{n === 28 ? '<i></i>' : ''}}</section>`);</script>"
    );
    let site = Site::serving(move |_| html(page.clone())).await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let masks = vec![Mask::new("i")];
    let request = PictureRequest { masks, timeout: Duration::from_secs(120), ..PictureRequest::new(site.url("/")) };
    let picture = settled(&mut browser, &request).await;
    let height = 29 * BLOCK;
    assert_eq!(picture.size, Size { width: 1440, height: height as u32 });
    assert_eq!(picture.outline.as_ref().unwrap().size, picture.size);
    let pixels = Pixels::of(&picture);
    // The first columns hold what is fixed, the last ones what is masked.
    let row =
        |y: usize| &pixels.bytes[(y * pixels.width + 12) * pixels.depth..((y + 1) * pixels.width - 20) * pixels.depth];
    for y in BLOCK..height {
        assert!(row(y) == row(y % BLOCK), "row {y} is not as it is in the first block");
    }
    let rows_of = |colour| (0..height).filter(|&y| pixels.at(0, y) == colour).collect::<Vec<_>>();
    let edges: Vec<_> = (0..12).chain(height - 12..height).collect();
    assert_eq!(rows_of([255, 0, 0]), edges, "bars that are fixed stand once, at their edges");
    assert_eq!(rows_of([0, 255, 0]), (100..112).collect::<Vec<_>>(), "what sticks stands once, where it begins");
    let masked = picture.masks[0].boxes[0];
    assert_eq!((masked.x, masked.y, masked.w, masked.h), (1420, height as u32 - 20, 20, 20));
    assert_eq!(pixels.at(1425, height - 5), pixels.at(1439, height - 1), "the mask lies where the report says");
    assert_ne!(pixels.at(1425, height - 5), [0, 0, 0]);
}

/// A phone's rows are not whole CSS pixels: 2.75 to one.
#[tokio::test]
async fn a_tall_page_on_a_phone_has_no_seams() {
    let page = "<!doctype html><meta name=viewport content='width=device-width'><style>body { margin: 0 }
         p { margin: 0; height: 160px; box-sizing: border-box; border: 5px solid #369; font: 20px serif; overflow: hidden; \
         background: #ffe9b8 }</style><script>
         for (let n = 0; n < 45; n += 1) document.write('<p>Wort an Wort und Wort</p>')</script>";
    let site = Site::of(page).await;
    let mut browser = looking_through(&Viewport::mobile()).await;
    let request = PictureRequest { timeout: Duration::from_secs(120), ..PictureRequest::new(site.url("/")) };
    let picture = settled(&mut browser, &request).await;
    assert_eq!(picture.size, Size { width: 1081, height: 45 * 440 });
    let pixels = Pixels::of(&picture);
    let row = |y: usize| &pixels.bytes[y * pixels.width * pixels.depth..(y + 1) * pixels.width * pixels.depth];
    for y in 440..45 * 440 {
        assert!(row(y) == row(y % 440), "row {y} is not as it is in the first paragraph");
    }
}

#[tokio::test]
async fn moving_images_and_films_stand_still() {
    // Two frames of one pixel, red and blue, a tenth of a second each, for ever.
    let site = Site::of(
        "<img width=50 height=50 src='data:image/gif;base64,R0lGODlhAQABAIAAAP8AAAAA/yH/C05FVFNDQVBFMi4wAwEAAAAh+QQACgAAACwAAAAAAQABAAACAkQBACH5BAAKAAAALAAAAAABAAEAAAICTAEAOw=='>
         <svg width=60 height=60><rect width=20 height=20 fill=green><animate attributeName=x values='0;40' dur=0.3s repeatCount=indefinite /></rect></svg>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let first = settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    assert_eq!(Pixels::of(&first).count([255, 0, 0]), 2500, "the first frame of the image");
    for _ in 0..4 {
        assert!(settled(&mut browser, &PictureRequest::new(site.url("/"))).await.png == first.png);
    }
}

#[tokio::test]
async fn a_bar_at_the_windows_lower_edge_lies_at_the_pages_end() {
    let site = Site::of(
        "<!doctype html><meta name=viewport content='width=device-width'><body style='margin: 0'>
         <div style='position: fixed; top: 0; width: 100%; height: 20px; background: #0f0'></div>
         <div style='position: fixed; bottom: 0; width: 100%; height: 40px; background: #f00'><i class=live>12:00</i></div>
         <section style='height: 2500px'><div style='height: 2460px'></div>
         <div style='position: sticky; bottom: 0; height: 40px; background: #00f'></div></section>
         <div style='height: 500px'></div>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest { masks: vec![Mask::new(".live")], ..PictureRequest::new(site.url("/")) };
    for (viewport, scale) in [(Viewport::desktop(), 1.0), (Viewport::mobile(), 2.75), (Viewport::tablet(), 1.0)] {
        browser.enter(&viewport, &[]).await.unwrap();
        let picture = settled(&mut browser, &request).await;
        assert_eq!(picture.looks, 2, "{}", viewport.name);
        let pixels = Pixels::of(&picture);
        let at = |css: f64| pixels.at(pixels.width - 9, (css * scale) as usize);
        for (css, colour, what) in [
            (10.0, [0, 255, 0], "the upper bar"),
            (f64::from(viewport.height) - 20.0, [255, 255, 255], "the window's lower edge"),
            (2480.0, [0, 0, 255], "the sticky bar, at the end of its section"),
            (2980.0, [255, 0, 0], "the lower bar"),
        ] {
            assert_eq!(at(css), colour, "{what} on {}", viewport.name);
        }
        assert!(picture.masks[0].boxes[0].y >= (2960.0 * scale) as u32, "{:?}", picture.masks);
    }
}

/// A phone shows such pages smaller, and its full-page picture shows them in full size.
#[tokio::test]
async fn boxes_lie_right_on_pages_wider_than_a_phone() {
    const BLOCK: &str = "<body style='margin: 0; height: 1500px'><p class=live style='position: absolute; margin: 0; \
                         left: 500px; top: 1200px; width: 80px; height: 40px'>12:00</p>";
    let site = Site::serving(|path| match path {
        "/wide" => html(format!("<!doctype html><meta name=viewport content='width=device-width'>{BLOCK}")),
        _ => html(format!("<!doctype html>{BLOCK}")),
    })
    .await;
    let mut browser = looking_through(&Viewport::mobile()).await;
    for (path, width) in [("/wide", 580.0), ("/untold", 980.0)] {
        let request = PictureRequest { masks: vec![Mask::new(".live")], ..PictureRequest::new(site.url(path)) };
        let picture = settled(&mut browser, &request).await;
        assert_eq!(picture.size.width, (width * 2.75_f64).round() as u32, "{path}");
        let outline = picture.outline.as_ref().unwrap();
        assert_eq!(outline.size, picture.size, "{path}");

        let live = outline.elements.iter().find(|element| element.class == "live").unwrap().place;
        assert_eq!((live.x, live.y, live.w, live.h), (1375, 3300, 220, 110), "{path}");
        let masked = picture.masks[0].boxes[0];
        assert_eq!((masked.x, masked.y, masked.w, masked.h), (1375, 3300, 220, 110), "{path}");
        let pixels = Pixels::of(&picture);
        let magenta = pixels.at(1400, 3350);
        assert_eq!(pixels.count(magenta), 220 * 110, "{path}: the mask lies where the report says");
    }
}
