//! The browser's log of a page: errors in its console, and requests that failed.
//!
//! ChromeDriver keeps it for each session from the session's start on, so nothing that a page's first script says is
//! missed. It keeps errors alone (`flags.rs` asks for no more), and reading empties it.

use harness_model::PageErrors;
use serde_json::json;

use crate::{
    CaptureError,
    line::{COMMAND_LIMIT, Line},
};

/// What was logged since the log was last read.
pub(crate) async fn read(line: &Line) -> Result<PageErrors, CaptureError> {
    let log = line.send("se/log", json!({ "type": "browser" }), "reading the console", COMMAND_LIMIT).await?;
    let mut errors = PageErrors::default();
    for entry in log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE") {
        let Some(text) = entry["message"].as_str() else { continue };
        match entry["source"].as_str() {
            // The icon of a tab that nobody sees is the browser's own wish, not the page's.
            Some("network") if text.contains("/favicon.ico - ") => {}
            Some("network") => errors.add_failed_request(text),
            _ => errors.add_console(text),
        }
    }
    Ok(errors)
}
