//! What a day's answers told: the records that tools listed and made.

use serde_json::{Map, Value};

use super::Exchange;

/// A record as a tool gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: String,
    /// What a person knows it by; empty when the tool gave nothing of the kind.
    pub(crate) title: String,
}

/// What a tool listed today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listed {
    /// It was not asked yet.
    NotAsked,
    /// It was asked and failed.
    Unknown,
    /// These.
    Records(Vec<Found>),
}

/// What `tool` answered, the last time it was asked.
pub(crate) fn listed(so_far: &[Exchange], tool: &str) -> Listed {
    match so_far.iter().rev().find(|exchange| exchange.call.tool == tool) {
        None => Listed::NotAsked,
        Some(Exchange { result: Err(_), .. }) => Listed::Unknown,
        Some(Exchange { result: Ok(answer), .. }) => Listed::Records(records(answer)),
    }
}

/// What `tool` made today. A call that failed made nothing.
pub(crate) fn made(so_far: &[Exchange], tool: &str) -> Vec<Found> {
    let calls = so_far.iter().filter(|exchange| exchange.call.tool == tool);
    calls.filter_map(|exchange| records(exchange.result.as_ref().ok()?).into_iter().next()).collect()
}

/// The records in an answer, whatever the answer wraps them in. A record does not lie within a record.
fn records(answer: &Value) -> Vec<Found> {
    match answer {
        Value::Array(values) => values.iter().flat_map(records).collect(),
        Value::Object(map) => match map.get("id").and_then(Value::as_str) {
            Some(id) => {
                let title = title_of(map).unwrap_or_default();
                vec![Found { id: id.to_owned(), title: title.to_owned() }]
            }
            None => map.values().flat_map(records).collect(),
        },
        _ => Vec::new(),
    }
}

/// The field that a person knows a record by: a title, where it has one.
pub(crate) fn title_of(record: &Map<String, Value>) -> Option<&str> {
    ["title", "name", "number", "note"].into_iter().find_map(|field| record.get(field)?.as_str())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::player::ToolCall;

    fn exchange(tool: &str, result: Result<Value, String>) -> Exchange {
        let call = ToolCall::new(tool, serde_json::Map::new());
        Exchange { call, result, latency: Duration::ZERO }
    }

    #[test]
    fn records_are_found_in_every_wrapping() {
        let record = json!({ "id": "1", "title": "Brot", "subtasks": [{ "id": "2", "title": "Mehl" }] });
        let expected = Listed::Records(vec![Found { id: "1".into(), title: "Brot".into() }]);
        for answer in [json!([record]), json!({ "tasks": [record] }), json!({ "task": record, "count": 1 }), record] {
            assert_eq!(listed(&[exchange("todo.list", Ok(answer))], "todo.list"), expected);
        }
        assert_eq!(listed(&[exchange("todo.list", Ok(json!("none")))], "todo.list"), Listed::Records(Vec::new()));
    }

    #[test]
    fn a_record_without_a_title_is_known_by_its_name() {
        let answer = json!({ "contacts": [{ "id": "1", "name": "Änne" }, { "id": "2" }] });
        let Listed::Records(found) = listed(&[exchange("contacts.list", Ok(answer))], "contacts.list") else {
            panic!()
        };
        assert_eq!(found.iter().map(|found| found.title.as_str()).collect::<Vec<_>>(), ["Änne", ""]);
    }

    #[test]
    fn what_failed_is_told_from_what_was_not_asked() {
        let failed = [exchange("todo.list", Err("no".into()))];
        assert_eq!(listed(&failed, "todo.list"), Listed::Unknown);
        assert_eq!(listed(&failed, "habits.list"), Listed::NotAsked);
    }

    #[test]
    fn what_was_made_is_what_worked() {
        let day = [
            exchange("todo.create", Ok(json!({ "id": "1", "title": "Brot" }))),
            exchange("todo.create", Err("title is too short".into())),
            exchange("notes.create", Ok(json!({ "id": "2" }))),
        ];
        assert_eq!(made(&day, "todo.create"), [Found { id: "1".into(), title: "Brot".into() }]);
    }
}
