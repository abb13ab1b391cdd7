//! Goals: how far somebody has come towards something. Words are encrypted; figures and date stay readable.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::GOALS;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{archive, is_zero, update},
    shape::{changes, record},
};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "goals.create",
            Effect::Write,
            "Set a goal that can be counted: `progress` of `target`. Returns the goal.",
            create,
        )
        .titled("Set a goal"),
        ToolSpec::new("goals.list", Effect::Read, "List the goals of the space, the next date first.", list)
            .titled("List goals"),
        ToolSpec::new(
            "goals.update",
            Effect::Write,
            "Change a goal or say how far it has come. Only the fields that are given change.",
            update::<Update>(&GOALS, "goal"),
        )
        .titled("Change a goal"),
        ToolSpec::new(
            "goals.archive",
            Effect::Write,
            "Archive a goal, or bring it back with `archived: false`. Nothing is lost.",
            archive(&GOALS, "goal"),
        )
        .titled("Archive a goal"),
    ]
}

/// Beyond this nobody counts.
const MOST: u32 = 1_000_000;

record! {
    Goal from Create {
        /// What is to be reached.
        #[schemars(length(min = 1, max = 500))]
        title: String,
        /// Why, or how; null for nothing.
        #[serde(default)]
        #[schemars(length(max = 10_000))]
        description: Option<String>,
        /// What is counted, such as "Kilometer"; null for none.
        #[serde(default)]
        #[schemars(length(max = 40))]
        unit: Option<String>,
        /// How many it takes.
        #[schemars(range(min = 1, max = MOST))]
        target: u32,
        /// How many there are.
        #[serde(default)]
        #[schemars(range(max = MOST))]
        progress: u32,
        /// By when, as YYYY-MM-DD; null to leave it open.
        #[serde(default)]
        due_date: Option<NaiveDate>,
    } and {
        is_archived: bool,
    }
}

#[derive(Serialize, JsonSchema)]
struct One {
    goal: Goal,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let goal = Goal::created(input, &call);
    call.insert(&GOALS, &goal.id, &goal).await?;
    Ok(One { goal })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Whether to list archived goals too.
    #[serde(default)]
    include_archived: bool,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    goals: Vec<Goal>,
    /// Goals left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let found = call.read::<Goal>(&GOALS).await?;
    let mut goals = found.records;
    goals.retain(|goal| input.include_archived || !goal.is_archived);
    goals
        .sort_by_cached_key(|goal| (goal.due_date.unwrap_or(NaiveDate::MAX), goal.created_at.clone(), goal.id.clone()));
    Ok(Many { goals, unreadable: found.unreadable })
}

changes! {
    /// What is absent stays as it is; null takes a text or the date away.
    Update {
        /// Id of the goal, as the list gives it.
        id,
        /// What is to be reached.
        #[schemars(length(min = 1, max = 500))]
        title: String,
        /// Why, or how.
        #[schemars(length(max = 10_000))]
        description: Option<String>,
        /// How many it takes.
        #[schemars(range(min = 1, max = MOST))]
        target: u32,
        /// How many there are.
        #[schemars(range(max = MOST))]
        progress: u32,
        /// By when, as YYYY-MM-DD.
        due_date: Option<NaiveDate>,
    }
}
