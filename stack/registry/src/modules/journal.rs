//! The diary. Title and content are encrypted; mood, tags and date stay readable, for statistics.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::JOURNAL;

use crate::{Effect, Fault, ToolContext, ToolSpec};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "journal.add",
            Effect::Write,
            "Write a diary entry, dated today unless `entryDate` says otherwise. Returns the entry.",
            add,
        )
        .titled("Write a diary entry"),
    ]
}

// In German, as the people who write the diary speak.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mood {
    Dankbar,
    #[serde(rename = "glücklich")]
    Gluecklich,
    Zufrieden,
    Neutral,
    Nachdenklich,
    Traurig,
    Gestresst,
    #[serde(rename = "wütend")]
    Wuetend,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    title: Option<String>,
    content: String,
    entry_date: NaiveDate,
    mood: Option<Mood>,
    tags: Vec<String>,
    word_count: usize,
    is_pinned: bool,
    is_favorite: bool,
    is_archived: bool,
    created_at: String,
    updated_at: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Add {
    /// Title of the entry; null for none.
    #[serde(default)]
    #[schemars(length(max = 500))]
    title: Option<String>,
    /// The entry itself.
    #[schemars(length(min = 1, max = 200_000))]
    content: String,
    /// The day it tells of, as YYYY-MM-DD; today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "NaiveDate")]
    entry_date: Option<NaiveDate>,
    /// How the writer felt; null to leave it open.
    #[serde(default)]
    mood: Option<Mood>,
    /// Words to find it by.
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct One {
    entry: Entry,
}

async fn add(input: Add, call: ToolContext) -> Result<One, Fault> {
    let now = call.timestamp();
    let entry = Entry {
        id: uuid::Uuid::new_v4().to_string(),
        title: input.title,
        word_count: input.content.split_whitespace().count(),
        content: input.content,
        entry_date: input.entry_date.unwrap_or_else(|| call.now.date_naive()),
        mood: input.mood,
        tags: input.tags,
        is_pinned: false,
        is_favorite: false,
        is_archived: false,
        created_at: now.clone(),
        updated_at: now,
    };
    call.insert(&JOURNAL, &entry.id, &entry).await?;
    Ok(One { entry })
}
