//! Small faults in a real page, pictured by a real Chromium, compared and named.
//! Each fault is one replacement in the page's source; beside it stands what has to be said about it.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
};

use harness_browser::Installation;
use harness_capture::{Browser, Driver, Picture, PictureRequest, World};
use harness_compare::{Options, compare_png, explain};
use harness_model::{CauseKind, Viewport};

const PAGE: &str = "<!doctype html><html lang=de><meta name=viewport content='width=device-width'><title>x</title>
<style>body { margin: 0; font: 16px/1.5 sans-serif; color: rgb(20, 30, 40) }
.card { margin: 16px; padding: 24px; background: rgb(240, 240, 240); border-radius: 8px }
.row { padding: 8px; border-bottom: 1px solid rgb(200, 200, 200) }
.save { background: rgb(0, 100, 80); color: white; border: 0; padding: 10px 16px }
.icon { width: 24px; height: 24px; background: rgb(180, 0, 0) }</style>
<main><section class=card><h2>Aufgaben</h2><ul class=list><li class=row>Milch</li><li class=row>Brot</li><li class=row>Eier</li></ul>
<div class=icon></div><button class=save>Sichern</button></section>
<section class=card><h2>Notizen</h2><p class=note>Ein kurzer Text</p><canvas id=chart width=60 height=40></canvas></section></main>
<script>const chart = document.querySelector('#chart').getContext('2d'); chart.fillStyle = 'blue'; chart.fillRect(5, 5, 20, 20);</script>";

/// What is replaced, by what, and how the first cause begins.
const FAULTS: [(&str, &str, &str); 12] = [
    ("0, 100, 80", "0, 92, 74", "button.save \"Sichern\": background-color rgb(0, 100, 80) → rgb(0, 92, 74)"),
    ("padding: 24px", "padding: 24px 25px 24px 24px", "section.card: padding-right 24px → 25px on 2 elements"),
    (".row { padding: 8px", ".row { padding: 9px", "li.row: padding 8px → 9px on 3 elements"),
    ("<div class=icon></div>", "", "div.icon: vanished"),
    ("<li class=row>Brot</li>", "", "li.row \"Brot\": vanished"),
    ("Eier</li>", "Eier</li><li class=row>Mehl</li>", "li.row \"Mehl\": appeared"),
    (
        "Ein kurzer Text",
        "Ein anderer Text",
        "p.note \"Ein anderer Text\": text \"Ein kurzer Text\" → \"Ein anderer Text\"",
    ),
    ("<h2>Notizen", "<h2 style='font-weight: 500'>Notizen", "h2 \"Notizen\": font-weight 700 → 500"),
    ("body { margin: 0;", "body { margin: 0; letter-spacing: 1px;", "body: letter-spacing normal → 1px"),
    (
        "border-radius: 8px",
        "border-radius: 8px; box-shadow: 0 2px 6px rgba(0, 0, 0, 0.4)",
        "section.card: box-shadow none → ",
    ),
    ("width: 24px; height: 24px", "width: 24px; height: 30px", "div.icon: height 24px → 30px"),
    ("fillStyle = 'blue'", "fillStyle = 'green'", "canvas#chart: pixels differ, outline equal (what the canvas draws)"),
];

/// Serves whatever page stands in the cell.
fn site(page: Arc<Mutex<String>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let page = Arc::clone(&page);
            std::thread::spawn(move || {
                let asked = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                let found = asked.collect::<Vec<_>>().first().is_some_and(|line| line.starts_with("GET / "));
                let (status, body) = if found { (200, page.lock().unwrap().clone()) } else { (404, String::new()) };
                let head = "Content-Type: text/html; charset=utf-8\r\nConnection: close";
                let _closed_early =
                    write!(&stream, "HTTP/1.1 {status} x\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            });
        }
    });
    url
}

async fn pictured(browser: &mut Browser, url: &str) -> Picture {
    let picture = browser.picture(&PictureRequest::new(url)).await.unwrap();
    assert_eq!(picture.outcome, harness_capture::Outcome::Settled);
    picture
}

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![("small_faults_are_named", || tokio::runtime::Runtime::new().unwrap().block_on(small_faults_are_named()))]
}

async fn small_faults_are_named() {
    let page = Arc::new(Mutex::new(PAGE.to_owned()));
    let url = site(Arc::clone(&page));
    let driver = Driver::start(&Installation::find().unwrap(), World::default()).await.unwrap();
    let mut browser = driver.open().await.unwrap();
    let mut wrong = Vec::new();
    for viewport in [Viewport::desktop(), Viewport::mobile()] {
        browser.enter(&viewport, &[]).await.unwrap();
        PAGE.clone_into(&mut page.lock().unwrap());
        let before = pictured(&mut browser, &url).await;
        for (from, to, expected) in FAULTS {
            assert!(PAGE.contains(from), "{from} is no part of the page");
            *page.lock().unwrap() = PAGE.replacen(from, to, 1);
            let after = pictured(&mut browser, &url).await;
            let outcome = compare_png(&before.png, &after.png, &Options::default()).unwrap();
            let outlines = (before.outline.as_ref().unwrap(), after.outline.as_ref().unwrap());
            let causes = explain(outlines.0, outlines.1, outcome.comparison()).causes;
            let texts: Vec<_> = causes.iter().map(|cause| cause.text.as_str()).collect();
            println!("{}: {texts:#?}", viewport.name);
            let surplus = causes.iter().skip(1).any(|cause| cause.kind != CauseKind::Moved);
            if surplus || !texts.first().is_some_and(|text| text.starts_with(expected)) {
                wrong.push(format!("{from} → {to} on {}: {texts:#?}", viewport.name));
            }
        }
    }
    browser.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
