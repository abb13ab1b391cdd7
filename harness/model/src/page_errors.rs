//! What a page complained of while it was pictured: errors in its console, requests that failed.
//!
//! Bounded, whatever the page writes: each text is kept once with how often it came, texts are cut, and what is beyond
//! the first kinds is counted.

use serde::{Deserialize, Serialize};

/// Different texts that are kept of the console, and as many of the requests.
const KINDS: usize = 20;
/// Characters that are kept of a text.
const TEXT: usize = 500;

/// The errors of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageErrors {
    /// What stood in the browser's console as an error, uncaught ones too.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub console: Vec<PageError>,
    /// Requests that got no answer, or one that says error.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub failed_requests: Vec<PageError>,
    /// How many more there were of other texts.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub left_out: u64,
}

/// One text, however often it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageError {
    /// The browser's words; long ones are cut, with an ellipsis at the end.
    pub text: String,
    /// How often they came.
    pub times: u32,
}

impl PageErrors {
    /// Whether the page complained of nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.console.is_empty() && self.failed_requests.is_empty() && self.left_out == 0
    }

    /// Adds an error of the console.
    pub fn add_console(&mut self, text: &str) {
        self.left_out += add(&mut self.console, text);
    }

    /// Adds a request that failed.
    pub fn add_failed_request(&mut self, text: &str) {
        self.left_out += add(&mut self.failed_requests, text);
    }
}

/// Adds a text, or tells that one had to be left out.
fn add(errors: &mut Vec<PageError>, text: &str) -> u64 {
    let text = cut(text);
    if let Some(known) = errors.iter_mut().find(|known| known.text == text) {
        known.times = known.times.saturating_add(1);
        return 0;
    }
    if errors.len() == KINDS {
        return 1;
    }
    errors.push(PageError { text, times: 1 });
    0
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_bounded_and_counted() {
        let mut errors = PageErrors::default();
        assert!(errors.is_empty());
        for n in 0..1000 {
            errors.add_console("again");
            errors.add_console(&format!("{n} {}", "ä".repeat(5_000)));
        }
        errors.add_failed_request("GET / 500");
        assert_eq!(errors.console.len(), KINDS);
        assert_eq!((errors.console[0].text.as_str(), errors.console[0].times), ("again", 1000));
        assert!(errors.console.iter().all(|error| error.text.chars().count() <= TEXT + 1));
        assert!(errors.console[1].text.ends_with("ä…"));
        assert_eq!((errors.failed_requests.len(), errors.left_out), (1, 1000 - (KINDS as u64 - 1)));
        assert!(serde_json::to_string(&errors).unwrap().len() < 50_000);
    }

    #[test]
    fn what_is_not_there_is_not_written() {
        assert_eq!(serde_json::to_string(&PageErrors::default()).unwrap(), "{}");
        let mut errors = PageErrors::default();
        errors.add_console("oh");
        let text = serde_json::to_string(&errors).unwrap();
        assert_eq!(text, r#"{"console":[{"text":"oh","times":1}]}"#);
        assert_eq!(serde_json::from_str::<PageErrors>(&text).unwrap(), errors);
    }
}
