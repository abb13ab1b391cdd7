//! What is done on a page before it is pictured: a click, a text, a key, a wait, the loss of the network.
//!
//! Each action begins when the page is at rest, so that whatever listens is there, and waits for its element as long as
//! the page may take to settle. Clicks are the page's own (`element.click()`), so that no pointer hovers over the picture;
//! text comes from the browser as typed.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use crate::{CaptureError, keys::Key, line::Line, network};

/// How much longer than its budget the page may take to answer.
const GRACE: Duration = Duration::from_secs(10);

/// One thing done on a page. Elements are named by CSS selectors; the first visible match counts.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// Clicks an element.
    Click(String),
    /// Puts a text into a field, in place of what is in it. The text may be a secret and is not printed.
    Type {
        /// The field.
        into: String,
        /// The text.
        text: String,
    },
    /// Gives an element the focus and presses a key there: `Enter`, `Escape`, `Tab`, `ArrowDown` …
    Press {
        /// The key.
        key: String,
        /// The element.
        on: String,
    },
    /// Waits until an element can be seen.
    WaitFor(String),
    /// Loses the network: from here on nothing answers, and the page is told so. It is back for the next picture.
    GoOffline,
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Click(selector) => write!(f, "click {selector}"),
            Self::Type { into, .. } => write!(f, "type into {into}"),
            Self::Press { key, on } => write!(f, "press {key} on {on}"),
            Self::WaitFor(selector) => write!(f, "wait for {selector}"),
            Self::GoOffline => write!(f, "go offline"),
        }
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Action({self})")
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done,
    Missing,
    Invalid,
}

/// Does it on the page that is open.
pub(crate) async fn perform(line: &Line, action: &Action, url: &str, deadline: Instant) -> Result<(), CaptureError> {
    let failed =
        |why: &str| CaptureError::Action { action: action.to_string(), url: url.to_owned(), why: why.to_owned() };
    let (deed, selector) = match action {
        Action::Click(selector) => ("click", selector),
        Action::Type { into, .. } => ("focus", into),
        Action::Press { on, .. } => ("focus", on),
        Action::WaitFor(selector) => ("wait", selector),
        Action::GoOffline => return network::take_away(line).await,
    };
    loop {
        let budget = deadline.saturating_duration_since(Instant::now());
        let options = json!({ "deed": deed, "selector": selector, "budget": budget.as_millis() as u64 });
        let script = format!("({})({options})", include_str!("actions.js"));
        match line.evaluate::<Answer>(&script, &action.to_string(), budget + GRACE).await? {
            Some(Answer::Done) => break,
            // The click has led to another page, before it could answer.
            None if deed == "click" => break,
            None if budget.is_zero() => return Err(failed("the page is replaced again and again")),
            None => {}
            Some(Answer::Missing) => return Err(failed("no such element can be seen")),
            Some(Answer::Invalid) => return Err(failed("it is no CSS selector")),
        }
    }
    match action {
        Action::Type { text, .. } => line.type_text(text).await,
        Action::Press { key, .. } => {
            let unknown = || failed(&format!("no such key is known here; those are {}", Key::names()));
            line.press(Key::named(key).ok_or_else(unknown)?).await
        }
        Action::Click(_) | Action::WaitFor(_) | Action::GoOffline => Ok(()),
    }
}
