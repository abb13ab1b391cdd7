//! A page is pictured when it has come to rest, and if it never does, what keeps it is named.

use std::time::Duration;

use harness_capture::{CaptureError, Mask, Outcome, PictureRequest};
use harness_model::Viewport;

use crate::{
    Pixels, impatient, looking_through, reasons, settled,
    site::{Answer, Site, html, reply, square},
};

const BLUE: [u8; 3] = [0, 0, 255];

/// Everything that makes two pictures of one page differ: it still comes to rest.
const RESTLESS: &str = r#"<!doctype html><html lang="de"><meta name="viewport" content="width=device-width">
<style>
  @keyframes pulse { from { opacity: 0; transform: rotate(0) } to { opacity: 1; transform: rotate(360deg) } }
  @keyframes enter { from { margin-left: 300px } to { margin-left: 0 } }
  .pulse { width: 60px; height: 60px; background: teal; animation: pulse .7s infinite alternate }
  .enter { width: 60px; height: 60px; background: olive; animation: enter 5s both }
  .fade { transition: background-color 3s; background-color: white; height: 30px }
  .fade.on { background-color: navy }
  .painted { width: 40px; height: 40px }
  .painted.on { background-image: url(/painted.svg) }
  body { font: 16px sans-serif }
</style>
<h1>Unruhe</h1><p id="clock">…</p><div class="pulse"></div><div class="enter"></div><div class="fade"></div>
<input autofocus value="Text mit Schreibmarke"><p id="list">lädt</p><div class="painted"></div>
<div id="late"></div><div style="height: 2000px"></div><img loading="lazy" src="/lazy.svg">
<script>
  setInterval(() => { clock.textContent = new Date().toLocaleTimeString() + " " + Math.floor(Math.random()); }, 10);
  addEventListener("load", async () => {
    document.querySelector(".fade").classList.add("on");
    document.querySelector("input").focus();
    scrollTo(0, 500);
    for (const step of [1, 2, 3]) list.textContent = await (await fetch("/step" + step)).text();
    late.innerHTML = "<img src='/late.svg'>";
    document.querySelector(".painted").classList.add("on");
  });
</script>"#;

async fn restless() -> Site {
    Site::serving(|path| match path {
        "/" => html(RESTLESS),
        "/late.svg" | "/lazy.svg" => square("#0000ff").after_ms(300),
        "/painted.svg" => square("#ff0000").after_ms(400),
        step => reply("text/plain", format!("Schritt {step}")).after_ms(80),
    })
    .await
}

#[tokio::test]
async fn a_restless_page_gives_equal_pictures_through_both_viewports() {
    let site = restless().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest::new(site.url("/"));
    let mut first: Vec<Vec<u8>> = Vec::new();
    for round in 0..3 {
        for (i, viewport) in [Viewport::desktop(), Viewport::mobile()].iter().enumerate() {
            browser.enter(viewport, &[]).await.unwrap();
            let picture = settled(&mut browser, &request).await;
            let pixels = Pixels::of(&picture);
            let area = (40.0 * viewport.scale * 40.0 * viewport.scale) as usize;
            assert!(pixels.count(BLUE) >= 2 * area - 400, "the late and the lazy image are there");
            assert!(pixels.count([255, 0, 0]) >= area - 200, "the painted image is there");
            assert!(pixels.count([0, 0, 128]) > 30, "the transition is at its end");
            assert!(picture.errors.console.is_empty(), "{:?}", picture.errors.console);
            match first.get(i) {
                None => first.push(picture.png),
                Some(png) => assert!(*png == picture.png, "round {round} through {} differs", viewport.name),
            }
        }
    }
}

#[tokio::test]
async fn a_page_that_mutates_for_ever_is_named_with_its_element() {
    let site = Site::of(
        r#"<div class="ticker" id="t">0</div><script>let n = 0; setInterval(() => { t.textContent = ++n; }, 5)</script>"#,
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = impatient(site.url("/"));
    let picture = browser.picture(&request).await.unwrap();
    let Outcome::NeverSettled { reasons } = &picture.outcome else { panic!("it settled") };
    let told = reasons.join("\n");
    assert!(told.contains(r#" mutations in <div id="t" class="ticker">"#), "{told}");
    assert_eq!((picture.size.width, picture.status), (1440, Some(200)), "there still is a picture to look at");
    assert!(picture.ms >= 2000 && picture.ms < 10_000, "{} ms", picture.ms);

    let masked = PictureRequest { masks: vec![Mask::new(".ticker")], ..PictureRequest::new(site.url("/")) };
    settled(&mut browser, &masked).await;
}

#[tokio::test]
async fn a_canvas_that_is_never_still_is_found_by_its_pixels() {
    let site = Site::of(
        r#"<div style="height: 1500px"></div><canvas id="chart" width="50" height="50"></canvas><script>
        let n = 0;
        const paint = () => { const c = chart.getContext("2d"); c.fillStyle = '#' + (++n * 7919 % 0x1000000).toString(16).padStart(6, '0'); c.fillRect(0, 0, 50, 50); requestAnimationFrame(paint); };
        paint();</script>"#,
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let told = reasons(&mut browser, &impatient(site.url("/"))).await;
    assert!(told.contains(r#"pixels keep changing in <canvas id="chart">"#), "{told}");
    assert!(told.contains("2500 pixels within 50×50 at 8,"), "{told}");
}

/// Pages that wait for something that never comes.
async fn waiting() -> Site {
    Site::serving(|path| match path {
        "/fetch" => html("<script>fetch('/silent?f=1', { method: 'put' })</script>"),
        "/xhr" => html("<script>const x = new XMLHttpRequest(); x.open('GET', '/silent'); x.send()</script>"),
        "/body" => html("<script>fetch('/half').then((answer) => answer.json())</script>"),
        "/half" => Answer::Open("application/json", "{"),
        "/image" => html("<script>document.write('<img src=/silent.png>')</script>"),
        "/painted" => html("<body style='background: url(/silent.svg)'>"),
        "/script" => html(
            "<script>onload = () => { const s = document.createElement('script'); s.src = '/silent.js'; document.head.append(s) }</script>",
        ),
        "/font" => html(
            "<style>@font-face { font-family: Silent; src: url(/silent.woff2) } p { font-family: Silent }</style><p>Text</p>",
        ),
        "/busy" => html("<main aria-busy=true id=m>lädt</main>"),
        "/frame" => html("<iframe src=/fetch></iframe>"),
        "/animation" => html(
            "<p id=p>x</p><script>const go = () => p.animate({ opacity: [0, 1] }, { duration: 50, id: 'blink' }).onfinish = go; go()</script>",
        ),
        // It leaves as soon as it is being looked at.
        "/away" => html(
            "<p>weg</p><script>const leave = setInterval(() => { if (document.adoptedStyleSheets.length > 0) { clearInterval(leave); location.href = '/silent'; } }, 1)</script>",
        ),
        _ => Answer::Never,
    })
    .await
}

/// Long enough for a page to get there, and no longer: each of these costs it whole.
fn briefly(site: &Site, path: &str) -> PictureRequest {
    PictureRequest { timeout: Duration::from_millis(1200), ..PictureRequest::new(site.url(path)) }
}

#[tokio::test]
async fn requests_that_are_pending_are_named() {
    let site = waiting().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for (path, expected) in [
        ("/fetch", format!("request PUT {} pending", site.url("/silent?f=1"))),
        ("/xhr", format!("request GET {} pending", site.url("/silent"))),
        ("/body", format!("the body of {} pending", site.url("/half"))),
        ("/script", format!("script {} pending", site.url("/silent.js"))),
        ("/frame", format!("request PUT {} pending", site.url("/silent?f=1"))),
        ("/away", format!("navigation to {} pending", site.url("/silent"))),
    ] {
        let told = reasons(&mut browser, &briefly(&site, path)).await;
        assert!(told.contains(&expected), "{path}: expected {expected:?} in {told:?}");
    }
    // A page that itself never comes is no page to picture, and the browser is still of use.
    let error = browser.picture(&briefly(&site, "/never")).await.unwrap_err();
    assert!(matches!(&error, CaptureError::Unreachable { why, .. } if why == "no answer within 1.2 s"), "{error}");
    assert!(reasons(&mut browser, &briefly(&site, "/busy")).await.contains("aria-busy"));
}

#[tokio::test]
async fn what_else_keeps_a_page_from_rest_is_named() {
    let site = waiting().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for (path, expected) in [
        ("/image", format!("image {} pending", site.url("/silent.png"))),
        ("/painted", format!("image {} pending", site.url("/silent.svg"))),
        ("/font", "fonts pending: Silent".to_owned()),
        ("/busy", r#"<main id="m"> is aria-busy"#.to_owned()),
        ("/animation", r#" animations blink on <p id="p">"#.to_owned()),
    ] {
        let told = reasons(&mut browser, &briefly(&site, path)).await;
        assert!(told.contains(&expected), "{path}: expected {expected:?} in {told:?}");
    }
}

#[tokio::test]
async fn a_page_that_follows_a_stream_comes_to_rest() {
    let site = Site::serving(|path| match path {
        "/" => html(
            r#"<p id="p">wartet</p><div id="d"></div><script>
            new EventSource("/events").onmessage = (event) => { p.textContent = event.data; };
            (async () => {
              const reader = (await fetch("/events")).body.getReader();
              d.textContent = new TextDecoder().decode((await reader.read()).value);
              await reader.read();
            })();
            const x = new XMLHttpRequest(); x.open("GET", "/events"); x.send();
            fetch("/lines").then(async (answer) => { for await (const _ of answer.body); });
            </script>"#,
        ),
        "/events" => Answer::Open("text/event-stream", "data: verbunden\n\n"),
        "/lines" => Answer::Open("application/x-ndjson", "{}\n"),
        _ => Answer::Never,
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    assert_eq!(picture.final_url, site.url("/"));
}

#[tokio::test]
async fn a_page_is_ready_when_it_says_so() {
    let site = Site::serving(|path| match path {
        "/late" => html(
            r#"<title>Spät</title><body><script>setTimeout(() => { document.body.innerHTML = "<main data-ready=true style='background: #00f; height: 50px'>"; }, 400)</script>"#,
        ),
        _ => html("<title>Nie &amp; nimmer</title><p>ohne Zeichen"),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let ready = |path: &str| PictureRequest { ready: Some("[data-ready=true]".into()), ..impatient(site.url(path)) };
    let late = PictureRequest { timeout: PictureRequest::new("").timeout, ..ready("/late") };
    let picture = settled(&mut browser, &late).await;
    assert!(Pixels::of(&picture).count(BLUE) > 50_000);

    let told = reasons(&mut browser, &ready("/never")).await;
    let expected = format!(
        "ready selector [data-ready=true] matched nothing; page at {} shows title \"Nie & nimmer\"",
        site.url("/never")
    );
    assert!(told.contains(&expected), "{told}");

    let wrong = PictureRequest { ready: Some("main[".into()), ..ready("/late") };
    let error = browser.picture(&wrong).await.unwrap_err();
    assert!(error.to_string().starts_with("`main[` is not a CSS selector (ready of http"), "{error}");
}

#[tokio::test]
async fn redirections_are_followed_and_failures_told() {
    let site = Site::serving(|path| match path {
        "/start" => html("<script>location.replace('/middle')</script>"),
        "/middle" => reply("text/html", "").status(302).header("Location", "/end").now(),
        "/end" => {
            html("<img src=/gone.svg><script>fetch('/broken'); console.error('wehe'); undefinedFunction()</script>")
        }
        "/broken" => reply("text/plain", "").status(500).now(),
        "/missing" => reply("text/html", "<h1>404").status(404).now(),
        _ => reply("text/plain", "").status(404).now(),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &PictureRequest::new(site.url("/start"))).await;
    assert_eq!((picture.final_url.as_str(), picture.status), (site.url("/end").as_str(), Some(200)));
    let texts = |errors: &[harness_model::PageError]| {
        errors.iter().map(|error| error.text.clone()).collect::<Vec<_>>().join("\n")
    };
    let console = texts(&picture.errors.console);
    assert!(console.contains("wehe") && console.contains("undefinedFunction is not defined"), "{console}");
    let failed = texts(&picture.errors.failed_requests);
    assert!(failed.contains("/gone.svg") && failed.contains("/broken") && failed.contains("500"), "{failed}");
    assert_eq!(picture.errors.failed_requests.len(), 2, "{failed}");

    let missing = settled(&mut browser, &PictureRequest::new(site.url("/missing"))).await;
    assert_eq!((missing.status, missing.errors.console.len()), (Some(404), 0));
}

#[tokio::test]
async fn an_address_that_nobody_answers_is_an_error_with_the_next_command() {
    let mut browser = looking_through(&Viewport::desktop()).await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = browser.picture(&PictureRequest::new(format!("http://{free}/"))).await.unwrap_err();
    let expected = format!(
        "http://{free}/ cannot be opened: ERR_CONNECTION_REFUSED\nhelp: start the app, then: curl -sS http://{free}/"
    );
    assert_eq!(error.to_string(), expected);

    let error = browser.picture(&PictureRequest::new("home")).await.unwrap_err();
    assert!(error.to_string().contains("help: give a whole address"), "{error}");
}

#[tokio::test]
async fn an_address_that_differs_only_behind_the_hash_is_opened_anew() {
    let site =
        Site::of("<body><script>document.body.style.background = location.hash === '#b' ? '#00f' : '#fff'</script>")
            .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for (path, blue) in [("/#a", 0), ("/#b", 1440 * 900), ("/#b", 1440 * 900), ("/", 0)] {
        let picture = settled(&mut browser, &PictureRequest::new(site.url(path))).await;
        assert_eq!(Pixels::of(&picture).count(BLUE), blue, "{path}");
    }
}

#[tokio::test]
async fn what_shows_the_expected_picture_needs_no_second_one() {
    let site = Site::serving(|path| match path {
        "/other" => html("<body style='background: #00f'><p class=live>12:01</p>"),
        _ => html("<body style='background: #fff'><p class=live>12:00</p>"),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let plain = PictureRequest::new(site.url("/"));
    let first = settled(&mut browser, &plain).await;
    assert_eq!((first.looks, first.late, first.outline.is_some()), (2, false, true));

    let expecting = PictureRequest { expected: Some(first.png.clone().into()), ..plain };
    let again = settled(&mut browser, &expecting).await;
    assert_eq!((again.looks, again.late, again.outline.is_some()), (1, false, false));
    assert!(again.png == first.png);

    let other = settled(&mut browser, &PictureRequest { url: site.url("/other"), ..expecting.clone() }).await;
    assert_eq!((other.looks, other.late, other.outline.is_some()), (2, false, true), "a change is proven as ever");
    let damaged = PictureRequest { expected: Some(b"no picture".as_slice().into()), ..expecting };
    assert_eq!(settled(&mut browser, &damaged).await.looks, 2);
}

#[tokio::test]
async fn what_is_ignored_may_differ_from_what_is_expected() {
    let site = Site::serving(|path| match path {
        "/later" => html("<p class=live>13:37</p>"),
        _ => html("<p class=live>12:00</p>"),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest { masks: vec![Mask::ignoring(".live")], ..PictureRequest::new(site.url("/")) };
    let expected = settled(&mut browser, &request).await.png;
    let later = PictureRequest { url: site.url("/later"), expected: Some(expected.clone().into()), ..request };
    let later = settled(&mut browser, &later).await;
    assert!(later.png != expected);
    assert_eq!(later.looks, 1);
}
