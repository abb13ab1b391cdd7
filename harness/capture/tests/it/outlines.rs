//! Outlines tell what is on the page, where, and how it is painted; they are the same for the same page, and quick.

use std::time::Duration;

use harness_capture::{Mask, Picture, PictureRequest};
use harness_model::{Element, Outline, Place, Viewport};

use crate::{
    looking_through, settled,
    site::{Site, html, reply},
};

fn outline(picture: &Picture) -> &Outline {
    picture.outline.as_ref().expect("a settled page has an outline")
}

fn find(outline: &Outline, wanted: impl Fn(&Element) -> bool) -> (usize, &Element) {
    outline.elements.iter().enumerate().find(|(_, element)| wanted(element)).expect("the element is in the outline")
}

fn value<'a>(outline: &'a Outline, at: usize, property: &str) -> &'a str {
    outline.style(at).find(|(name, _)| *name == property).expect("the property is recorded").1
}

const PAGE: &str = "<!doctype html><meta name=viewport content='width=device-width'>
<style>body { margin: 0; font: 16px/1.5 sans-serif } .card { margin: 10px 20px; padding: 8px; width: 200px; background: #eee }
.gone { display: none } .card::before { content: 'new'; color: rgb(1, 2, 3) }</style>
<section class='card wide' aria-label=Aufgaben data-testid=tasks><h2>Heute</h2><p id=one>Milch  <b>kaufen</b>
und Brot</p><p class=gone>weg</p></section><button>Los <i>jetzt</i></button>
<div class=live>vor 5 <b>Minuten</b></div><input value=Anna><input type=password value=geheim><img alt=Logo src=/logo.svg>
<iframe src=/frame style='border: 3px solid; width: 100px; height: 50px; display: block'></iframe><div id=host></div>
<script>document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<em class=deep>innen</em>';</script>";

async fn site() -> Site {
    Site::serving(|path| match path {
        "/" => html(PAGE),
        "/frame" => html("<!doctype html><body style='margin: 5px'><u>im Rahmen</u>"),
        "/logo.svg" => crate::site::square("red").now(),
        _ => reply("text/plain", "").status(404).now(),
    })
    .await
}

#[tokio::test]
async fn elements_are_told_with_box_name_text_and_paint() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    let outline = outline(&picture);
    assert_eq!(outline.size, picture.size);

    let (at, card) = find(outline, |element| element.test_id == "tasks");
    assert_eq!((card.tag.as_str(), card.class.as_str(), card.name.as_str()), ("section", "card", "Aufgaben"));
    assert_eq!((card.place.x, card.place.y, card.place.w), (20, 10, 216));
    for (property, expected) in [
        ("width", "200px"),
        ("height", "auto"),
        ("padding-right", "8px"),
        ("margin-left", "20px"),
        ("background-color", "rgb(238, 238, 238)"),
        ("line-height", "1.5"),
        ("opacity", "1"),
        ("box-shadow", "none"),
    ] {
        assert_eq!(value(outline, at, property), expected, "{property}");
    }
    let (before, pseudo) = find(outline, |element| element.tag == "::before");
    assert_eq!((pseudo.parent, pseudo.text.as_str()), (Some(at), "new"));
    assert_eq!(value(outline, before, "color"), "rgb(1, 2, 3)");

    let (_, paragraph) = find(outline, |element| element.id == "one");
    assert_eq!((paragraph.text.as_str(), paragraph.text_hash.len(), paragraph.parent), ("Milch und Brot", 8, Some(at)));
    assert!(outline.elements.iter().all(|element| element.class != "gone" && element.tag != "style"));
    assert_eq!(find(outline, |element| element.tag == "button").1.name, "Los jetzt");
    let (_, logo) = find(outline, |element| element.tag == "img");
    assert_eq!((logo.name.as_str(), logo.source.as_str(), logo.role.as_str()), ("Logo", "/logo.svg", "img"));
    let fields: Vec<_> = outline.elements.iter().filter(|element| element.tag == "input").collect();
    assert_eq!((fields[0].text.as_str(), fields[1].text.as_str()), ("Anna", "••••••"));
}

#[tokio::test]
async fn frames_and_open_shadows_are_looked_into() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    let outline = outline(&picture);
    let (frame_at, frame) = find(outline, |element| element.tag == "iframe");
    let (at, inside) = find(outline, |element| element.text == "im Rahmen");
    assert_eq!((inside.place.x, inside.place.y), (frame.place.x + 3 + 5, frame.place.y + 3 + 5));
    let around: Vec<_> =
        std::iter::successors(outline.elements[at].parent, |&parent| outline.elements[parent].parent).collect();
    assert!(around.contains(&frame_at));
    let (_, deep) = find(outline, |element| element.class == "deep");
    assert_eq!((deep.text.as_str(), deep.parent), ("innen", Some(find(outline, |element| element.id == "host").0)));
}

#[tokio::test]
async fn what_is_masked_keeps_its_box_and_tells_nothing() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let masks = [".live", "#one"].map(Mask::new).to_vec();
    let picture = settled(&mut browser, &PictureRequest { masks, ..PictureRequest::new(site.url("/")) }).await;
    let outline = outline(&picture);
    let (_, live) = find(outline, |element| element.class == "live");
    assert!(live.place.h > 0 && live.text.is_empty() && live.text_hash.is_empty() && live.name.is_empty(), "{live:?}");
    let all = serde_json::to_string(outline).unwrap();
    for hidden in ["vor 5", "Minuten", "kaufen", "Milch"] {
        assert!(!all.contains(hidden), "{hidden} is masked");
    }
    assert!(
        !all.contains("popover")
            && outline.elements.iter().all(|element| element.place != Place::default() || element.tag != "div")
    );
}

#[tokio::test]
async fn the_same_page_has_the_same_outline_and_the_picture_does_not_change_by_it() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::mobile()).await;
    let request = PictureRequest { masks: vec![Mask::new(".live")], ..PictureRequest::new(site.url("/")) };
    let first = settled(&mut browser, &request).await;
    let text = serde_json::to_string(outline(&first)).unwrap();
    for viewport in [Viewport::mobile(), Viewport::desktop(), Viewport::mobile()] {
        browser.enter(&viewport, &[]).await.unwrap();
        let again = settled(&mut browser, &request).await;
        assert_eq!(again.looks, 2, "the outline of the picture before has not disturbed the page");
        if viewport == Viewport::mobile() {
            assert_eq!(serde_json::to_string(outline(&again)).unwrap(), text);
            assert!(again.png == first.png);
        }
    }
    assert_eq!(outline(&first).scale, 2.75);
}

#[tokio::test]
async fn a_page_of_500_elements_is_told_quickly() {
    let site = Site::serving(|_| {
        let rows: String = (0..125)
            .map(|n| format!("<li class=row><b>Aufgabe {n}</b> <span>offen</span> <button>Fertig</button></li>"))
            .collect();
        html(format!("<!doctype html><style>.row {{ padding: 4px }} b {{ color: #333 }}</style><ul>{rows}</ul>"))
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest::new(site.url("/"));
    let mut times = Vec::new();
    for _ in 0..9 {
        let picture = settled(&mut browser, &request).await;
        assert_eq!(outline(&picture).elements.len(), 503);
        times.push(picture.outline_ms);
    }
    times.sort_unstable();
    println!("outline of 503 elements: median {} ms of {times:?}", times[4]);
    assert!(times[4] < 1000, "{times:?}");
}

#[tokio::test]
async fn a_page_that_never_settles_has_no_outline() {
    let site = Site::of("<p aria-busy=true>Lädt").await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = browser.picture(&crate::impatient(site.url("/"))).await.unwrap();
    assert!(picture.outline.is_none());
}

#[tokio::test]
async fn a_page_of_too_many_elements_has_a_picture_and_no_outline() {
    let site = Site::serving(|_| html(format!("<!doctype html><p>{}", "<i>x</i>".repeat(10_100)))).await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest { timeout: Duration::from_secs(60), ..PictureRequest::new(site.url("/")) };
    let picture = settled(&mut browser, &request).await;
    assert!(picture.outline.is_none());
}
