//! Dates as the personas write them, and as the tools want them.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, SecondsFormat};

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

/// Puts the day's words in the place of `{heute}`, `{morgen}`, `{gestern}` (weekdays), `{datum}` and `{woche}`.
pub(crate) fn fill(text: &str, date: NaiveDate) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let words = [
        ("{heute}", weekday(date).to_owned()),
        ("{morgen}", weekday(date + Days::new(1)).to_owned()),
        ("{gestern}", weekday(date - Days::new(1)).to_owned()),
        ("{datum}", format!("{}. {}", date.day(), MONTHS[date.month0() as usize])),
        ("{woche}", format!("{}", date.iso_week().week())),
    ];
    words.iter().fold(text.to_owned(), |text, (place, word)| text.replace(place, word))
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
    fn a_due_date_crosses_the_end_of_a_year() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 30).unwrap();
        assert_eq!(due(date, 3, 17), "2027-01-02T17:00:00.000Z");
    }
}
