//! DevTools commands through a WebDriver server: the way to a Chromium whose own socket cannot be reached, such as one
//! behind a grid.
//!
//! fantoccini sends one command at a time and waits for ever, so each command has a time limit here.

use std::time::{Duration, Instant};

use fantoccini::{
    Client,
    error::{CmdError, ErrorStatus},
    wd::WebDriverCompatibleCommand,
};
use harness_model::{PageErrors, Viewport};
use http::Method;
use serde_json::{Value, json};

use super::{
    COMMAND_LIMIT, Opened,
    chromium::{DevTools, same_document},
    lost, refused,
};
use crate::{CaptureError, Cookie, World, console, remote, settle};

/// A command to the session, by its path below `/session/{id}/`.
#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// A session of its own, with a browser of its own.
#[derive(Debug)]
pub(crate) struct WebDriver {
    session: Session,
    chromium_major: u32,
}

/// With whom the session is.
#[derive(Debug)]
enum Session {
    /// A driver that we started.
    Own(Client),
    /// A server elsewhere.
    Remote(remote::Session),
}

impl DevTools for WebDriver {
    async fn carry_out(
        &self,
        command: &'static str,
        params: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError> {
        self.send("goog/cdp/execute", json!({ "cmd": command, "params": params }), during, limit).await
    }

    async fn stored_cookies(&self) -> Result<Value, CaptureError> {
        self.devtools("Storage.getCookies", json!({})).await
    }
}

impl WebDriver {
    /// Prepares the window of a session that has just begun.
    pub(crate) async fn new(client: Client, world: &World, chromium_major: u32) -> Result<Self, CaptureError> {
        Self::prepared(Session::Own(client), world, chromium_major).await
    }

    /// The same for a session with a server elsewhere.
    pub(crate) async fn of_remote(
        session: remote::Session,
        world: &World,
        chromium_major: u32,
    ) -> Result<Self, CaptureError> {
        Self::prepared(Session::Remote(session), world, chromium_major).await
    }

    async fn prepared(session: Session, world: &World, chromium_major: u32) -> Result<Self, CaptureError> {
        let line = Self { session, chromium_major };
        for source in [world.script()?, settle::tracker()] {
            line.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        }
        Ok(line)
    }

    /// Sends a WebDriver command.
    async fn send(
        &self,
        path: &'static str,
        body: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError> {
        match &self.session {
            Session::Own(client) => match tokio::time::timeout(limit, client.issue_cmd(Command { path, body })).await {
                Ok(answer) => answer.map_err(|error| sorted(error, during)),
                Err(_) => Err(CaptureError::no_answer(during, limit)),
            },
            Session::Remote(session) => {
                session.send(path, &body, limit).await.map_err(|failure| sorted_remote(failure, during))
            }
        }
    }

    pub(super) async fn enter(
        &self,
        world: &World,
        viewport: &Viewport,
        cookies: &[Cookie],
    ) -> Result<(), CaptureError> {
        // First away from the old page, so that it cannot write anything back.
        self.devtools("Page.navigate", json!({ "url": "about:blank" })).await?;
        // A window keeps its name, whoever looks through it.
        self.evaluate("window.name = ''", "clearing the window's name", COMMAND_LIMIT).await?;
        self.devtools("Storage.clearDataForOrigin", json!({ "origin": "*", "storageTypes": "all" })).await?;
        for command in ["Network.clearBrowserCookies", "Network.clearBrowserCache", "Page.resetNavigationHistory"] {
            self.devtools(command, json!({})).await?;
        }
        self.emulate(world, viewport, self.chromium_major).await?;
        self.set_cookies(cookies).await?;
        // What the viewer before left in the log is not this one's.
        self.errors().await.map(|_| ())
    }

    /// ChromeDriver holds back every script while a document is on its way, so nothing may be asked of the page before, or
    /// the line is blocked for as long as the server keeps silent.
    pub(super) async fn open(&self, url: &str, deadline: Instant) -> Result<Opened, CaptureError> {
        let mut before = self.history_entry().await?;
        if same_document(&before.url, url) {
            // To the browser that would be a step within the page at hand, or a reload of it: no new entry to wait for.
            self.devtools("Page.navigate", json!({ "url": "about:blank" })).await?;
            before = self.history_entry().await?;
        }
        self.devtools("Page.resetNavigationHistory", json!({})).await?;

        self.send("url", json!({ "url": url }), &format!("opening {url}"), COMMAND_LIMIT).await?;
        while self.history_entry().await?.id == before.id {
            if Instant::now() >= deadline {
                self.stop_loading().await?;
                return Ok(Opened::Silent);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Opened::Begun)
    }

    /// ChromeDriver keeps the log for each session from the session's start on, so nothing that a page's first script says
    /// is missed. It keeps errors alone (`flags.rs` asks for no more), and reading empties it.
    pub(super) async fn errors(&self) -> Result<PageErrors, CaptureError> {
        let log = self.send("se/log", json!({ "type": "browser" }), "reading the console", COMMAND_LIMIT).await?;
        Ok(console::of_log(&log))
    }

    /// Ends the session, and with it the browser.
    pub(super) async fn end(self) -> Result<(), CaptureError> {
        match self.session {
            Session::Own(client) => match tokio::time::timeout(COMMAND_LIMIT, client.close()).await {
                Ok(answer) => answer.map_err(|error| sorted(error, "closing")),
                Err(_) => Err(CaptureError::no_answer("closing", COMMAND_LIMIT)),
            },
            Session::Remote(session) => session.end().await.map_err(|failure| sorted_remote(failure, "closing")),
        }
    }
}

/// Tells a lost browser from a refused command.
fn sorted(error: CmdError, during: &str) -> CaptureError {
    let CmdError::Standard(told) = &error else { return lost(during, error.to_string()) };
    let gone = matches!(told.error, ErrorStatus::InvalidSessionId | ErrorStatus::NoSuchWindow);
    sorted_words(gone, remote::words(&told.message), during)
}

/// The same for a server elsewhere. One that does not answer, or no longer as a WebDriver server, has lost the browser.
fn sorted_remote(failure: remote::Failure, during: &str) -> CaptureError {
    match failure {
        remote::Failure::Told { error, message } => {
            sorted_words(matches!(&*error, "invalid session id" | "no such window"), message, during)
        }
        remote::Failure::Foreign(why) | remote::Failure::Silent(why) | remote::Failure::Late(why) => lost(during, why),
    }
}

fn sorted_words(gone: bool, message: String, during: &str) -> CaptureError {
    let dead = ["not connected to DevTools", "not reachable", "disconnected", "session deleted", "crashed"];
    if gone || dead.iter().any(|words| message.contains(words)) {
        lost(during, message)
    } else {
        refused(during, &message)
    }
}

#[cfg(test)]
mod tests {
    use fantoccini::error::WebDriver;

    use super::*;

    #[test]
    fn a_lost_browser_is_told_from_a_refused_command() {
        let sort = |status, message: &str| {
            sorted(CmdError::Standard(WebDriver::new(status, message.to_owned())), "x").browser_is_lost()
        };
        for message in [
            "disconnected: not connected to DevTools",
            "chrome not reachable",
            "session deleted as the browser has closed the connection",
            "tab crashed",
        ] {
            assert!(sort(ErrorStatus::UnknownError, message), "{message}");
        }
        assert!(sort(ErrorStatus::InvalidSessionId, ""));
        assert!(sort(ErrorStatus::NoSuchWindow, "no such window: target window already closed"));
        assert!(!sort(ErrorStatus::InvalidArgument, "Invalid timezone id"));
        assert!(sorted(CmdError::Lost(std::io::ErrorKind::BrokenPipe.into()), "x").browser_is_lost());
    }
}
