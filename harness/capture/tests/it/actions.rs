//! What is done on a page before its picture: on the page as it is at rest, and said when it cannot be done.

use harness_capture::{Action, CaptureError, PictureRequest};
use harness_model::Viewport;

use crate::{
    Pixels, impatient, looking_through, settled,
    site::{Site, html},
};

fn steps(actions: Vec<Action>, url: String) -> PictureRequest {
    PictureRequest { actions, ..impatient(url) }
}

const FORM: &str =
    "<!doctype html><body style='margin: 0'><form><input id=name value=nobody><input id=password type=password>
    <button>in</button></form><script>
    document.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        const [name, password] = ['name', 'password'].map((id) => document.getElementById(id).value);
        if (password === 'geheim') document.cookie = `user=${name}; path=/`;
        location.href = '/home';
    });</script>";
const HOME: &str = "<!doctype html><body style='margin: 0'><script>
    const known = document.cookie.includes('user=anna');
    document.write(known ? '<b id=known style=\"display:block;width:30px;height:30px;background:#0a0\"></b>' : 'who?');</script>";

async fn site() -> Site {
    Site::serving(|path| html(if path == "/home" { HOME } else { FORM })).await
}

fn typed(into: &str, text: &str) -> Action {
    Action::Type { into: into.into(), text: text.into() }
}

fn press(key: &str) -> Action {
    Action::Press { key: key.into(), on: "input".into() }
}

#[tokio::test]
async fn a_log_in_by_form_gives_cookies_that_open_the_page() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let actions = vec![typed("#name", "anna"), typed("#password", "geheim"), Action::Click("button".into())];
    assert!(!format!("{actions:?}").contains("geheim"), "what is typed is not printed");
    let request = PictureRequest { actions, ready: Some("#known".into()), ..PictureRequest::new(site.url("/")) };
    let cookies = browser.log_in(&request).await.unwrap();
    assert_eq!(cookies.iter().map(|c| (c.name.as_str(), c.value.as_str())).collect::<Vec<_>>(), [("user", "anna")]);

    browser.enter(&Viewport::desktop(), &cookies).await.unwrap();
    let home = settled(&mut browser, &PictureRequest::new(site.url("/home"))).await;
    assert_eq!(Pixels::of(&home).count([0, 0xaa, 0]), 900);
}

#[tokio::test]
async fn a_step_that_cannot_be_done_is_named() {
    let site = site().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for (action, told) in [
        (Action::Click("#none".into()), "cannot click #none"),
        (Action::WaitFor("#none".into()), "cannot wait for #none"),
        (Action::Click("p:has(".into()), "it is no CSS selector"),
    ] {
        let error = browser.picture(&steps(vec![action], site.url("/"))).await.unwrap_err();
        assert!(matches!(error, CaptureError::Action { .. }) && error.to_string().contains(told), "{error}");
    }
}

/// A page that says whether it was reached by its service, what key it heard, and whether it is online.
const WATCHFUL: &str = "<!doctype html><body style='margin: 0'><input id=field autofocus><i id=here hidden></i><script>
    const box = (id, colour) => document.body.insertAdjacentHTML('beforeend',
        `<b id=${id} style=\"display:block;width:30px;height:30px;background:${colour}\"></b>`);
    fetch('/service').then(() => box('reached', '#0a0'), () => box('cut', '#a00'));
    document.getElementById('field').addEventListener('keydown', ({ key }) => key === 'Enter' && box('pressed', '#00a'));
    addEventListener('offline', () => box(navigator.onLine ? 'confused' : 'offline', '#aa0'));
    addEventListener('online', () => box('online', '#0aa'));</script>";

async fn watchful() -> Site {
    Site::serving(|path| html(if path == "/service" { "yes" } else { WATCHFUL })).await
}

#[tokio::test]
async fn a_key_is_pressed_and_what_is_sought_is_told_though_it_cannot_be_seen() {
    let site = watchful().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    for viewport in [Viewport::desktop(), Viewport::tablet()] {
        browser.enter(&viewport, &[]).await.unwrap();
        let actions = vec![typed("#field", "words"), press("Enter")];
        let sought = ["#here", "#pressed", "#none"].map(String::from).into();
        let picture = settled(&mut browser, &PictureRequest { sought, ..steps(actions, site.url("/")) }).await;
        assert_eq!(picture.found, [true, true, false], "{}", viewport.name);
    }

    let error = browser.picture(&steps(vec![press("F13")], site.url("/"))).await.unwrap_err();
    assert!(error.to_string().contains("no such key is known here; those are Enter, Escape"), "{error}");
    let request = PictureRequest { sought: vec!["p:has(".into()], ..impatient(site.url("/")) };
    let error = browser.picture(&request).await.unwrap_err();
    assert!(error.to_string().contains("`p:has(` is not a CSS selector (sought of "), "{error}");
}

#[tokio::test]
async fn what_is_cut_off_for_one_picture_is_there_again_for_the_next() {
    let site = watchful().await;
    let mut browser = looking_through(&Viewport::desktop()).await;
    let sought: Vec<String> = ["#reached", "#cut", "#offline"].map(String::from).into();
    let plain = PictureRequest { sought, ..impatient(site.url("/")) };
    let cut = PictureRequest { unreachable: vec![site.url("/service")], ..plain.clone() };
    let offline = PictureRequest { actions: vec![Action::GoOffline], ready: Some("#offline".into()), ..plain.clone() };
    for (request, found) in [
        (&plain, [true, false, false]),
        (&cut, [false, true, false]),
        (&plain, [true, false, false]),
        (&offline, [true, false, true]),
        (&plain, [true, false, false]),
    ] {
        assert_eq!(settled(&mut browser, request).await.found, found);
    }
}
