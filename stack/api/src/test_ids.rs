//! `data-testid` values of the pages, for flows that wait for or look at an element.

/// Text that names the present moment: clocks and relative times. Masked in every picture.
pub const LIVE_TIME: &str = "live-time";
/// The page's main region; carries `data-ready="true"` once its content is decrypted and drawn.
pub const PAGE: &str = "page";
/// The greeting on the home page.
pub const GREETING: &str = "greeting";
/// One card on the home page.
pub const CARD: &str = "card";
/// One task.
pub const TASK: &str = "task";
/// One note.
pub const NOTE: &str = "note";
/// One diary entry.
pub const JOURNAL_ENTRY: &str = "journal-entry";
/// One habit.
pub const HABIT: &str = "habit";
/// One appointment.
pub const EVENT: &str = "event";
/// One person.
pub const CONTACT: &str = "contact";
/// One mood.
pub const MOOD: &str = "mood";
/// One article.
pub const ARTICLE: &str = "article";
/// One goal.
pub const GOAL: &str = "goal";
/// One invoice.
pub const INVOICE: &str = "invoice";
/// One persona, on the page for administrators.
pub const PERSONA: &str = "persona";
/// The text shown where a list is empty.
pub const EMPTY: &str = "empty";
/// The sign-in form.
pub const SIGN_IN: &str = "sign-in";
/// The sign-in form's error line.
pub const SIGN_IN_ERROR: &str = "sign-in-error";
