//! Habits: what somebody wants to do again and again. Plain text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stack_api::collections::HABITS;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    records::{Archive, Done, lenient, present},
    schema::SAFE_INTEGER_MAX,
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
        ToolSpec::new("habits.update", Effect::Write, "Change a habit. Only the fields that are given change.", update)
            .titled("Change a habit"),
        ToolSpec::new(
            "habits.archive",
            Effect::Write,
            "Archive a habit, or bring it back with `archived: false`. Nothing is lost.",
            archive,
        )
        .titled("Archive a habit"),
    ]
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Habit {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    title: String,
    #[serde(default, deserialize_with = "lenient")]
    icon: String,
    #[serde(default, deserialize_with = "lenient")]
    color: String,
    #[serde(default, deserialize_with = "lenient")]
    target_per_day: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    default_duration: Option<i64>,
    #[serde(default, deserialize_with = "lenient")]
    order: i64,
    #[serde(default, deserialize_with = "lenient")]
    is_archived: bool,
    #[serde(default, deserialize_with = "lenient")]
    created_at: String,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
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
    let now = call.timestamp();
    let habit = Habit {
        id: uuid::Uuid::new_v4().to_string(),
        title: input.title,
        icon: input.icon,
        color: input.color,
        target_per_day: input.target_per_day,
        default_duration: input.default_duration,
        order: i64::try_from(order).unwrap_or(i64::MAX),
        is_archived: false,
        created_at: now.clone(),
        updated_at: now,
    };
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

/// What is absent stays as it is; a null target or duration takes it away.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Update {
    /// Id of the habit, as the list gives it.
    #[serde(skip_serializing)]
    #[schemars(with = "uuid::Uuid")]
    id: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = 120))]
    title: Option<String>,
    /// Name of the icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = 40))]
    icon: Option<String>,
    /// Colour as #rrggbb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", regex(pattern = "^#[0-9a-fA-F]{6}$"))]
    color: Option<String>,
    /// How often a day; null takes the goal away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<i64>", range(min = 1, max = SAFE_INTEGER_MAX))]
    target_per_day: Option<Option<i64>>,
    /// How long once usually takes; null takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schemars(with = "Option<i64>", range(min = 1, max = SAFE_INTEGER_MAX))]
    default_duration: Option<Option<i64>>,
}

async fn update(input: Update, call: ToolContext) -> Result<Done, Fault> {
    call.update(&HABITS, "habit", &input.id, &input).await
}

async fn archive(input: Archive, call: ToolContext) -> Result<Done, Fault> {
    call.archive(&HABITS, "habit", input).await
}
