//! The collections that modules keep in sync, and which of their fields are encrypted.
//!
//! One table for tools, pages and tests: a field encrypted by one writer and not by another would be a leak.

use serde::Serialize;

/// A collection: where it lives in sync and what of it only its owner may read.
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

/// Every collection.
pub const ALL: &[Collection] = &[TODO, NOTES, JOURNAL, HABITS];
