//! The world is frozen before the page's first script.

use harness_capture::{CaptureError, PictureRequest, World};
use harness_model::Viewport;

use crate::{alone_in, looking_through, settled, site::Site, started};

/// Tells what the first script of a page sees, in the page and in an empty frame.
const TELLING: &str = r#"<!doctype html><script>
const tell = (w) => [
  new w.Date().toISOString(), w.Date.now(), w.Date().slice(0, 24), new w.Date(0).getTime(), new w.Date(2020, 0, 2).getDate(),
  new w.Date() instanceof w.Date, new w.Date().constructor === w.Date,
  new w.Intl.DateTimeFormat().format(), new w.Intl.DateTimeFormat(undefined, { timeStyle: "short" }).formatToParts().map((p) => p.value).join(""),
  new w.Date(0).toLocaleDateString(), w.Temporal ? String(w.Temporal.Now.plainDateTimeISO()) : "2026-03-02T19:00:00",
  new w.Date().getTimezoneOffset(), (1234.5).toLocaleString(), w.navigator.language, w.Math.random(), w.Math.random(), w.crypto.randomUUID(), w.crypto.randomUUID(),
  w.matchMedia("(prefers-reduced-motion: reduce)").matches, w.matchMedia("(prefers-color-scheme: dark)").matches,
].join("|");
const time = performance.now();
const frame = document.createElement("iframe");
document.documentElement.append(frame);
const report = [tell(window), tell(frame.contentWindow), alert("hi"), confirm("?"), prompt("?")].join("\n");
setTimeout(() => fetch("/told", { method: "POST", headers: { "x-told": encodeURIComponent(report + "\n" + (performance.now() > time)) } }), 20);
</script>"#;

async fn told(site: &Site, world: World) -> Vec<String> {
    let (_driver, mut browser) = alone_in(world).await;
    settled(&mut browser, &PictureRequest { ready: Some("html".into()), ..PictureRequest::new(site.url("/")) }).await;
    // The report is sent from a timer, which the page's rest may precede.
    for _ in 0..1000 {
        if let Some(request) = site.requests().iter().find(|request| request.path == "/told") {
            let text = request.headers["x-told"].clone();
            let text = url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
                .next()
                .unwrap()
                .1
                .into_owned();
            return text.lines().map(str::to_owned).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the page told nothing");
}

#[tokio::test]
async fn clock_locale_and_dice_are_frozen_before_the_first_script() {
    let site = Site::of(TELLING).await;
    let lines = told(&site, World::default()).await;
    let facts: Vec<&str> = lines[0].split('|').collect();
    assert_eq!(
        facts[..14],
        [
            "2026-03-02T18:00:00.000Z",
            "1772474400000",
            "Mon Mar 02 2026 19:00:00",
            "0",
            "2",
            "true",
            "true",
            "2.3.2026",
            "19:00",
            "1.1.1970",
            "2026-03-02T19:00:00",
            "-60",
            "1.234,5",
            "de-DE",
        ]
    );
    assert_ne!(facts[14], facts[15]);
    assert_ne!(facts[16], facts[17]);
    let uuid: Vec<usize> = facts[16].split('-').map(str::len).collect();
    assert_eq!((uuid, &facts[16][14..15]), (vec![8, 4, 4, 4, 12], "4"), "{}", facts[16]);
    assert_eq!(facts[18..], ["true", "false"]);
    assert_eq!(lines[0], lines[1], "an empty frame lives in the same world");
    assert_eq!(lines[2..], ["", "false", "", "true"], "dialogues are dismissed, and timers run");

    let other = Site::of(TELLING).await;
    assert_eq!(lines, told(&other, World::default()).await, "the same in another browser");
}

#[tokio::test]
async fn another_world_is_another_world() {
    let site = Site::of(TELLING).await;
    let world = World {
        now: "2030-12-24T12:00:00-05:00".into(),
        time_zone: "America/New_York".into(),
        locale: "en-US".into(),
        color_scheme: harness_capture::ColorScheme::Dark,
        seed: 7,
        ..World::default()
    };
    let lines = told(&site, world).await;
    let facts: Vec<&str> = lines[0].split('|').collect();
    assert_eq!(
        (facts[0], facts[7], facts[11], facts[12]),
        ("2030-12-24T17:00:00.000Z", "12/24/2030", "300", "1,234.5")
    );
    assert_eq!(facts[18..], ["true", "true"]);
}

#[tokio::test]
async fn a_setting_that_the_browser_does_not_know_is_named() {
    for (world, expected) in [
        (World { time_zone: "Europa/Bärlin".into(), ..World::default() }, "time zone `Europa/Bärlin`"),
        (World { locale: "deutsch!".into(), ..World::default() }, "locale `deutsch!`"),
    ] {
        let driver = started(world).await;
        let mut browser = driver.open().await.unwrap();
        let error = browser.enter(&Viewport::desktop(), &[]).await.unwrap_err();
        assert!(matches!(error, CaptureError::World { .. }) && error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn hosts_that_are_not_named_cannot_be_reached() {
    let mut browser = looking_through(&Viewport::desktop()).await;
    let error = browser.picture(&PictureRequest::new("http://app.example.org/")).await.unwrap_err().to_string();
    assert!(error.contains("ERR_NAME_NOT_RESOLVED") && error.contains("help: name app.example.org"), "{error}");
}

#[tokio::test]
async fn what_is_frozen_is_told() {
    let driver = started(World::default()).await;
    let environment = driver.environment();
    let frozen = environment.frozen.join("\n");
    for line in
        ["clock 2026-03-02T18:00:00Z", "time zone Europe/Berlin", "locale de-DE", "network this machine", "fonts "]
    {
        assert!(frozen.contains(line), "{frozen}");
    }
    assert!(environment.driver.starts_with("ChromeDriver ") && environment.browser.starts_with("Chromium "));
    assert!(environment.not_frozen.is_empty(), "{:?}", environment.not_frozen);
}
