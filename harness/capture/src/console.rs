//! The browser's words about a page: errors in its console, and requests that failed.

use harness_model::PageErrors;
use serde_json::Value;

/// What a log as ChromeDriver keeps it holds of errors.
pub(crate) fn of_log(log: &Value) -> PageErrors {
    let mut errors = PageErrors::default();
    for entry in log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE") {
        let Some(text) = entry["message"].as_str() else { continue };
        add(&mut errors, entry["source"] == "network", text);
    }
    errors
}

fn add(errors: &mut PageErrors, of_network: bool, text: &str) {
    if !of_network {
        errors.add_console(text);
    } else if !text.contains("/favicon.ico - ") {
        // The icon of a tab that nobody sees is the browser's own wish, not the page's.
        errors.add_failed_request(text);
    }
}
