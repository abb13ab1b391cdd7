//! A viewer comes with cookies and leaves nothing behind.

use harness_capture::{CaptureError, Cookie, PictureRequest, SameSite, World};
use harness_model::Viewport;

use crate::{
    alone_in, looking_through, settled,
    site::{Site, html, reply, square},
};

fn session(value: &str) -> Cookie {
    Cookie {
        http_only: true,
        same_site: Some(SameSite::Lax),
        expires: Some(4_000_000_000),
        ..Cookie::new("session", value, "127.0.0.1")
    }
}

#[tokio::test]
async fn cookies_go_with_the_very_first_request() {
    let site = Site::of("<title>ok</title>").await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let strict = Cookie { same_site: Some(SameSite::Strict), ..Cookie::new("strict", "s", "127.0.0.1") };
    let secure = Cookie { secure: true, ..Cookie::new("secure", "t", "127.0.0.1") };
    browser.enter(&Viewport::desktop(), &[session("first"), strict, secure]).await.unwrap();
    settled(&mut browser, &PictureRequest::new(site.url("/"))).await;

    let first = site.requests().remove(0);
    let mut cookies: Vec<&str> = first.headers["cookie"].split("; ").collect();
    cookies.sort_unstable();
    assert_eq!((first.path.as_str(), cookies), ("/", vec!["secure=t", "session=first", "strict=s"]));
}

#[tokio::test]
async fn a_cookie_that_the_browser_drops_is_named() {
    let mut browser = looking_through(&Viewport::desktop()).await;
    let expired = Cookie { expires: Some(1), ..session("old") };
    let error = browser.enter(&Viewport::desktop(), &[expired]).await.unwrap_err();
    assert!(matches!(&error, CaptureError::Cookie { name, .. } if name == "session"), "{error}");
    assert!(!error.browser_is_lost());

    browser.enter(&Viewport::desktop(), &[session("new")]).await.unwrap();
}

/// Counts into everything a page can remember in, and shows what it found as its title's request.
const REMEMBERING: &str = r#"<!doctype html><img src="/cached.svg"><body data-ready="no"><script>
(async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("memory");
    let fresh = false;
    request.onupgradeneeded = () => { fresh = true; };
    request.onsuccess = () => { request.result.close(); resolve(!fresh); };
  });
  const cache = await caches.open("memory");
  const found = {
    cookie: document.cookie, local: localStorage.length, session: sessionStorage.length, database,
    caches: (await cache.keys()).length, name: window.name, workers: (await navigator.serviceWorker.getRegistrations()).length,
  };
  document.cookie = "script=1; max-age=1000";
  localStorage.x = sessionStorage.x = 1;
  window.name = "named";
  await cache.put("/x", new Response("x"));
  await navigator.serviceWorker.register("/worker.js");
  await fetch("/found?" + encodeURIComponent(JSON.stringify(found)));
  document.body.dataset.ready = "yes";
})();
</script>"#;

async fn rememberer() -> Site {
    Site::serving(|path| match path {
        "/" => html(REMEMBERING),
        "/cached.svg" => square("red").now(),
        "/worker.js" => reply("text/javascript", "").now(),
        _ => reply("text/plain", "").now(),
    })
    .await
}

/// What the pages of this site found, each when it came.
fn found(site: &Site) -> Vec<String> {
    site.requests().iter().filter_map(|request| request.path.strip_prefix("/found?").map(str::to_owned)).collect()
}

fn remembering(site: &Site) -> PictureRequest {
    PictureRequest { ready: Some("[data-ready=yes]".into()), ..PictureRequest::new(site.url("/")) }
}

#[tokio::test]
async fn the_next_viewer_finds_nothing_of_the_one_before() {
    let site = rememberer().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = remembering(&site);

    browser.enter(&Viewport::desktop(), &[session("anna")]).await.unwrap();
    settled(&mut browser, &request).await;
    settled(&mut browser, &request).await;
    browser.enter(&Viewport::mobile(), &[]).await.unwrap();
    settled(&mut browser, &request).await;

    let found = found(&site);
    assert_eq!(found.len(), 3);
    assert_ne!(found[0], found[1], "the same viewer finds what it left");
    assert!(found[1].contains("script%3D1") && found[1].contains("%22local%22%3A1"), "{}", found[1]);
    assert_eq!(found[0], found[2], "another viewer does not");

    let requests = site.requests();
    let of = |path: &str| requests.iter().filter(|request| request.path == path).collect::<Vec<_>>();
    assert_eq!(of("/cached.svg").len(), 2, "once for each viewer");
    assert!(!of("/")[2].headers.contains_key("cookie"));
}

#[tokio::test]
async fn viewers_side_by_side_in_one_process_know_nothing_of_each_other() {
    let site = rememberer().await;
    let (driver, mut anna) = alone_in(World::default()).await;
    let mut ben = driver.open().await.unwrap();
    assert_eq!(anna.process_id().unwrap(), ben.process_id().unwrap());
    let request = remembering(&site);

    anna.enter(&Viewport::desktop(), &[session("anna")]).await.unwrap();
    settled(&mut anna, &request).await;
    ben.enter(&Viewport::desktop(), &[session("ben")]).await.unwrap();
    settled(&mut ben, &request).await;
    // Both at once, and each finds its own again.
    let (mut again, mut anew) = (request.clone(), request.clone());
    (again.url, anew.url) = (site.url("/?anna"), site.url("/?ben"));
    tokio::join!(settled(&mut anna, &again), settled(&mut ben, &anew));

    let found = found(&site);
    assert_eq!((found.len(), &found[0]), (4, &found[1]), "the second finds nothing of the first");
    assert!(found[2] == found[3] && found[2].contains("%22local%22%3A1"), "{found:?}");
    let requests = site.requests();
    let cookies: Vec<(&str, &str)> = requests
        .iter()
        .filter(|request| request.path.starts_with("/?"))
        .map(|request| (request.path.as_str(), request.headers["cookie"].as_str()))
        .collect();
    for (path, cookies) in cookies {
        let theirs = path.trim_start_matches("/?");
        assert!(cookies.contains(&format!("session={theirs}")) && cookies.contains("script=1"), "{path}: {cookies}");
    }
    assert_eq!(requests.iter().filter(|request| request.path == "/cached.svg").count(), 2, "once for each viewer");
}

#[tokio::test]
async fn frames_of_another_site_keep_their_cookies() {
    let inner = Site::serving(|path| match path {
        "/" => reply("text/html", "<p>drinnen").header("Set-Cookie", "frame=1; SameSite=None; Secure").now(),
        _ => reply("text/plain", "").now(),
    })
    .await;
    // The one is `127.0.0.1` and the other `localhost`.
    let frame = inner.url("/").replace("127.0.0.1", "localhost");
    let site = Site::serving(move |_| html(format!("<!doctype html><iframe src='{frame}'></iframe>"))).await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for _ in 0..2 {
        settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    }
    let requests = inner.requests();
    let second = requests.iter().filter(|request| request.path == "/").nth(1).unwrap();
    assert_eq!(second.headers.get("cookie").map(String::as_str), Some("frame=1"));
}

#[tokio::test]
async fn to_each_page_its_history_is_as_long() {
    let site = Site::serving(|_| html("<script>fetch('/seen?' + history.length)</script>")).await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for path in ["/", "/other", "/other", "/other#place"] {
        settled(&mut browser, &PictureRequest::new(site.url(path))).await;
    }
    browser.enter(&Viewport::mobile(), &[]).await.unwrap();
    settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    let requests = site.requests();
    let seen: Vec<&str> = requests.iter().filter_map(|request| request.path.strip_prefix("/seen?")).collect();
    assert_eq!(seen, ["2"; 5]);
}

#[tokio::test]
async fn a_viewport_is_a_device_to_the_server_and_to_the_page() {
    let site = Site::of(
        r#"<!doctype html><meta name="viewport" content="width=device-width, initial-scale=1"><script>
        const media = (query) => matchMedia(query).matches;
        fetch("/seen?" + encodeURIComponent([innerWidth, innerHeight, devicePixelRatio, screen.width,
          media("(hover: hover)"), media("(pointer: coarse)"), navigator.maxTouchPoints > 0,
          navigator.userAgentData.mobile, navigator.webdriver, document.hasFocus()].join()));
        </script>"#,
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for viewport in [Viewport::desktop(), Viewport::mobile(), Viewport::desktop()] {
        browser.enter(&viewport, &[]).await.unwrap();
        settled(&mut browser, &PictureRequest::new(site.url("/"))).await;
    }
    let requests = site.requests();
    let seen: Vec<&str> = requests.iter().filter_map(|request| request.path.strip_prefix("/seen?")).collect();
    let desktop = "1440%2C900%2C1%2C1440%2Ctrue%2Cfalse%2Cfalse%2Cfalse%2Ctrue%2Ctrue";
    let mobile = "393%2C727%2C2.75%2C393%2Cfalse%2Ctrue%2Ctrue%2Ctrue%2Ctrue%2Ctrue";
    assert_eq!(seen, [desktop, mobile, desktop]);

    let pages: Vec<_> = requests.iter().filter(|request| request.path == "/").map(|page| &page.headers).collect();
    assert_eq!(pages[0]["sec-ch-ua-mobile"], "?0");
    assert!(!pages[0]["user-agent"].contains("Headless"), "{}", pages[0]["user-agent"]);
    assert_eq!((pages[1]["sec-ch-ua-mobile"].as_str(), pages[1]["sec-ch-ua-platform"].as_str()), ("?1", "\"Android\""));
    assert!(pages[1]["user-agent"].contains("Pixel 5"), "{}", pages[1]["user-agent"]);
    assert_eq!(pages[2]["sec-ch-ua-mobile"], "?0");
}
