//! Tasks. Title, description, subtasks and metadata are encrypted.

use chrono::{DateTime, Datelike, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stack_api::collections::TODO;

use crate::{
    Effect, Fault, ToolContext, ToolSpec,
    context::timestamp,
    records::{DONE, Done, fifty, is_zero},
    shape::record,
};

pub(super) fn tools() -> Vec<ToolSpec> {
    vec![
        ToolSpec::new("todo.create", Effect::Write, "Create a task. Returns the task.", create).titled("Create a task"),
        ToolSpec::new(
            "todo.list",
            Effect::Read,
            "List the tasks of the space in their order; completed ones only when asked for.",
            list,
        )
        .titled("List tasks"),
        ToolSpec::new(
            "todo.complete",
            Effect::Write,
            "Mark a task as completed. Doing so again changes nothing.",
            complete,
        )
        .titled("Complete a task"),
    ]
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Priority {
    Low,
    #[default]
    Medium,
    High,
    Urgent,
}

record! {
    Task {
        title: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        priority: Priority,
        is_completed: bool,
        completed_at: Option<String>,
        due_date: Option<String>,
        order: i64,
        subtasks: Option<Vec<Value>>,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Create {
    /// What to do.
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = 10_000))]
    description: Option<String>,
    /// How much it matters.
    #[serde(default)]
    priority: Priority,
    /// When it must be done: RFC 3339, such as 2026-11-20T17:00:00Z; null where that is open.
    #[serde(default)]
    due_date: Option<DateTime<Utc>>,
}

#[derive(Serialize, JsonSchema)]
struct One {
    task: Task,
}

async fn create(input: Create, call: ToolContext) -> Result<One, Fault> {
    if input.due_date.is_some_and(|due| !(0..=9999).contains(&due.year())) {
        return Err(Fault::argument("dueDate", "lies outside the years 0000 to 9999 in UTC"));
    }
    let order = call.count(&TODO).await?;
    let task = Task {
        title: input.title,
        description: input.description,
        priority: input.priority,
        due_date: input.due_date.map(timestamp),
        order: i64::try_from(order).unwrap_or(i64::MAX),
        ..Task::begun(&call)
    };
    call.insert(&TODO, &task.id, &task).await?;
    Ok(One { task })
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct List {
    /// Whether to list completed tasks too.
    #[serde(default)]
    include_completed: bool,
    /// How many tasks at most.
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 500))]
    limit: usize,
}

#[derive(Serialize, JsonSchema)]
struct Many {
    tasks: Vec<Task>,
    /// Tasks left out because the caller's key does not open them.
    #[serde(default, skip_serializing_if = "is_zero")]
    unreadable: usize,
}

async fn list(input: List, call: ToolContext) -> Result<Many, Fault> {
    let found = call.read::<Task>(&TODO).await?;
    let mut tasks = found.records;
    tasks.retain(|task| input.include_completed || !task.is_completed);
    tasks.sort_by(|a, b| (a.order, &a.created_at, &a.id).cmp(&(b.order, &b.created_at, &b.id)));
    tasks.truncate(input.limit);
    Ok(Many { tasks, unreadable: found.unreadable })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Complete {
    /// Id of the task, as the list gives it.
    #[schemars(with = "uuid::Uuid")]
    id: String,
}

async fn complete(input: Complete, call: ToolContext) -> Result<Done, Fault> {
    let task = call.find(&TODO, "task", &input.id).await?;
    if task.data.get("isCompleted").is_some_and(|raw| raw.get() == "true") {
        return Ok(DONE);
    }
    let fields = [("isCompleted", json!(true)), ("completedAt", json!(call.timestamp()))];
    let fields: Map<_, _> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    call.set(&TODO, &task, fields).await?;
    Ok(DONE)
}
