//! What a page is made of, for whoever is to say how it is pictured: where its links lead, what each element shows, and how
//! an element can be named.

use serde::Deserialize;

use crate::{
    CaptureError,
    line::{COMMAND_LIMIT, Line},
};

/// A page as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Survey {
    /// Where it is.
    pub url: String,
    /// Its media type.
    pub kind: String,
    /// The language that it says it is in; empty where it says none.
    pub language: String,
    /// The addresses that its visible links lead to, in the order of the page.
    pub links: Vec<String>,
    /// Its visible elements, those of same-origin frames and open shadow roots too.
    pub elements: Vec<Seen>,
    /// A selector of an element that says it is busy no more.
    pub calm: Option<String>,
    /// Where somebody can log in.
    pub log_in: Option<LogInForm>,
}

/// A visible element.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seen {
    /// A CSS selector that matches it alone; for one in a shadow root that of its host.
    pub selector: String,
    /// A selector of its kind.
    pub family: Option<String>,
    /// How many elements the page has of this kind.
    pub kin: u32,
    /// Stands for what it shows: text, picture, style.
    pub shows: u32,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// How its own text begins.
    pub text: String,
    /// Whether it says what time it is, by its tag or by its text.
    pub tells_time: bool,
}

/// A form with a password, by selectors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LogInForm {
    /// The field before the password.
    pub user: Option<String>,
    /// The password.
    pub password: String,
    /// What sends it.
    pub submit: Option<String>,
}

/// Looks through the page that is open; `None` when it makes way for another meanwhile.
pub(crate) async fn take(line: &Line) -> Result<Option<Survey>, CaptureError> {
    line.evaluate(&format!("({})()", include_str!("survey.js")), "surveying the page", COMMAND_LIMIT).await
}
