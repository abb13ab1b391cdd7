//! The rows that the persona runner reports after a tick, read one by one, so that a bad one is named.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use stack_api::personas::{ACTIONS_MAX, Action, CLAIM_MAX, CLAIM_MAX_MS, ClaimRequest, FEEDBACK_MAX, Feedback};

/// Longest name of a runner.
const RUNNER_NAME: usize = 200;

/// The actions of a tick, or one sentence for each bad row.
pub(crate) fn actions(body: &Value) -> Result<Vec<Action>, Vec<String>> {
    rows(body, "actions", ACTIONS_MAX, |action: &Action| {
        if action.tick_id.is_empty() {
            Some("tickId must not be empty")
        } else if action.tool_name.is_empty() {
            Some("toolName must not be empty")
        } else if action.latency_ms.is_some_and(|ms| ms < 0) {
            Some("latencyMs must not be negative")
        } else {
            None
        }
    })
}

/// A runner's claim, or one sentence for each fault.
pub(crate) fn claim(body: &Value) -> Result<ClaimRequest, Vec<String>> {
    let claim = ClaimRequest::deserialize(body).map_err(|e| vec![e.to_string()])?;
    let mut faults = Vec::new();
    if claim.runner.is_empty() || claim.runner.len() > RUNNER_NAME {
        faults.push(format!("runner: must have from 1 to {RUNNER_NAME} bytes"));
    }
    if !(1..=CLAIM_MAX).contains(&claim.most) {
        faults.push(format!("most: must be from 1 to {CLAIM_MAX}"));
    }
    if !(1..=CLAIM_MAX_MS).contains(&claim.for_ms) {
        faults.push(format!("forMs: must be from 1 to {CLAIM_MAX_MS}"));
    }
    if faults.is_empty() { Ok(claim) } else { Err(faults) }
}

/// The ratings of a tick, or one sentence for each bad row.
pub(crate) fn feedback(body: &Value) -> Result<Vec<Feedback>, Vec<String>> {
    rows(body, "feedback", FEEDBACK_MAX, |feedback: &Feedback| {
        if feedback.tick_id.is_empty() {
            Some("tickId must not be empty")
        } else if feedback.module.is_empty() {
            Some("module must not be empty")
        } else if !(1..=5).contains(&feedback.rating) {
            Some("rating must be from 1 to 5")
        } else {
            None
        }
    })
}

fn rows<T: DeserializeOwned>(
    body: &Value,
    field: &str,
    most: usize,
    fault: impl Fn(&T) -> Option<&'static str>,
) -> Result<Vec<T>, Vec<String>> {
    let Some(given) = body.get(field).and_then(Value::as_array) else {
        return Err(vec![format!("{field}: must be a list")]);
    };
    if given.len() > most {
        return Err(vec![format!("{field}: has {} rows, at most {most} are taken", given.len())]);
    }
    let (mut rows, mut faults) = (Vec::with_capacity(given.len()), Vec::new());
    for (index, row) in given.iter().enumerate() {
        match T::deserialize(row).map_err(|e| e.to_string()) {
            Ok(row) => match fault(&row) {
                Some(fault) => faults.push(format!("{field}[{index}]: {fault}")),
                None => rows.push(row),
            },
            Err(error) => faults.push(format!("{field}[{index}]: {error}")),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(field: &str, value: Value) -> Value {
        let mut row = json!({ "tickId": "t1", "toolName": "todo.create", "result": "ok" });
        row[field] = value;
        row
    }

    fn rating(field: &str, value: Value) -> Value {
        let mut row = json!({ "tickId": "t1", "module": "todo", "rating": 4 });
        row[field] = value;
        row
    }

    #[test]
    fn good_rows_are_read() {
        let full = json!({
            "tickId": "t1", "toolName": "notes.create", "inputHash": "0123456789abcdef", "result": "error",
            "errorMessage": "no", "latencyMs": 12, "more": true,
        });
        let rows = actions(&json!({ "actions": [action("errorMessage", Value::Null), full] })).unwrap();
        assert_eq!((rows[0].latency_ms, rows[1].latency_ms), (None, Some(12)));
        assert_eq!(actions(&json!({ "actions": [] })).unwrap(), []);
        for value in 1..=5 {
            assert_eq!(feedback(&json!({ "feedback": [rating("rating", json!(value))] })).unwrap()[0].rating, value);
        }
    }

    #[test]
    fn each_bad_row_is_named() {
        let good = action("result", json!("ok"));
        let bad = [
            action("tickId", json!("")),
            action("toolName", json!("")),
            action("toolName", json!(1)),
            action("result", json!("maybe")),
            action("latencyMs", json!(-1)),
            json!("row"),
        ];
        for row in bad {
            let faults = actions(&json!({ "actions": [good, row] })).unwrap_err();
            assert!(matches!(&faults[..], [fault] if fault.starts_with("actions[1]: ")), "{row}: {faults:?}");
        }
        for value in [json!(0), json!(6), json!(4.5), json!("4"), Value::Null] {
            let body = json!({ "feedback": [rating("rating", value.clone()), rating("rating", value.clone())] });
            let faults = feedback(&body).unwrap_err();
            assert!(faults.len() == 2 && faults[1].starts_with("feedback[1]: "), "{value}: {faults:?}");
        }
    }

    #[test]
    fn a_claim_is_bounded() {
        let body = |runner: &str, most: i64, ms: i64| json!({ "runner": runner, "most": most, "forMs": ms });
        assert_eq!(claim(&body("r", 1, 60_000)).unwrap().for_ms, 60_000);
        for bad in [body("", 1, 1), body(&"r".repeat(201), 1, 1), body("r", 0, 1), body("r", 101, 1), body("r", 1, 0)] {
            assert_eq!(claim(&bad).unwrap_err().len(), 1, "{bad}");
        }
        assert_eq!(claim(&body("", -1, CLAIM_MAX_MS + 1)).unwrap_err().len(), 3);
        assert!(claim(&json!({ "runner": "r" })).is_err());
    }

    #[test]
    fn no_more_rows_are_taken_than_the_contract_says() {
        let body = |count: usize| json!({ "actions": vec![action("result", json!("ok")); count] });
        assert_eq!(actions(&body(500)).unwrap().len(), 500);
        assert_eq!(actions(&body(501)).unwrap_err(), ["actions: has 501 rows, at most 500 are taken"]);
        let body = |count: usize| json!({ "feedback": vec![rating("rating", json!(1)); count] });
        assert_eq!(feedback(&body(100)).unwrap().len(), 100);
        assert_eq!(feedback(&body(101)).unwrap_err(), ["feedback: has 101 rows, at most 100 are taken"]);
        assert_eq!(feedback(&json!({})).unwrap_err(), ["feedback: must be a list"]);
    }
}
