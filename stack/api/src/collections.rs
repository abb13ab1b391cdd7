//! The collections that modules keep in sync, and which of their fields are encrypted.
//!
//! One table for tools, pages and tests: a field encrypted by one writer and not by another would be a leak.

use serde::Serialize;

/// A collection: where it lives in sync, and what of it only its owner may read, or the members of its space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection {
    /// Module name: the part of a tool's name before the dot, and the page's path.
    pub module: &'static str,
    /// `appId` of the sync routes.
    pub app_id: &'static str,
    /// `table` of the changes.
    pub table: &'static str,
    /// Fields that travel as `enc:1:` text.
    pub encrypted_fields: &'static [&'static str],
}

/// Tasks.
pub const TODO: Collection = Collection {
    module: "todo",
    app_id: "todo",
    table: "tasks",
    encrypted_fields: &["title", "description", "subtasks", "metadata"],
};
/// Markdown notes.
pub const NOTES: Collection =
    Collection { module: "notes", app_id: "notes", table: "notes", encrypted_fields: &["title", "content"] };
/// Diary entries.
pub const JOURNAL: Collection = Collection {
    module: "journal",
    app_id: "journal",
    table: "journalEntries",
    encrypted_fields: &["title", "content"],
};
/// Habits; plain text.
pub const HABITS: Collection =
    Collection { module: "habits", app_id: "habits", table: "habits", encrypted_fields: &[] };
/// Appointments. When they are stays readable, so that a calendar can be cut into weeks.
pub const CALENDAR: Collection = Collection {
    module: "calendar",
    app_id: "calendar",
    table: "events",
    encrypted_fields: &["title", "description", "location"],
};
/// People: everything about them is theirs.
pub const CONTACTS: Collection = Collection {
    module: "contacts",
    app_id: "contacts",
    table: "contacts",
    encrypted_fields: &["name", "company", "role", "email", "phone", "note"],
};
/// Moods. Level, energy and tags stay readable, for statistics.
pub const MOOD: Collection =
    Collection { module: "mood", app_id: "mood", table: "moodEntries", encrypted_fields: &["note"] };
/// Articles to read; how far they were read stays readable.
pub const ARTICLES: Collection = Collection {
    module: "articles",
    app_id: "articles",
    table: "articles",
    encrypted_fields: &["title", "url", "source", "summary", "note"],
};
/// Goals; figures and dates stay readable.
pub const GOALS: Collection = Collection {
    module: "goals",
    app_id: "goals",
    table: "goals",
    encrypted_fields: &["title", "description", "unit"],
};
/// Invoices. Who owes what is encrypted; status and dates stay readable.
pub const INVOICES: Collection = Collection {
    module: "invoices",
    app_id: "invoices",
    table: "invoices",
    encrypted_fields: &["number", "client", "subject", "lines", "taxPercent", "note"],
};

/// Every collection.
pub const ALL: &[Collection] = &[TODO, NOTES, JOURNAL, HABITS, CALENDAR, CONTACTS, MOOD, ARTICLES, GOALS, INVOICES];
