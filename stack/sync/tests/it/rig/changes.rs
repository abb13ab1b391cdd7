//! Changes that people make, and what is read off the answers.

use serde_json::{Value, json};

/// An insert of a task.
pub(crate) fn task(id: &str, title: &str) -> Value {
    json!({"table": "tasks", "id": id, "op": "insert", "data": {"title": title, "updatedAt": "2026-01-01T00:00:00.000Z"}})
}

/// The same change in a space.
pub(crate) fn in_space(space: &str, mut change: Value) -> Value {
    change["spaceId"] = json!(space);
    change
}

/// A new title, at a time.
pub(crate) fn retitle(id: &str, title: &str, at: &str) -> Value {
    json!({"table": "tasks", "id": id, "op": "update", "fields": {"title": {"value": title, "at": at}}})
}

/// A deletion, at a time.
pub(crate) fn delete(id: &str, at: &str) -> Value {
    json!({"table": "tasks", "id": id, "op": "delete", "deletedAt": at})
}

/// The record ids of a list of changes or records.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// The titles of records.
pub(crate) fn titles(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["data"]["title"].as_str().unwrap()).collect()
}
