//! What is done on a page, in words: the parts of a page are named by their test ids.

use harness_run::Action;

/// The selector of a part of a page.
pub(crate) fn the(part: &str) -> String {
    format!("[data-testid=\"{part}\"]")
}

/// Clicks the first of these.
pub(crate) fn press(part: &str) -> Action {
    Action::Click(the(part))
}

/// Writes into a field.
pub(crate) fn write(text: &str, into: &str) -> Action {
    Action::Type { into: the(into), text: text.to_owned() }
}

/// Presses Enter in a field.
pub(crate) fn enter(into: &str) -> Action {
    Action::Press { key: "Enter".to_owned(), on: the(into) }
}

/// Waits until one of these can be seen.
pub(crate) fn see(part: &str) -> Action {
    Action::WaitFor(the(part))
}

/// Waits until one of these is checked.
pub(crate) fn see_checked(part: &str) -> Action {
    Action::WaitFor(format!("{}[aria-checked=\"true\"]", the(part)))
}

/// Waits until one of these says something.
pub(crate) fn see_words_in(part: &str) -> Action {
    Action::WaitFor(format!("{}:not(:empty)", the(part)))
}
