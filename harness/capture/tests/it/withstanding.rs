//! Whatever a page does, it is pictured, or named as one that cannot be; the browser goes on, or is known to be lost.

use std::time::Duration;

use harness_capture::{Action, Browser, CaptureError, PictureRequest, World};
use harness_model::Viewport;

use crate::{
    Pixels, alone_in, looking_through, settled,
    site::{Answer, Site, html, reply},
};

const GREEN: [u8; 3] = [0, 255, 0];

/// A request with time enough on a busy machine.
fn patient(url: impl Into<String>) -> PictureRequest {
    PictureRequest { timeout: Duration::from_secs(30), ..PictureRequest::new(url) }
}

/// Asserts that the browser pictures an ordinary page as ever.
async fn goes_on(browser: &mut Browser, site: &Site) {
    let picture = settled(browser, &patient(site.url("/plain"))).await;
    assert!(Pixels::of(&picture).count(GREEN) > 500_000);
}

fn plain() -> Answer {
    html("<!doctype html><body style='background: #0f0'>")
}

#[tokio::test]
async fn dialogues_printing_and_farewells_stop_no_page() {
    let site = Site::serving(|path| match path {
        "/plain" => plain(),
        _ => html(
            "<!doctype html><button onclick='confirm(1)'>x</button><p id=p></p><script>
             onbeforeunload = (event) => { event.preventDefault(); event.returnValue = 'bleib'; };
             alert('a'); print(); p.textContent = [confirm('b'), prompt('c')].join();
             document.body.style.background = '#0f0'; setTimeout(() => alert('später'), 10)</script>",
        ),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let request = PictureRequest { actions: vec![Action::Click("button".into())], ..patient(site.url("/")) };
    for _ in 0..2 {
        let picture = settled(&mut browser, &request).await;
        assert!(Pixels::of(&picture).count(GREEN) > 500_000);
    }
    goes_on(&mut browser, &site).await;
}

#[tokio::test]
async fn a_server_that_redirects_for_ever_is_named() {
    let site = Site::serving(|path| match path {
        "/plain" => plain(),
        _ => reply("text/html", "").status(302).header("Location", "/served").now(),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let error = browser.picture(&patient(site.url("/served"))).await.unwrap_err();
    assert!(matches!(&error, CaptureError::Unreachable { why, .. } if why == "ERR_TOO_MANY_REDIRECTS"), "{error}");
    goes_on(&mut browser, &site).await;
}

#[tokio::test]
async fn a_page_gets_no_further_windows() {
    let site = Site::serving(|path| match path {
        "/plain" => plain(),
        "/window" => html("<p>Werbung"),
        _ => html(
            "<!doctype html><body><script>
             const opened = [1, 2, 3].map(() => open('/window', '_blank', 'width=300,height=200'));
             if (opened.every((one) => one === null)) document.body.style.background = '#0f0'</script>",
        ),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &patient(site.url("/"))).await;
    assert!(Pixels::of(&picture).count(GREEN) > 500_000, "as where pop-ups are blocked");
    goes_on(&mut browser, &site).await;
    assert!(site.requests().iter().all(|request| request.path != "/window"));
}

#[tokio::test]
async fn frames_that_are_denied_keep_no_page_from_rest() {
    let site = Site::serving(|path| {
        match path {
        "/plain" => plain(),
        "/denied" => reply("text/html", "<p>nein").header("X-Frame-Options", "DENY").now(),
        "/forbidden" => reply("text/html", "<p>nein").header("Content-Security-Policy", "frame-ancestors 'none'").now(),
        _ => html(
            "<!doctype html><body style='background: #0f0'><iframe src=/denied></iframe><iframe src=/forbidden></iframe>
             <iframe sandbox srcdoc='<p>eigen'></iframe>",
        ),
    }
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let first = settled(&mut browser, &patient(site.url("/"))).await;
    assert!(Pixels::of(&first).count(GREEN) > 500_000);
    assert!(settled(&mut browser, &patient(site.url("/"))).await.png == first.png);
}

#[tokio::test]
async fn what_changes_while_it_is_pictured_is_pictured_when_it_is_done() {
    let site = Site::of(
        "<!doctype html><body><p id=p>0</p><script>
         const step = setInterval(() => {
           p.textContent = +p.textContent + 1;
           if (p.textContent === '60') { clearInterval(step); document.body.style.background = '#0f0'; }
         }, 15)</script>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture = settled(&mut browser, &patient(site.url("/"))).await;
    assert!(Pixels::of(&picture).count(GREEN) > 500_000);
}

#[tokio::test]
async fn a_film_stands_still() {
    let site = Site::of(
        "<!doctype html><canvas id=c width=80 height=60 hidden></canvas><video id=v width=80 height=60 muted autoplay></video>
         <script>const brush = c.getContext('2d'); let n = 0;
         setInterval(() => { brush.fillStyle = `hsl(${n += 40} 90% 50%)`; brush.fillRect(0, 0, 80, 60) }, 20);
         v.srcObject = c.captureStream(); v.play()</script>",
    )
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    settled(&mut browser, &patient(site.url("/"))).await;
}

#[tokio::test]
async fn a_page_of_two_gibibytes_is_pictured() {
    let site = Site::serving(|path| match path {
        "/plain" => plain(),
        _ => html(
            "<!doctype html><body><script>
             window.held = [1, 2, 3, 4].map((n) => new Uint8Array(2 ** 29).fill(n));
             document.body.style.background = '#0f0'</script>",
        ),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let picture =
        settled(&mut browser, &PictureRequest { timeout: Duration::from_secs(60), ..patient(site.url("/")) }).await;
    assert!(Pixels::of(&picture).count(GREEN) > 500_000);
    goes_on(&mut browser, &site).await;
}

#[tokio::test]
async fn an_answer_that_is_no_page_is_named() {
    let site = Site::serving(|path| match path {
        "/plain" => plain(),
        "/file" => reply("application/octet-stream", "x").header("Content-Disposition", "attachment").now(),
        _ => reply("text/html", "").status(204).now(),
    })
    .await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for (path, told) in [("/file", "the answer is a download"), ("/empty", "the answer is no document")] {
        let error = browser.picture(&patient(site.url(path))).await.unwrap_err();
        assert!(matches!(&error, CaptureError::Unreachable { why, .. } if why == told), "{error}");
    }
    goes_on(&mut browser, &site).await;
}

/// A page that computes without a pause answers nothing; that it is given up takes the seconds of grace that a page on a
/// busy machine has, whatever the test asks for.
#[tokio::test]
async fn a_page_that_crashes_or_hangs_loses_its_own_browser_and_no_other_in_the_process() {
    let site = Site::serving(|path| match path {
        "/plain" => plain(),
        _ => html("<p>lang<script>onload = () => setTimeout(() => { for (;;); })</script>"),
    })
    .await;
    let (driver, mut crashing) = alone_in(World::default()).await;
    let (mut hanging, mut beside) = (driver.open().await.unwrap(), driver.open().await.unwrap());
    for browser in [&mut hanging, &mut beside] {
        browser.enter(&Viewport::desktop(), &[]).await.unwrap();
        assert_eq!(browser.process_id(), crashing.process_id());
    }
    let hangs = async {
        let request = PictureRequest { timeout: Duration::from_secs(1), ..PictureRequest::new(site.url("/")) };
        hanging.picture(&request).await.unwrap_err()
    };
    let crash = PictureRequest::new("chrome://crash");
    let goes_on_meanwhile = async {
        for _ in 0..5 {
            goes_on(&mut beside, &site).await;
        }
    };
    let (hung, crashed, ()) = tokio::join!(hangs, crashing.picture(&crash), goes_on_meanwhile);
    let crashed = crashed.unwrap_err();
    assert!(hung.browser_is_lost() && hung.to_string().contains("computes without a pause"), "{hung}");
    assert!(crashed.browser_is_lost() && crashed.to_string().contains("crashed"), "{crashed}");

    goes_on(&mut beside, &site).await;
    let mut next = driver.open().await.unwrap();
    assert_eq!(next.process_id(), beside.process_id());
    next.enter(&Viewport::desktop(), &[]).await.unwrap();
    goes_on(&mut next, &site).await;
}
