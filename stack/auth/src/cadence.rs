//! When a persona's day has come. The one home of the rule: pages that tell it and queries that choose by it ask here.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use stack_api::personas::Cadence;

/// Who was last active before this moment is due, and so is who never was; none when nobody of this cadence is.
pub(crate) fn due_before(cadence: Cadence, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match cadence {
        Cadence::Hourly => Some(now - TimeDelta::hours(1)),
        Cadence::Weekdays if matches!(now.weekday(), Weekday::Sat | Weekday::Sun) => None,
        Cadence::Daily | Cadence::Weekdays => Some(now - TimeDelta::days(1)),
    }
}

/// Whether a persona's day has come.
pub(crate) fn is_due(cadence: Cadence, last_active_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    due_before(cadence, now).is_some_and(|moment| last_active_at.is_none_or(|last| last < moment))
}
