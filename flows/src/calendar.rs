//! The calendar, as those who keep appointments see it, and before the first of them.

use fixtures::pages::CALENDAR;
use harness_run::Flow;

use crate::personas::{NEWCOMER, who_likes};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("calendar").seen_by(who_likes(CALENDAR.module)).pictures(CALENDAR.path, "list"),
        Flow::named("calendar").seen_by_newcomers([NEWCOMER]).pictures(CALENDAR.path, "empty"),
    ]
}
