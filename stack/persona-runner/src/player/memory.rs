//! What a persona remembers: what it did and thought on its last days, short enough for a prompt.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::NaiveDate;
use stack_api::personas::{ActionResult, PARSE_MODULE, PersonaMemory};

/// Days that are remembered.
const DAYS: usize = 3;
/// How much of a remark is remembered, in characters.
const REMARK: usize = 160;
/// How much is remembered in all, in characters.
const ALL: usize = 2000;

/// One day, as it is told.
#[derive(Default)]
struct Remembered {
    /// Calls of each tool that worked, and how many did not.
    calls: BTreeMap<String, (usize, usize)>,
    remarks: Vec<String>,
}

/// A line for what was done and one for each remark, the last day first. Empty when there is nothing to remember.
pub(crate) fn recall(memory: &PersonaMemory) -> String {
    let mut days: BTreeMap<NaiveDate, Remembered> = BTreeMap::new();
    for row in &memory.recent_actions {
        let calls = &mut days.entry(row.created_at.date_naive()).or_default().calls;
        let (worked, failed) = calls.entry(row.action.tool_name.clone()).or_default();
        match row.action.result {
            ActionResult::Ok => *worked += 1,
            ActionResult::Error => *failed += 1,
        }
    }
    for row in memory.recent_feedback.iter().filter(|row| row.feedback.module != PARSE_MODULE) {
        let notes = row.feedback.notes.as_deref().unwrap_or_default();
        let notes: String = notes.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REMARK).collect();
        let remark = format!("{} fandest du {} von 5: {notes}", row.feedback.module, row.feedback.rating);
        days.entry(row.created_at.date_naive()).or_default().remarks.push(remark);
    }
    let mut text = String::new();
    for (date, day) in days.iter().rev().take(DAYS) {
        let calls: Vec<String> =
            day.calls.iter().map(|(tool, (worked, failed))| told(tool, *worked, *failed)).collect();
        let _infallible = write!(text, "- {date}: {}", calls.join(", "));
        for remark in &day.remarks {
            let _infallible = write!(text, "\n  {remark}");
        }
        text.push('\n');
    }
    text.chars().take(ALL).collect::<String>().trim_end().to_owned()
}

fn told(tool: &str, worked: usize, failed: usize) -> String {
    match (worked, failed) {
        (worked, 0) => format!("{worked}× {tool}"),
        (0, failed) => format!("{failed}× {tool} (abgelehnt)"),
        (worked, failed) => format!("{}× {tool} ({failed} davon abgelehnt)", worked + failed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(date: &str, tool: &str, result: &str) -> serde_json::Value {
        json!({ "id": "i", "tickId": "t", "toolName": tool, "result": result, "createdAt": format!("{date}T08:00:00Z") })
    }

    fn feedback(date: &str, module: &str, rating: u8, notes: &str) -> serde_json::Value {
        json!({ "tickId": "t", "module": module, "rating": rating, "notes": notes,
            "createdAt": format!("{date}T08:00:00Z") })
    }

    fn memory(actions: &[serde_json::Value], feedback: &[serde_json::Value]) -> PersonaMemory {
        serde_json::from_value(json!({ "recentActions": actions, "recentFeedback": feedback })).unwrap()
    }

    #[test]
    fn the_last_days_are_told_in_few_words() {
        let actions = [
            action("2026-11-20", "todo.create", "ok"),
            action("2026-11-20", "todo.create", "error"),
            action("2026-11-20", "notes.create", "error"),
            action("2026-11-18", "journal.add", "ok"),
            action("2026-11-17", "journal.add", "ok"),
            action("2026-11-16", "habits.list", "ok"),
        ];
        let ratings = [
            feedback("2026-11-20", "todo", 4, "hilft\nmir  sehr"),
            feedback("2026-11-20", "__parse", 3, "unreadable rating answer: …"),
        ];
        assert_eq!(
            recall(&memory(&actions, &ratings)),
            "- 2026-11-20: 1× notes.create (abgelehnt), 2× todo.create (1 davon abgelehnt)\n  \
             todo fandest du 4 von 5: hilft mir sehr\n- 2026-11-18: 1× journal.add\n- 2026-11-17: 1× journal.add"
        );
        assert_eq!(recall(&memory(&[], &[])), "");
    }

    #[test]
    fn memory_is_bounded_whatever_was_written() {
        let ratings: Vec<_> =
            (0..100).map(|n| feedback("2026-11-20", &format!("m{n}"), 1, &"ü".repeat(9000))).collect();
        assert!(recall(&memory(&[], &ratings)).chars().count() <= ALL);
    }
}
