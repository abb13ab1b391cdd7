//! The review page in Chromium: real keys, real clicks, real baselines.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use harness_browser::Installation;
use reports_approve::server::Server;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::run::{ANNA, BEN, KAI, NEW, NEW_GREY, OLD_GREY, RESTLESS, Run, key};

/// Chromium, driven over WebDriver. Ended on drop.
struct Browser {
    client: Client,
    session: String,
    driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    async fn start() -> Self {
        let found = Installation::find().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new(&found.chromedriver)
            .args(["--port=0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let said = lines.by_ref().map_while(Result::ok).find(|line| line.contains("was started successfully on port"));
        let said = said.expect("the driver starts");
        let port: String = said.chars().filter(char::is_ascii_digit).collect();
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let client = Client::new();
        let options = json!({"binary": found.chromium, "args": ["--headless", "--no-sandbox", "--disable-gpu",
            "--window-size=1400,1000", format!("--user-data-dir={}", profile.path().display())]});
        let asked = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let url = format!("http://127.0.0.1:{port}/session");
        let answer: Value = client.post(&url).json(&asked).send().await.unwrap().json().await.unwrap();
        let id = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {answer}"));
        Self { client, session: format!("{url}/{id}"), driver, _profile: profile }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.client.request(method, format!("{}/{path}", self.session)).json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer["value"].get("error").is_none(), "{path}: {}", answer["value"]["message"]);
        answer["value"].clone()
    }

    async fn open(&self, url: &str) {
        self.call(Method::POST, "url", json!({"url": url})).await;
    }

    async fn ask(&self, script: &str) -> Value {
        self.call(Method::POST, "execute/sync", json!({"script": script, "args": []})).await
    }

    /// Waits until the page says so.
    async fn until(&self, condition: &str) {
        let began = Instant::now();
        while self.ask(&format!("return Boolean({condition});")).await != true {
            if began.elapsed() > Duration::from_secs(60) {
                panic!("never came: {condition}; it shows {}", self.ask("return document.body.innerText;").await);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Presses a key as a hand does, with shift for a capital.
    async fn press(&self, key: char) {
        let shift = key.is_ascii_uppercase();
        let act = |kind: &str, value: char| json!({"type": kind, "value": value.to_string()});
        let mut acts = vec![act("keyDown", key), act("keyUp", key)];
        if shift {
            acts.insert(0, act("keyDown", '\u{e008}'));
            acts.push(act("keyUp", '\u{e008}'));
        }
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": acts}]});
        self.call(Method::POST, "actions", body).await;
    }

    async fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.press(letter).await;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its driver's session; the driver itself may be gone already.
        let session = self.session.clone();
        let asked = std::thread::spawn(move || {
            let ended = tokio::runtime::Builder::new_current_thread().enable_all().build();
            ended.map(|runtime| runtime.block_on(async { Client::new().delete(session).send().await.is_ok() }))
        });
        let _asked_to_end = asked.join();
        let _already_gone = self.driver.kill();
        let _already_reaped = self.driver.wait();
    }
}

/// The review page of a run, open in a browser.
async fn reviewed(run: &Run) -> Browser {
    let server = Server::bind(run.desk(), 0).await.unwrap();
    let url = server.url();
    tokio::spawn(server.run(std::future::pending()));
    let browser = Browser::start().await;
    browser.open(&url).await;
    browser.until("'ready' in document.documentElement.dataset").await;
    browser
}

const COUNT: &str = "document.getElementById('review-count').textContent";

#[tokio::test(flavor = "multi_thread")]
async fn keys_accept_refuse_and_undo_pictures_and_groups() {
    let run = Run::new();
    let before = run.baselines();
    let browser = reviewed(&run).await;
    browser.until(&format!("{COUNT} === '0 accepted, 0 refused, 5 still to look at'")).await;
    browser.ask(&format!("location.hash = 'p={ANNA}';")).await;
    browser.until("open !== null").await;
    // Every view, and back, before a decision.
    for (key, view) in [('2', "slider"), ('3', "difference"), ('4', "onion"), ('5', "blink"), ('1', "side")] {
        browser.press(key).await;
        browser
            .until(&format!("document.querySelector('.segments [aria-pressed=true]').dataset.view === '{view}'"))
            .await;
    }
    browser.until("[...document.querySelectorAll('.pane img')].every((img) => img.naturalWidth === 8)").await;
    browser.press('?').await;
    browser.until("document.getElementById('help').open && document.getElementById('help').innerText.includes('accept this picture')").await;
    browser.ask("document.getElementById('help').close();").await;

    browser.press('r').await;
    browser.until("document.activeElement.id === 'reason'").await;
    browser.type_text("the new blue").await;
    assert_eq!(run.baselines(), before, "keys typed as a reason decide nothing");
    browser.press('\u{e00c}').await;
    browser.press('y').await;
    browser.until(&format!("{COUNT} === '1 accepted, 0 refused, 4 still to look at'")).await;
    assert_eq!((run.grey(ANNA), run.grey(BEN)), (Some(NEW_GREY), Some(OLD_GREY)));
    assert_eq!(run.store().read_approval(&key(ANNA)).unwrap().reason, "the new blue");
    browser.until("document.querySelector('.decided').textContent.startsWith('Accepted by ')").await;
    browser.press('u').await;
    browser.until(&format!("{COUNT} === '0 accepted, 0 refused, 5 still to look at'")).await;
    assert_eq!(run.baselines(), before);

    browser.press('Y').await;
    browser.until(&format!("{COUNT} === '2 accepted, 0 refused, 3 still to look at'")).await;
    assert_eq!((run.grey(ANNA), run.grey(BEN)), (Some(NEW_GREY), Some(NEW_GREY)));
    browser.press('j').await;
    browser.press('j').await;
    browser.until(&format!("shown.p === '{KAI}'")).await;
    browser.press('x').await;
    browser.until(&format!("{COUNT} === '2 accepted, 1 refused, 2 still to look at'")).await;
    assert_eq!(run.grey(KAI), Some(OLD_GREY));
    browser.press('j').await;
    browser.until(&format!("shown.p === '{NEW}'")).await;
    browser.press('X').await;
    browser.until("document.querySelector('.decided')?.textContent.startsWith('Refused by ')").await;
    assert_eq!(run.grey(NEW), None);
    // What was decided is there after a reload.
    browser.ask("location.reload();").await;
    browser
        .until(&format!(
            "'ready' in document.documentElement.dataset && {COUNT} === '2 accepted, 2 refused, 1 still to look at'"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_do_what_keys_do_and_what_may_not_be_accepted_says_why() {
    let run = Run::new();
    let before = run.baselines();
    let browser = reviewed(&run).await;
    browser.ask(&format!("location.hash = 'p={RESTLESS}';")).await;
    browser.until("open !== null").await;
    browser.ask("document.querySelector('[data-act=accept]').click();").await;
    browser.until("document.getElementById('said').textContent.includes('never shown to have settled')").await;
    assert_eq!(run.baselines(), before);
    browser.ask(&format!("location.hash = 'p={NEW}';")).await;
    browser.until(&format!("document.getElementById('picture').dataset.key === '{NEW}'")).await;
    browser.ask("document.querySelector('[data-act=accept]').click();").await;
    browser.until(&format!("{COUNT} === '1 accepted, 0 refused, 4 still to look at'")).await;
    assert_eq!(run.grey(NEW), Some(NEW_GREY));
    browser.ask("document.querySelector('[data-act=undo]').click();").await;
    browser.until(&format!("{COUNT} === '0 accepted, 0 refused, 5 still to look at'")).await;
    assert_eq!(run.baselines(), before);
}
