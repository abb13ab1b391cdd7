//! Guessing passwords: five failures within a quarter of an hour lock an e-mail for half an hour.
//!
//! Unknown e-mails lock like known ones, or the lock would tell which accounts exist.

use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AnyConnection;
use tokio::sync::{Mutex, MutexGuard};

use crate::tables::login_failures;

const FAILURES: usize = 5;
const WINDOW: TimeDelta = TimeDelta::minutes(15);
const LOCKED: TimeDelta = TimeDelta::minutes(30);
const LANES: usize = 64;

/// Lets log-ins with one e-mail through one after the other: guesses sent at once are counted one by one.
pub(crate) struct Lockout {
    lanes: [Mutex<()>; LANES],
    hasher: RandomState,
}

impl Default for Lockout {
    fn default() -> Self {
        Self { lanes: [const { Mutex::const_new(()) }; LANES], hasher: RandomState::new() }
    }
}

impl Lockout {
    /// Waits until no other log-in with this e-mail is under way. E-mails may share a lane; that costs time alone.
    pub(crate) async fn turn(&self, email: &str) -> MutexGuard<'_, ()> {
        let lane = self.hasher.hash_one(email) % LANES as u64;
        let lane = usize::try_from(lane).expect("a remainder of 64 is small");
        self.lanes[lane].lock().await
    }
}

/// Seconds for which the e-mail is still locked, if it is.
pub(crate) async fn seconds_left(
    db: &mut AnyConnection,
    email: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, sqlx::Error> {
    let limit = i64::try_from(FAILURES).expect("five is small");
    let failures = login_failures::newest(db, email, limit).await?;
    Ok(locked_until(&failures).filter(|until| now < *until).map(|until| {
        let left = (until - now).num_milliseconds();
        left.div_euclid(1000) + i64::from(left.rem_euclid(1000) > 0)
    }))
}

/// Counts a failure, and forgets everybody's that no longer matter.
pub(crate) async fn record(db: &mut AnyConnection, email: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    login_failures::delete_before(&mut *db, now - WINDOW - LOCKED).await?;
    login_failures::insert(db, email, now).await
}

/// Until when these failures, newest first, lock. While locked none is counted, so the newest began the lock.
fn locked_until(newest_first: &[DateTime<Utc>]) -> Option<DateTime<Utc>> {
    let (last, first) = (newest_first.first()?, newest_first.get(FAILURES - 1)?);
    (*last - *first <= WINDOW).then(|| *last + LOCKED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Failures at these minutes, newest first, lock until that minute.
    fn check(minutes: &[i64], until: Option<i64>) {
        let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let failures: Vec<_> = minutes.iter().map(|m| at(*m)).collect();
        assert_eq!(locked_until(&failures), until.map(at), "{minutes:?}");
    }

    #[test]
    fn five_failures_in_a_quarter_of_an_hour_lock() {
        check(&[], None);
        check(&[4, 3, 2, 1], None);
        check(&[4, 3, 2, 1, 0], Some(34));
        check(&[15, 3, 2, 1, 0], Some(45));
        check(&[16, 3, 2, 1, 0], None);
        check(&[35, 4, 3, 2, 1, 0], None);
        check(&[20, 19, 18, 17, 6, 0], Some(50));
    }
}
