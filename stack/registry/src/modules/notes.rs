//! Markdown notes. Title and content are encrypted, so searching happens here, on what the caller's key opens.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::NOTES;

use crate::{Effect, Fault, ToolContext, ToolSpec, records::is_zero, shape::record};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new("notes.create", Effect::Write, "Write a note in Markdown. Returns the note.", create)
            .titled("Write a note"),
        ToolSpec::new(
            "notes.search",
            Effect::Read,
            "Find notes whose title or content holds the query, whatever its case; newest first. An empty query finds all.",
            search,
        )
        .titled("Search notes"),
    ]
}

record! {
    Note from Create {
        /// Title of the note.
        #[schemars(length(min = 1, max = 500))]
        title: String,
        /// The note itself, in Markdown.
        #[serde(default)]
        #[schemars(length(max = 200_000))]
        content: String,
        /// Colour as #rrggbb; null for none.
        #[serde(default)]
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        color: Option<String>,
        /// Whether to keep it above the others.
        #[serde(default)]
        is_pinned: bool,
    } and {
        is_archived: bool,
    }
}

#[derive(Serialize, JsonSchema)]
struct One {
    note: Note,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let note = Note::created(input, &call);
    call.insert(&NOTES, &note.id, &note).await?;
    Ok(One { note })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    /// What to look for.
    #[serde(default)]
    #[schemars(length(max = 500))]
    query: String,
    /// Whether to look in archived notes too.
    #[serde(default)]
    include_archived: bool,
    /// How many notes at most.
    #[serde(default = "twenty")]
    #[schemars(range(min = 1, max = 100))]
    limit: usize,
}

fn twenty() -> usize {
    20
}

#[derive(Serialize, JsonSchema)]
struct Many {
    notes: Vec<Note>,
    /// Notes left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn search(input: Search, call: ToolContext) -> Result<Many, Fault> {
    let query = input.query.trim().to_lowercase();
    let found = call.read::<Note>(&NOTES).await?;
    let mut notes = found.records;
    notes.retain(|note| {
        let holds = |text: &str| text.to_lowercase().contains(&query);
        (input.include_archived || !note.is_archived) && (holds(&note.title) || holds(&note.content))
    });
    notes.sort_by(|a, b| (&b.created_at, &a.id).cmp(&(&a.created_at, &b.id)));
    notes.truncate(input.limit);
    Ok(Many { notes, unreadable: found.unreadable })
}
