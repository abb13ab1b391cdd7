//! The tools by module, one file each. A module's collection, and which of its fields are encrypted, is in
//! [`stack_api::collections`].

mod articles;
mod calendar;
mod contacts;
mod goals;
mod habits;
mod invoices;
mod journal;
mod mood;
mod notes;
mod spaces;
mod todo;

use crate::ToolSpec;

/// Every tool, in the order in which agents see them.
#[must_use]
pub fn all() -> Vec<ToolSpec> {
    [
        habits::tools(),
        spaces::tools(),
        todo::tools(),
        notes::tools(),
        journal::tools(),
        calendar::tools(),
        contacts::tools(),
        mood::tools(),
        articles::tools(),
        goals::tools(),
        invoices::tools(),
    ]
    .concat()
}
