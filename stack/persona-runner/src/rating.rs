//! Reads a rating turn's answer.
//!
//! A language model is asked for JSON and mostly gives it, in fences, with a friendly sentence before, as an array or
//! under a key. All of that is taken; what cannot be is one row under [`PARSE_MODULE`], so that the loss is seen.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use stack_api::personas::{Feedback, PARSE_MODULE};

/// The rating of an answer that nobody could read: neither praise nor blame.
const UNREADABLE_RATING: u8 = 3;
/// How much of such an answer the row keeps, in characters.
const UNREADABLE_SHOWN: usize = 500;
const RATINGS: std::ops::RangeInclusive<i64> = 1..=5;

/// The ratings that `answer` gives for the modules that were `used`, in the order of `used`. Other modules are passed
/// over; the first rating of a module counts.
pub(crate) fn parse(tick_id: &str, answer: &str, used: &[String]) -> Vec<Feedback> {
    let mut by_module: BTreeMap<String, (u8, Option<String>)> = BTreeMap::new();
    for value in json_values(answer) {
        for (module, rating, notes) in entries(&value) {
            by_module.entry(module).or_insert((rating, notes));
        }
    }
    let rows: Vec<Feedback> = used
        .iter()
        .filter_map(|module| {
            let (rating, notes) = by_module.remove(module)?;
            Some(Feedback { tick_id: tick_id.to_owned(), module: module.clone(), rating, notes })
        })
        .collect();
    if rows.is_empty() { vec![unreadable(tick_id, answer)] } else { rows }
}

fn unreadable(tick_id: &str, answer: &str) -> Feedback {
    let shown: String = answer.trim().chars().take(UNREADABLE_SHOWN).collect();
    Feedback {
        tick_id: tick_id.to_owned(),
        module: PARSE_MODULE.to_owned(),
        rating: UNREADABLE_RATING,
        notes: Some(format!("unreadable rating answer: {shown}")),
    }
}

/// Every JSON array and object that stands in the text, whatever stands around it.
fn json_values(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['[', '{']) {
        let tail = &rest[start..];
        let mut stream = serde_json::Deserializer::from_str(tail).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                found.push(value);
                rest = &tail[stream.byte_offset()..];
            }
            // A bracket of the prose. It is one byte long, so the rest begins at a character.
            _ => rest = &tail[1..],
        }
    }
    found
}

/// The ratings in one value: a list of rows, rows under some key, or modules as keys.
fn entries(value: &Value) -> Vec<(String, u8, Option<String>)> {
    match value {
        Value::Array(rows) => rows.iter().flat_map(entries).collect(),
        Value::Object(map) => match map.get("module").and_then(Value::as_str) {
            Some(module) => entry(module, map).into_iter().collect(),
            None => map.iter().flat_map(|(key, value)| under_key(key, value)).collect(),
        },
        _ => Vec::new(),
    }
}

fn under_key(key: &str, value: &Value) -> Vec<(String, u8, Option<String>)> {
    match value {
        Value::Object(map) if map.contains_key("rating") && !map.contains_key("module") => {
            entry(key, map).into_iter().collect()
        }
        Value::Object(_) | Value::Array(_) => entries(value),
        _ => rating(value).map(|rating| (key.to_owned(), rating, None)).into_iter().collect(),
    }
}

fn entry(module: &str, map: &Map<String, Value>) -> Option<(String, u8, Option<String>)> {
    let rating = rating(map.get("rating")?)?;
    let notes = ["notes", "note", "comment"].iter().find_map(|key| map.get(*key)?.as_str());
    let notes = notes.map(str::trim).filter(|notes| !notes.is_empty()).map(str::to_owned);
    Some((module.trim().to_owned(), rating, notes))
}

/// A whole number from 1 to 5, as a number, as `4.0` or as text (`"4"`, `"4/5"`).
fn rating(value: &Value) -> Option<u8> {
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?))?,
        Value::String(text) => text.split('/').next()?.trim().parse().ok()?,
        _ => return None,
    };
    if RATINGS.contains(&number) { u8::try_from(number).ok() } else { None }
}

fn whole(number: f64) -> Option<i64> {
    let range = 1.0..=5.0;
    if number.fract() == 0.0 && range.contains(&number) { Some(number as i64) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as `module rating notes`, for the modules todo and notes.
    fn check(answer: &str, expected: &[&str]) {
        let used = ["todo".to_owned(), "notes".to_owned()];
        let rows: Vec<String> = parse("t1", answer, &used)
            .into_iter()
            .map(|row| format!("{} {} {}", row.module, row.rating, row.notes.unwrap_or_default()).trim_end().to_owned())
            .collect();
        assert_eq!(rows, expected, "{answer}");
    }

    #[test]
    fn json_is_found_however_it_is_wrapped() {
        let row = r#"{"module":"todo","rating":4,"notes":"gut"}"#;
        let expected = ["todo 4 gut"];
        check(&format!("[{row}]"), &expected);
        check(row, &expected);
        check(&format!("```json\n[{row}]\n```"), &expected);
        check(&format!("Gern! Hier [meine] Bewertung {{kurz}}:\n```\n[{row}]\n```\nBis morgen!"), &expected);
        check(&format!("{{\"ratings\":[{row}]}}"), &expected);
        check(&format!("{{\"feedback\":[{row}],\"tag\":\"Freitag\"}}"), &expected);
        check(r#"{"todo":{"rating":4,"notes":"gut"}}"#, &expected);
        check(r#"{"ratings":{"todo":{"rating":4,"note":" gut "}}}"#, &expected);
        check(&format!("{row}\n{}", r#"{"module":"notes","rating":2}"#), &["todo 4 gut", "notes 2"]);
        check(r#"{"todo":5,"notes":1}"#, &["todo 5", "notes 1"]);
    }

    #[test]
    fn ratings_are_whole_numbers_from_one_to_five() {
        let with = |rating: &str| format!("[{{\"module\":\"todo\",\"rating\":{rating}}}]");
        for (given, expected) in
            [("1", "todo 1"), ("5", "todo 5"), ("4.0", "todo 4"), ("\"3\"", "todo 3"), ("\"4/5\"", "todo 4")]
        {
            check(&with(given), &[expected]);
        }
        for bad in ["0", "6", "-1", "3.5", "\"gut\"", "null", "true", "1e30", "[4]"] {
            let rows = parse("t1", &with(bad), &["todo".to_owned()]);
            assert_eq!((rows.len(), rows[0].module.as_str()), (1, PARSE_MODULE), "{bad}");
        }
    }

    #[test]
    fn one_bad_row_spoils_no_other() {
        check(r#"[{"module":"todo","rating":9},{"module":"notes","rating":3,"notes":""}]"#, &["notes 3"]);
        check(r#"[{"rating":4},{"module":7,"rating":4},"todo",{"module":"todo","rating":2}]"#, &["todo 2"]);
    }

    #[test]
    fn only_used_modules_count_and_each_once() {
        check(
            r#"[{"module":"habits","rating":5},{"module":"notes","rating":1},{"module":"todo","rating":2},{"module":"todo","rating":5}]"#,
            &["todo 2", "notes 1"],
        );
    }

    #[test]
    fn an_answer_that_nobody_can_read_is_one_row() {
        let cases = [
            ("", "unreadable rating answer:"),
            ("Alles gut heute.", "unreadable rating answer: Alles gut heute."),
            ("[{\"module\":\"todo\",\"rating\":", "unreadable rating answer: [{\"module\":\"todo\",\"rating\":"),
            ("[]", "unreadable rating answer: []"),
            (r#"[{"module":"mail","rating":4}]"#, r#"unreadable rating answer: [{"module":"mail","rating":4}]"#),
            ("{[{[ü{[", "unreadable rating answer: {[{[ü{["),
        ];
        for (answer, notes) in cases {
            check(answer, &[&format!("{PARSE_MODULE} 3 {notes}")]);
        }
        let long = parse("t1", &"ü".repeat(2000), &[]);
        assert_eq!(long[0].notes.as_ref().unwrap().chars().count(), 500 + "unreadable rating answer: ".len());
    }
}
