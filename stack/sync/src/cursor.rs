//! Where a reader stands: a point in the order of commits.
//!
//! To clients a cursor is a time, because that is what they start with ("everything since yesterday") and echo. Inside
//! it is a hybrid clock in nanoseconds: the present moment, or one more than the last one given.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

/// A point in the order of commits. Written as RFC 3339 with nine digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor(i64);

impl Cursor {
    /// Before every change.
    pub(crate) const START: Self = Self(0);

    pub(crate) fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    pub(crate) fn nanos(self) -> i64 {
        self.0
    }

    /// The cursor of a moment; moments that 64 bits cannot hold become the first or last one they can.
    pub(crate) fn at(moment: DateTime<Utc>) -> Self {
        let beyond = if moment.timestamp() < 0 { i64::MIN } else { i64::MAX };
        Self(moment.timestamp_nanos_opt().unwrap_or(beyond))
    }

    /// Any RFC 3339 time, with whatever offset and number of digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // A `+` that its sender did not escape arrives in a query as a blank.
        let escaped = || DateTime::parse_from_rfc3339(&text.trim().replace(' ', "+"));
        let moment = DateTime::parse_from_rfc3339(text.trim()).or_else(|_| escaped()).ok()?;
        Some(Self::at(moment.to_utc()))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&DateTime::from_timestamp_nanos(self.0).to_rfc3339_opts(SecondsFormat::Nanos, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_rfc_3339_time_is_a_cursor() {
        let nanos = |text: &str| Cursor::parse(text).map(Cursor::nanos);
        assert_eq!(nanos(stack_api::sync::EPOCH), Some(0));
        assert_eq!(nanos("1970-01-01T00:00:01Z"), Some(1_000_000_000));
        assert_eq!(nanos("1970-01-01T00:00:00.000000001Z"), Some(1));
        assert_eq!(nanos("1970-01-01T02:00:00.5+02:00"), Some(500_000_000));
        assert_eq!(nanos("1970-01-01T02:00:00.5 02:00"), Some(500_000_000), "an unescaped plus");
        assert_eq!(nanos("9999-12-31T23:59:59.999Z"), Some(i64::MAX));
        assert_eq!(nanos("0001-01-01T00:00:00Z"), Some(i64::MIN));
        for bad in ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "1700000000", "2026-13-01T00:00:00Z"] {
            assert_eq!(nanos(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_cursor_survives_its_text() {
        for nanos in [0, 1, 999_999_999, 1_760_000_000_123_456_789, i64::MAX] {
            let text = Cursor::from_nanos(nanos).to_string();
            assert_eq!(text.split_once('.').unwrap().1.len(), "123456789Z".len(), "{text}");
            assert_eq!(Cursor::parse(&text), Some(Cursor::from_nanos(nanos)));
        }
    }
}
