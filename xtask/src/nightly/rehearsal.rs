//! The nightly run, played whole: one style of the web app is changed, and what comes of it is looked at where it arrives,
//! in the folder of reports and at a webhook on loopback.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::{Context as _, ensure};
use clap::Args;
use harness_browser::Installation;
use serde_json::Value;

use crate::{alone, demo, embedded::Programs, step};

/// The flow whose page has the style that is changed.
const FLOW: &str = "home";
/// The window that the report is pictured through.
const WINDOW: (u32, u32) = (1440, 1000);

/// Plays a whole night on a changed style, with a webhook on loopback, and fails unless it ends in one message that names
/// the change and leads to a report.
#[derive(Args, Default)]
pub(crate) struct Rehearsal {
    /// Then picture the report's first view into this file, as for docs/report.png
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

impl Rehearsal {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let page = play()?;
        match &self.picture {
            Some(file) => shoot(&page, file),
            None => Ok(()),
        }
    }
}

/// The report's first view, as somebody sees it who opens it.
fn shoot(page: &Path, file: &Path) -> anyhow::Result<()> {
    let chromium = Installation::find().context("no browser to open the report")?.chromium;
    let profile = page.with_file_name("profile");
    let mut browser = step::command(chromium, &["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]);
    browser.arg(format!("--window-size={},{}", WINDOW.0, WINDOW.1)).arg("--virtual-time-budget=20000");
    browser.arg(format!("--user-data-dir={}", profile.display()));
    browser
        .arg(format!("--screenshot={}", std::path::absolute(file).context("cannot tell the file's place")?.display()));
    browser.arg(format!("file://{}", page.display()));
    step::run("picture the report", &mut browser)?;
    fs::remove_dir_all(&profile).with_context(|| format!("cannot remove {}", profile.display()))
}

/// Gives the page that the message leads to.
fn play() -> anyhow::Result<PathBuf> {
    let folder = crate::root().join("target").join("test").join("night");
    let _alone = alone::in_folder(&folder)?;
    demo::fresh(&folder)?;
    let files = demo::changed_web_files(&folder)?;
    let hook = Hook::listen()?;
    // Not this very process's file: a build since its start may have replaced that.
    let mut nightly = Programs::build()?.program("xtask")?;
    nightly.args(["nightly", "--webhook", &hook.address]);
    nightly.arg("--publish").arg(format!("file://{}", folder.join("reports").display()));
    nightly.arg("--web-files").arg(files).args(["--", FLOW]);
    let status = step::status("a night on a changed style", &mut nightly)?;
    let told = hook.end()?;
    ensure!(status.code() == Some(101), "a night that found a change ended with {status}");
    let [message] = told.as_slice() else { anyhow::bail!("one message was to come, not {}: {told:?}", told.len()) };
    judge(message, &folder)
}

/// The message must name the change and lead to a report that is there; gives that.
fn judge(message: &Value, folder: &Path) -> anyhow::Result<PathBuf> {
    let (_, from, to) = demo::CHANGE;
    let text = message.to_string();
    let (from, to) = changed_word(from, to).context("the demo's change is one of a word")?;
    ensure!(text.contains(&format!("{from} → {to}")), "the message does not name the change {from} → {to}: {text}");
    let page = text.split("<file://").nth(1).and_then(|rest| rest.split('|').next());
    let page = page.with_context(|| format!("the message leads to no report: {text}"))?;
    ensure!(page.starts_with(&*folder.to_string_lossy()), "the message leads elsewhere: {page}");
    let page = PathBuf::from(page);
    ensure!(page.is_file(), "the message leads to {}, which is not there", page.display());
    Ok(page)
}

/// The first word in which two lines differ.
fn changed_word<'a>(from: &'a str, to: &'a str) -> Option<(&'a str, &'a str)> {
    from.split_whitespace().zip(to.split_whitespace()).find(|(from, to)| from != to)
}

/// A webhook on loopback, which takes every message and keeps it.
struct Hook {
    address: String,
    over: Arc<AtomicBool>,
    taken: thread::JoinHandle<anyhow::Result<Vec<Value>>>,
}

impl Hook {
    fn listen() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen on loopback")?;
        let address = format!("http://{}/hook", listener.local_addr().context("a listener has an address")?);
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let taken = thread::spawn(move || {
            let mut told = Vec::new();
            for connection in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    break;
                }
                told.push(message(connection.context("cannot take a message")?)?);
            }
            Ok(told)
        });
        Ok(Self { address, over, taken })
    }

    /// What was told until now.
    fn end(self) -> anyhow::Result<Vec<Value>> {
        self.over.store(true, Ordering::SeqCst);
        let own = self.address.trim_start_matches("http://").trim_end_matches("/hook").to_owned();
        // The listener looks up when somebody comes.
        TcpStream::connect(&own).with_context(|| format!("cannot reach {own}"))?;
        self.taken.join().map_err(|_| anyhow::anyhow!("the webhook broke down"))?
    }
}

/// Reads one request and answers it.
fn message(connection: TcpStream) -> anyhow::Result<Value> {
    let mut reader = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).context("cannot read a message")?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().context("a message has a length")?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).context("a message is as long as it says")?;
    let mut connection = reader.into_inner();
    connection
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .context("cannot answer")?;
    serde_json::from_slice(&body).context("a message is JSON")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_must_name_the_change_and_lead_to_a_report() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("index.html");
        let link = format!("<file://{}|Open the report>", page.display());
        let named = json!({"text": "a.card: padding-left 24px → 32px", "link": link});
        assert!(judge(&named, folder.path()).unwrap_err().to_string().contains("not there"));
        std::fs::write(&page, "").unwrap();
        assert_eq!(judge(&named, folder.path()).unwrap(), page);
        let unnamed = json!({"text": "1 of 9 pictures need a look", "link": link});
        assert!(judge(&unnamed, folder.path()).unwrap_err().to_string().contains("24px → 32px"));
        let nowhere = json!({"text": "24px → 32px", "link": "<file:///etc/passwd|Open>"});
        assert!(judge(&nowhere, folder.path()).is_err());
    }

    #[test]
    fn the_hook_takes_what_is_posted_until_it_is_over() {
        let hook = Hook::listen().unwrap();
        let address = hook.address.trim_start_matches("http://").trim_end_matches("/hook").to_owned();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"POST /hook HTTP/1.1\r\nContent-Length: 13\r\n\r\n{\"text\":\"hi\"}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(hook.end().unwrap(), [json!({"text": "hi"})]);
    }
}
