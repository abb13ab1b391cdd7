//! Dates as the personas write them, and as the tools want them.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta};
use serde_json::{Map, Value};

const WEEKDAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// Puts the day's words in the place of `{heute}`, `{morgen}`, `{gestern}` (weekdays), `{datum}`, `{woche}` and `{jahr}`.
/// A text that is a moment, `{+2 09:30}` or `{-1}`, becomes it: so many days from today, with a time in UTC or without.
pub(crate) fn fill(text: &str, date: NaiveDate) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    if let Some(moment) = moment(text, date) {
        return moment;
    }
    let words = [
        ("{heute}", weekday(date).to_owned()),
        ("{morgen}", weekday(date + Days::new(1)).to_owned()),
        ("{gestern}", weekday(date - Days::new(1)).to_owned()),
        ("{datum}", format!("{}. {}", date.day(), MONTHS[date.month0() as usize])),
        ("{woche}", format!("{}", date.iso_week().week())),
        ("{jahr}", format!("{}", date.year())),
    ];
    words.iter().fold(text.to_owned(), |text, (place, word)| text.replace(place, word))
}

/// The input of a tool with its texts filled, however deep they lie.
pub(crate) fn filled(input: &Map<String, Value>, date: NaiveDate) -> Map<String, Value> {
    input.iter().map(|(key, value)| (key.clone(), filled_value(value, date))).collect()
}

fn filled_value(value: &Value, date: NaiveDate) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text.trim_end(), date)),
        Value::Array(values) => values.iter().map(|value| filled_value(value, date)).collect(),
        Value::Object(map) => Value::Object(filled(map, date)),
        other => other.clone(),
    }
}

fn moment(text: &str, date: NaiveDate) -> Option<String> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let (days, time) = inner.split_once(' ').map_or((inner, None), |(days, time)| (days, Some(time)));
    let days = days.strip_prefix('+').map(str::to_owned).or_else(|| days.starts_with('-').then(|| days.to_owned()))?;
    let day = date + TimeDelta::days(days.parse().ok()?);
    let Some(time) = time else { return Some(day.to_string()) };
    let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    Some(day.and_time(time).and_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn weekday(date: NaiveDate) -> &'static str {
    WEEKDAYS[date.weekday().num_days_from_monday() as usize]
}

/// A due date: some days ahead, at a full hour.
pub(crate) fn due(date: NaiveDate, days: u64, hour: u32) -> String {
    let time = NaiveTime::from_hms_opt(hour.min(23), 0, 0).expect("at most 23 o'clock");
    (date + Days::new(days)).and_time(time).and_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_those_of_the_day() {
        let friday = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let sunday = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let text = "{heute}, {datum}, KW {woche}: {morgen} statt {gestern}";
        assert_eq!(fill(text, friday), "Freitag, 20. November, KW 47: Samstag statt Donnerstag");
        assert_eq!(fill(text, sunday), "Sonntag, 1. März, KW 9: Montag statt Samstag");
        assert_eq!(fill("ohne", friday), "ohne");
    }

    #[test]
    fn a_moment_counts_from_the_day() {
        let date = NaiveDate::from_ymd_opt(2026, 2, 27).unwrap();
        for (text, expected) in [
            ("{+2 09:30}", "2026-03-01T09:30:00.000Z"),
            ("{+0 18:00}", "2026-02-27T18:00:00.000Z"),
            ("{+14}", "2026-03-13"),
            ("{-1}", "2026-02-26"),
            ("{+2 25:00}", "{+2 25:00}"),
            ("{2}", "{2}"),
            ("am {+2}", "am {+2}"),
        ] {
            assert_eq!(fill(text, date), expected);
        }
        let input = json!({"number": "{jahr}-{woche}", "lines": [{"text": "{heute}", "cents": 5}]});
        let expected = json!({"number": "2026-9", "lines": [{"text": "Freitag", "cents": 5}]});
        assert_eq!(Value::Object(filled(input.as_object().unwrap(), date)), expected);
    }

    #[test]
    fn a_due_date_crosses_the_end_of_a_year() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 30).unwrap();
        assert_eq!(due(date, 3, 17), "2027-01-02T17:00:00.000Z");
    }
}
