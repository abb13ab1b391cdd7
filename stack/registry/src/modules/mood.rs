//! How somebody feels, in one tap. The note is encrypted; level, energy and tags stay readable, for statistics.

use chrono::{DateTime, Datelike, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::MOOD;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    context::timestamp,
    records::{archive, fifty, is_zero, update},
    shape::{changes, record},
};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "mood.create",
            Effect::Write,
            "Record a mood from 1 (very bad) to 5 (very good), now unless `feltAt` says otherwise. Returns the mood.",
            create,
        )
        .titled("Record a mood"),
        ToolSpec::new("mood.list", Effect::Read, "List the moods of the space, newest first.", list)
            .titled("List moods"),
        ToolSpec::new(
            "mood.update",
            Effect::Write,
            "Change a mood. Only the fields that are given change.",
            update::<Update>(&MOOD, "mood"),
        )
        .titled("Change a mood"),
        ToolSpec::new(
            "mood.archive",
            Effect::Write,
            "Archive a mood, or bring it back with `archived: false`. Nothing is lost.",
            archive(&MOOD, "mood"),
        )
        .titled("Archive a mood"),
    ]
}

record! {
    Mood {
        level: u8,
        energy: Option<u8>,
        note: Option<String>,
        tags: Vec<String>,
        felt_at: String,
        is_archived: bool,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// From 1 (very bad) to 5 (very good).
    #[schemars(range(min = 1, max = 5))]
    level: u8,
    /// From 1 (exhausted) to 5 (full of energy); null to leave it open.
    #[serde(default)]
    #[schemars(range(min = 1, max = 5))]
    energy: Option<u8>,
    /// Why, in a sentence or two; null for nothing.
    #[serde(default)]
    #[schemars(length(max = 2_000))]
    note: Option<String>,
    /// Words for what it hangs on, such as "Schlaf".
    #[serde(default)]
    #[schemars(length(max = 10), inner(length(min = 1, max = 40)))]
    tags: Vec<String>,
    /// When it was felt: RFC 3339; now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DateTime<Utc>")]
    felt_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, JsonSchema)]
struct One {
    mood: Mood,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let felt_at = input.felt_at.unwrap_or(call.now);
    if !(0..=9999).contains(&felt_at.year()) {
        return Err(Fault::argument("feltAt", "lies outside the years 0000 to 9999 in UTC"));
    }
    let mood = Mood {
        level: input.level,
        energy: input.energy,
        note: input.note,
        tags: input.tags,
        felt_at: timestamp(felt_at),
        ..Mood::begun(&call)
    };
    call.insert(&MOOD, &mood.id, &mood).await?;
    Ok(One { mood })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Only what was felt at this time or later; null for no such limit.
    #[serde(default)]
    from: Option<DateTime<Utc>>,
    /// Whether to list archived moods too.
    #[serde(default)]
    include_archived: bool,
    /// How many moods at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 500))]
    limit: usize,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    moods: Vec<Mood>,
    /// Moods left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let found = call.read::<Mood>(&MOOD).await?;
    let mut moods = found.records;
    let moment = |mood: &Mood| mood.felt_at.parse::<DateTime<Utc>>().ok();
    moods.retain(|mood| {
        let after = input.from.is_none_or(|from| moment(mood).is_some_and(|felt| felt >= from));
        after && (input.include_archived || !mood.is_archived)
    });
    moods.sort_by(|a, b| (moment(b), &a.id).cmp(&(moment(a), &b.id)));
    moods.truncate(input.limit);
    Ok(Many { moods, unreadable: found.unreadable })
}

changes! {
    /// What is absent stays as it is; a null energy or note takes it away.
    Update {
        /// Id of the mood, as the list gives it.
        id,
        /// From 1 (very bad) to 5 (very good).
        #[schemars(range(min = 1, max = 5))]
        level: u8,
        /// From 1 (exhausted) to 5 (full of energy).
        #[schemars(range(min = 1, max = 5))]
        energy: Option<u8>,
        /// Why.
        #[schemars(length(max = 2_000))]
        note: Option<String>,
        /// Words for what it hangs on; replaces those there are.
        #[schemars(length(max = 10), inner(length(min = 1, max = 40)))]
        tags: Vec<String>,
    }
}
