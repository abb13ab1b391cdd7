//! Requests that the review page did not make.

use reports_approve::server::Server;
use reqwest::{Client, StatusCode, header, redirect::Policy};
use serde_json::json;
use tokio::sync::oneshot;

use crate::run::{ANNA, Run};

/// A running server, its address and its token.
struct Served {
    address: String,
    token: String,
    _end: oneshot::Sender<()>,
}

async fn served(run: &Run) -> Served {
    let server = Server::bind(run.desk(), 0).await.unwrap();
    let url = server.url();
    let (address, token) = url.split_once("/?token=").unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let served = Served { address: address.to_owned(), token: token.to_owned(), _end: end };
    tokio::spawn(server.run(async {
        let _dropped = ended.await;
    }));
    served
}

fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

#[tokio::test]
async fn only_the_token_lets_anyone_in() {
    let run = Run::new();
    let Served { address, token, _end } = served(&run).await;
    let get = |path: &str| client().get(format!("{address}{path}")).send();
    for path in [
        "/",
        "/?token=",
        "/?token=0123456789abcdef0123456789abcdef",
        "/report/",
        "/run.json",
        "/report/pictures/home/start/anna-desktop.actual.png",
    ] {
        assert_eq!(get(path).await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
    }
    let entered = get(&format!("/?token={token}")).await.unwrap();
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    assert_eq!(entered.headers()[header::LOCATION], "/report/", "the token leaves the address");
    let cookie = entered.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let page = client().get(format!("{address}/report/")).header(header::COOKIE, cookie).send().await.unwrap();
    assert_eq!(
        (page.status(), &page.headers()[header::X_FRAME_OPTIONS]),
        (StatusCode::OK, &header::HeaderValue::from_static("DENY"))
    );
    assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
    assert!(page.text().await.unwrap().contains(&token));
}

#[tokio::test]
async fn only_pictures_that_the_run_names_are_handed_out() {
    let run = Run::new();
    std::fs::write(run.folder.path().join("secret.png"), "secret").unwrap();
    run.forge(ANNA, |picture| picture["images"]["diff"] = "../secret.png".into());
    let Served { address, token, _end } = served(&run).await;
    let get = |path: String| {
        client().get(format!("{address}{path}")).header(header::COOKIE, format!("x=y; beholder-review={token}")).send()
    };
    let picture = get(format!("/report/pictures/{ANNA}.actual.png")).await.unwrap();
    assert_eq!(
        (picture.status(), &picture.headers()[header::CONTENT_TYPE]),
        (StatusCode::OK, &header::HeaderValue::from_static("image/png"))
    );
    for path in [
        "/run.json",
        "/review.json",
        "/../secret.png",
        "/%2e%2e/secret.png",
        "/..%2fsecret.png",
        "/report/index.html",
        "//etc/passwd",
        "/.lock",
    ] {
        assert_eq!(get(path.to_owned()).await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_decision_that_the_page_did_not_make_changes_nothing() {
    let run = Run::new();
    let before = run.baselines();
    let Served { address, token, _end } = served(&run).await;
    let (cookie, wish) = (format!("beholder-review={token}"), json!({"act": "accept", "keys": [ANNA]}).to_string());
    let own = [
        ("cookie", cookie.as_str()),
        ("origin", address.as_str()),
        ("x-beholder-token", token.as_str()),
        ("content-type", "application/json"),
    ];
    let send = |headers: Vec<(&'static str, String)>, body: String| {
        let mut request = client().post(format!("{address}/api/review")).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    };
    let with = |changed: &'static str, to: Option<&str>| {
        let mut headers: Vec<(&'static str, String)> =
            own.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        headers.retain(|(name, _)| *name != changed);
        headers.extend(to.map(|to| (changed, to.to_owned())));
        headers
    };
    let port = address.rsplit(':').next().unwrap();
    let (foreign, other_port, suffixed, rebound) = (
        "https://evil.test".to_owned(),
        "http://127.0.0.1:9".to_owned(),
        format!("{address}.evil.test"),
        format!("evil.test:{port}"),
    );
    for (changed, to) in [
        ("cookie", None),
        ("cookie", Some("beholder-review=0")),
        ("origin", None),
        ("origin", Some("null")),
        ("origin", Some(foreign.as_str())),
        ("origin", Some(other_port.as_str())),
        ("origin", Some(suffixed.as_str())),
        ("x-beholder-token", None),
        ("x-beholder-token", Some("")),
        ("x-beholder-token", Some("0")),
        ("host", Some(rebound.as_str())),
    ] {
        let status = send(with(changed, to), wish.clone()).await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{changed}: {to:?}");
    }
    for (kind, status) in [
        ("text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        assert_eq!(send(with("content-type", Some(kind)), wish.clone()).await.unwrap().status(), status);
    }
    for key in ["../../etc/anna-desktop", "home/start/../x", "/etc/passwd", ""] {
        let answer = send(with("", None), json!({"act": "accept", "keys": [ANNA, key]}).to_string()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{key}");
    }
    assert_eq!(run.baselines(), before);
    assert_eq!(send(with("", None), wish).await.unwrap().status(), StatusCode::OK, "the page itself may");
    assert_ne!(run.baselines(), before);
}
