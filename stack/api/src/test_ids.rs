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
/// The field for a new task.
pub const ADD_TASK: &str = "add-task";
/// A task's title, which leads to all about it.
pub const TASK_LINK: &str = "task-link";
/// All about one task.
pub const TASK_DETAIL: &str = "task-detail";
/// The circle that completes a task or opens it again.
pub const COMPLETE: &str = "complete";
/// A note's title, which leads to the whole of it.
pub const NOTE_LINK: &str = "note-link";
/// The whole of one note.
pub const NOTE_DETAIL: &str = "note-detail";
/// The field for searching notes.
pub const NOTES_SEARCH: &str = "notes-search";
/// The way to a new diary entry.
pub const WRITE_ENTRY: &str = "write-entry";
/// The field for a diary entry's title.
pub const ENTRY_TITLE: &str = "entry-title";
/// The field for a diary entry's text.
pub const ENTRY_TEXT: &str = "entry-text";
/// One mood to choose for a diary entry.
pub const ENTRY_MOOD: &str = "entry-mood";
/// The button that keeps a diary entry.
pub const SAVE_ENTRY: &str = "save-entry";
/// The field for a new habit.
pub const ADD_HABIT: &str = "add-habit";
/// The button that archives a habit or brings it back.
pub const ARCHIVE_HABIT: &str = "archive-habit";
/// One archived habit.
pub const ARCHIVED_HABIT: &str = "archived-habit";
/// One space that the user belongs to.
pub const SPACE: &str = "space";
/// The form with which somebody is invited into a space; for those who may.
pub const INVITE: &str = "invite";
/// The way to a page for administrators alone.
pub const ADMINISTRATION: &str = "administration";
/// The sign-in form's field for the e-mail.
pub const EMAIL: &str = "email";
/// The sign-in form's field for the password.
pub const PASSWORD: &str = "password";
/// The sign-in form's button.
pub const SUBMIT: &str = "submit";
/// What is said while the services are out of reach.
pub const OFFLINE: &str = "offline";
/// The page that is shown when the app cannot start.
pub const TROUBLE: &str = "trouble";
