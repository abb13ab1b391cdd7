//! Pages as Firefox is brought to show them.

use std::time::Duration;

use harness_browser::Engine;
use harness_capture::{Action, BrowserChoice, Cookie, Mask, Outcome, Picture, PictureRequest, Source, World};
use harness_model::{Size, Viewport};

use crate::{APP, app::App, interrupted::RESTLESS_ON_TABLET};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![("firefox_shows_pages_as_chromium_does_as_far_as_it_can", pages)]
}

/// Tells what the page finds, one element each.
const TELLING: &str = "<input id=field autofocus><p id=told></p><div style='height:3000px'></div><b>end</b>
    <script>
      told.textContent = JSON.stringify([new Date().toISOString(), Intl.DateTimeFormat().resolvedOptions().timeZone,
        navigator.language, innerWidth, innerHeight, devicePixelRatio, document.cookie]);
      field.oninput = () => { told.textContent = field.value };
      console.error('a complaint');
    </script>";

/// One browser for all of it: a Firefox takes seconds to start.
fn pages() {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let app = App::new(TELLING);
        let suite = app.suite();
        let (_, address) = suite.get_envs().find(|(name, _)| *name == APP).unwrap();
        let address = address.unwrap().to_str().unwrap().to_owned();
        let choice = BrowserChoice { engine: Engine::Firefox, remote: None };
        let source = Source::start(&choice, World::default()).await.unwrap();
        let mut browser = source.open().await.unwrap();
        let request = PictureRequest { timeout: Duration::from_secs(60), ..PictureRequest::new(address) };
        let told = |picture: &Picture| {
            assert_eq!(picture.outcome, Outcome::Settled);
            let outline = picture.outline.as_ref().unwrap();
            outline.elements.iter().find(|element| element.id == "told").unwrap().text.clone()
        };

        // A phone's window, with a cookie that is there before the first script.
        browser.enter(&Viewport::mobile(), &[Cookie::new("name", "value", "127.0.0.1")]).await.unwrap();
        let picture = browser.picture(&request).await.unwrap();
        let said = told(&picture);
        for part in ["2026-03-02T18:00:00.000Z", "Europe/Berlin", "de-DE", "393,727,2.75"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!((picture.size.width, picture.status), (1080, Some(200)));
        assert!(picture.size.height > 6000, "the whole page: {:?}", picture.size);
        assert_eq!(picture.errors.console.len(), 1, "{:?}", picture.errors);
        assert_eq!(browser.picture(&request).await.unwrap().png, picture.png);

        // The next viewer has nothing of that, and what is typed is heard.
        browser.enter(&Viewport::desktop(), &[]).await.unwrap();
        let typed = Action::Type { into: "#field".into(), text: "Grüße 🎉".into() };
        let masks = vec![Mask::new("b")];
        let masked = PictureRequest { actions: vec![typed], masks, full_page: false, ..request.clone() };
        let picture = browser.picture(&masked).await.unwrap();
        assert_eq!(told(&picture), "Grüße 🎉");
        assert_eq!(picture.size, Size { width: 1440, height: 900 });
        let picture = browser.picture(&PictureRequest { full_page: true, ..masked }).await.unwrap();
        assert_eq!(picture.masks[0].boxes.len(), 1);

        // What never comes, and what never rests, is told as such.
        let nobody = PictureRequest { url: "http://127.0.0.1:9/".into(), ..request.clone() };
        let error = browser.picture(&nobody).await.unwrap_err().to_string();
        assert!(error.starts_with("http://127.0.0.1:9/ cannot be opened: "), "{error}");
        app.shows(RESTLESS_ON_TABLET);
        browser.enter(&Viewport::tablet(), &[]).await.unwrap();
        let impatient = PictureRequest { timeout: Duration::from_secs(3), ..request };
        let Outcome::NeverSettled { reasons } = browser.picture(&impatient).await.unwrap().outcome else {
            panic!("it does not rest")
        };
        assert!(reasons.iter().any(|reason| reason.contains("in <p id=\"p\">")), "{reasons:?}");
        browser.close().await;
    });
}
