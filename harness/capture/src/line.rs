//! The line to one browser: WebDriver commands with a time limit each, and their failures sorted.
//!
//! fantoccini sends one command at a time and waits for ever. Whoever gives up on an answer can no longer use that
//! session, so a missing answer and a dead browser are the same error: [`CaptureError::BrowserLost`].

use std::time::{Duration, Instant};

use fantoccini::{
    Client,
    error::{CmdError, ErrorStatus},
    wd::WebDriverCompatibleCommand,
};
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::CaptureError;

/// How long an ordinary command may take. They take milliseconds; a busy machine may need a hundred times that.
pub(crate) const COMMAND_LIMIT: Duration = Duration::from_secs(30);

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

/// The line to one browser.
#[derive(Debug)]
pub(crate) struct Line {
    client: Client,
}

impl Line {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends a WebDriver command. `during` says for an error message what it was for.
    pub(crate) async fn send(
        &self,
        path: &'static str,
        body: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError> {
        match tokio::time::timeout(limit, self.client.issue_cmd(Command { path, body })).await {
            Ok(answer) => answer.map_err(|error| sorted(error, during)),
            Err(_) => Err(CaptureError::no_answer(during, limit)),
        }
    }

    /// Sends a DevTools command through ChromeDriver. In the moment in which one document replaces another, DevTools
    /// serve neither; a command that falls into it was not carried out and is sent again.
    pub(crate) async fn devtools(&self, command: &'static str, params: Value) -> Result<Value, CaptureError> {
        let deadline = Instant::now() + COMMAND_LIMIT;
        let body = json!({ "cmd": command, "params": params });
        loop {
            match self.send("goog/cdp/execute", body.clone(), command, COMMAND_LIMIT).await {
                Err(CaptureError::Refused { why, .. }) if between_documents(&why) && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                answer => return answer,
            }
        }
    }

    /// Evaluates a script in the page and waits for the promise that it gives. `None` when the document was replaced
    /// by another one meanwhile.
    pub(crate) async fn evaluate<T: DeserializeOwned>(
        &self,
        script: &str,
        during: &str,
        limit: Duration,
    ) -> Result<Option<T>, CaptureError> {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let body = json!({ "cmd": "Runtime.evaluate", "params": params });
        let mut answer = match self.send("goog/cdp/execute", body, during, limit).await {
            Err(CaptureError::Refused { why, .. }) if document_is_gone(&why) || between_documents(&why) => {
                return Ok(None);
            }
            answer => answer?,
        };
        if let Some(thrown) = answer.get("exceptionDetails") {
            let text = thrown["exception"]["description"].as_str().or(thrown["text"].as_str()).unwrap_or("it threw");
            return Err(refused(during, text));
        }
        serde_json::from_value(answer["result"]["value"].take()).map(Some).map_err(|e| refused(during, &e.to_string()))
    }

    /// Ends the session, and with it the browser.
    pub(crate) async fn end(self) -> Result<(), CaptureError> {
        match tokio::time::timeout(COMMAND_LIMIT, self.client.close()).await {
            Ok(answer) => answer.map_err(|error| sorted(error, "closing")),
            Err(_) => Err(CaptureError::no_answer("closing", COMMAND_LIMIT)),
        }
    }
}

fn refused(during: &str, why: &str) -> CaptureError {
    CaptureError::Refused { during: during.to_owned(), why: why.to_owned() }
}

/// The words with which ChromeDriver says that a command met no document.
fn between_documents(why: &str) -> bool {
    why.contains("aborted by navigation") || why.contains("Not attached to an active page")
}

/// The words with which DevTools say that the document a script ran in has made way for another.
fn document_is_gone(why: &str) -> bool {
    ["navigated or closed", "context was destroyed", "Cannot find context", "Cannot find default execution context"]
        .iter()
        .any(|words| why.contains(words))
}

/// ChromeDriver appends the browser's version to each message, as a line of its own.
fn without_session_info(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.starts_with("(Session info"));
    lines.collect::<Vec<_>>().join(": ")
}

/// Tells a lost browser from a refused command.
fn sorted(error: CmdError, during: &str) -> CaptureError {
    let CmdError::Standard(told) = &error else {
        return CaptureError::BrowserLost { during: during.to_owned(), why: error.to_string() };
    };
    let message = without_session_info(&told.message);
    let lost = matches!(told.error, ErrorStatus::InvalidSessionId | ErrorStatus::NoSuchWindow)
        || ["not connected to DevTools", "not reachable", "disconnected", "session deleted", "crashed"]
            .iter()
            .any(|words| message.contains(words));
    if lost { CaptureError::BrowserLost { during: during.to_owned(), why: message } } else { refused(during, &message) }
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
