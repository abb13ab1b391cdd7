//! The stack's clock.
//!
//! Every service asks this clock and never the system's, so that a stack can be started at a chosen moment and its
//! content, down to the day a diary entry is dated, is the same on every machine that plays it.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// A clock that runs at the usual speed, at the system's time or at a fixed distance from it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    offset: TimeDelta,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that shows `moment` now and goes on from there.
    #[must_use]
    pub fn starting_at(moment: DateTime<Utc>) -> Self {
        Self { offset: moment - Utc::now() }
    }

    /// The present moment.
    #[must_use]
    pub fn now(self) -> DateTime<Utc> {
        Utc::now() + self.offset
    }
}

/// A moment as every service writes it: RFC 3339, UTC, milliseconds.
#[must_use]
pub fn rfc3339(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
