//! How often a user may call a tool: a window that slides with the moment it is told, never a clock of its own.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};

/// Calls of one tool by one user within any minute.
pub const CALLS_A_MINUTE: usize = 30;
/// The window.
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// Pairs of user and tool that are remembered; a pair holds some 500 bytes at most. Beyond it those whose minute is
/// over are forgotten first, then those longest unused.
const PAIRS: usize = 20_000;

/// The calls of the last minute.
#[derive(Debug)]
pub struct Pace {
    capacity: usize,
    calls: HashMap<(Arc<str>, &'static str), VecDeque<DateTime<Utc>>>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { capacity: PAIRS, calls: HashMap::new() }
    }
}

impl Pace {
    /// Counts a call that comes now.
    ///
    /// # Errors
    /// When the minute is full: the time after which there is room. Such a call is not counted, so that who keeps
    /// trying is not kept out for ever.
    pub fn call(&mut self, user_id: &Arc<str>, tool: &'static str, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let key = (Arc::clone(user_id), tool);
        if self.calls.len() >= self.capacity && !self.calls.contains_key(&key) {
            self.make_room(now);
        }
        let calls = self.calls.entry(key).or_default();
        // A clock that was set back would keep calls of the future in the window.
        calls.retain(|at| *at > now - MINUTE && *at <= now);
        match calls.front() {
            Some(first) if calls.len() >= CALLS_A_MINUTE => Err(*first + MINUTE - now),
            _ => {
                calls.push_back(now);
                Ok(())
            }
        }
    }

    fn make_room(&mut self, now: DateTime<Utc>) {
        self.calls.retain(|_, calls| calls.back().is_some_and(|last| *last > now - MINUTE && *last <= now));
        // A tenth at once, so that a crowd does not make each of its calls look through all pairs.
        let over = (self.calls.len() + self.capacity.div_ceil(10)).saturating_sub(self.capacity);
        if over == 0 {
            return;
        }
        let mut last: Vec<_> = self.calls.values().filter_map(|calls| calls.back().copied()).collect();
        let (_, limit, _) = last.select_nth_unstable(over - 1);
        let limit = *limit;
        let mut to_go = over;
        self.calls.retain(|_, calls| {
            let goes = to_go > 0 && calls.back().is_none_or(|last| *last <= limit);
            to_go -= usize::from(goes);
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_900_000_000_000 + ms).unwrap()
    }

    fn user(name: &str) -> Arc<str> {
        name.into()
    }

    #[test]
    fn the_thirty_first_call_of_a_minute_waits_until_the_first_is_a_minute_old() {
        let (mut pace, anna) = (Pace::default(), user("anna"));
        for call in 0..30 {
            assert_eq!(pace.call(&anna, "todo.list", at(call * 1000)), Ok(()));
        }
        assert_eq!(pace.call(&anna, "todo.list", at(30_000)), Err(TimeDelta::seconds(30)));
        assert_eq!(pace.call(&anna, "todo.list", at(59_999)), Err(TimeDelta::milliseconds(1)));
        assert_eq!(pace.call(&anna, "todo.list", at(60_000)), Ok(()), "the first is a minute ago");
        assert_eq!(pace.call(&anna, "todo.list", at(60_000)), Err(TimeDelta::seconds(1)), "the second is not");
    }

    #[test]
    fn no_minute_anywhere_holds_more_than_thirty() {
        let (mut pace, anna) = (Pace::default(), user("anna"));
        let let_in: Vec<i64> =
            (0..1000).map(|call| call * 137).filter(|ms| pace.call(&anna, "todo.list", at(*ms)).is_ok()).collect();
        for window in let_in.windows(31) {
            assert!(window[30] - window[0] >= 60_000, "{window:?}");
        }
        assert_eq!(let_in.len(), 90, "137 seconds have two whole minutes and a part that is filled at once");
    }

    #[test]
    fn users_and_tools_are_counted_apart() {
        let mut pace = Pace::default();
        for _ in 0..30 {
            pace.call(&user("anna"), "todo.list", at(0)).unwrap();
        }
        assert!(pace.call(&user("anna"), "todo.list", at(1)).is_err());
        assert!(pace.call(&user("anna"), "todo.create", at(1)).is_ok());
        assert!(pace.call(&user("ben"), "todo.list", at(1)).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let (mut pace, anna) = (Pace::default(), user("anna"));
        for _ in 0..30 {
            pace.call(&anna, "todo.list", at(9_000_000)).unwrap();
        }
        assert_eq!(pace.call(&anna, "todo.list", at(0)), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_who_called_lately_is_remembered() {
        let mut pace = Pace { capacity: 20, ..Pace::default() };
        for name in 0..1000 {
            pace.call(&user(&name.to_string()), "todo.list", at(name)).unwrap();
            assert!(pace.calls.len() <= 20, "{}", pace.calls.len());
        }
        assert!(pace.calls.contains_key(&(user("999"), "todo.list")));
        assert!(pace.calls.contains_key(&(user("990"), "todo.list")));
        assert!(!pace.calls.contains_key(&(user("900"), "todo.list")));
        pace.call(&user("later"), "todo.list", at(500_000)).unwrap();
        (0..19).for_each(|n| pace.call(&user(&format!("l{n}")), "todo.list", at(500_000)).unwrap());
        assert!(!pace.calls.contains_key(&(user("999"), "todo.list")), "its minute is over");
    }
}
