//! Habits: what somebody wants to do again and again. Plain text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::HABITS;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{archive, update},
    schema::SAFE_INTEGER_MAX,
    shape::{changes, record},
};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new(
            "habits.create",
            Effect::Write,
            "Create a habit, such as \"Meditate\" or \"Run\". Returns the habit.",
            create,
        )
        .titled("Create a habit"),
        ToolSpec::new(
            "habits.list",
            Effect::Read,
            "List the habits of the space in their order; archived ones only when asked for.",
            list,
        )
        .titled("List habits"),
        ToolSpec::new(
            "habits.update",
            Effect::Write,
            "Change a habit. Only the fields that are given change.",
            update::<Update>(&HABITS, "habit"),
        )
        .titled("Change a habit"),
        ToolSpec::new(
            "habits.archive",
            Effect::Write,
            "Archive a habit, or bring it back with `archived: false`. Nothing is lost.",
            archive(&HABITS, "habit"),
        )
        .titled("Archive a habit"),
    ]
}

record! {
    Habit from Create {
        /// What to do.
        #[schemars(length(min = 1, max = 120))]
        title: String,
        /// Name of the icon.
        #[serde(default = "star")]
        #[schemars(length(min = 1, max = 40))]
        icon: String,
        /// Colour as #rrggbb.
        #[serde(default = "indigo")]
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        color: String,
        /// How often a day; null where there is no such goal.
        #[serde(default)]
        #[schemars(range(min = 1, max = SAFE_INTEGER_MAX))]
        target_per_day: Option<i64>,
        /// How long once usually takes; null where that does not matter.
        #[serde(default)]
        #[schemars(range(min = 1, max = SAFE_INTEGER_MAX))]
        default_duration: Option<i64>,
    } and {
        order: i64,
        is_archived: bool,
    }
}

fn star() -> String {
    "star".to_owned()
}

fn indigo() -> String {
    "#6366f1".to_owned()
}

#[derive(Serialize, JsonSchema)]
struct One {
    habit: Habit,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    let order = call.count(&HABITS).await?;
    let habit = Habit { order: i64::try_from(order).unwrap_or(i64::MAX), ..Habit::created(input, &call) };
    call.insert(&HABITS, &habit.id, &habit).await?;
    Ok(One { habit })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Whether to list archived habits too.
    #[serde(default)]
    include_archived: bool,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    habits: Vec<Habit>,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let mut habits = call.read::<Habit>(&HABITS).await?.records;
    habits.retain(|habit| input.include_archived || !habit.is_archived);
    habits.sort_by(|a, b| (a.order, &a.created_at, &a.id).cmp(&(b.order, &b.created_at, &b.id)));
    Ok(Many { habits })
}

changes! {
    /// What is absent stays as it is; a null target or duration takes it away.
    Update {
        /// Id of the habit, as the list gives it.
        id,
        /// What to do.
        #[schemars(length(min = 1, max = 120))]
        title: String,
        /// Name of the icon.
        #[schemars(length(min = 1, max = 40))]
        icon: String,
        /// Colour as #rrggbb.
        #[schemars(regex(pattern = "^#[0-9a-fA-F]{6}$"))]
        color: String,
        /// How often a day; null takes the goal away.
        #[schemars(range(min = 1, max = SAFE_INTEGER_MAX))]
        target_per_day: Option<i64>,
        /// How long once usually takes; null takes it away.
        #[schemars(range(min = 1, max = SAFE_INTEGER_MAX))]
        default_duration: Option<i64>,
    }
}
