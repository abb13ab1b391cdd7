//! The calendar, as those who keep appointments see it.

use fixtures::pages::CALENDAR;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("calendar").seen_by(who_likes(CALENDAR.module)).pictures(CALENDAR.path, "list")
}
