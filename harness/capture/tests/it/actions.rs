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
