//! The moods, as those who record them see them, and before the first of them.

use fixtures::pages::MOOD;
use harness_run::Flow;

use crate::personas::{NEWCOMER, who_likes};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("mood").seen_by(who_likes(MOOD.module)).pictures(MOOD.path, "list"),
        Flow::named("mood").seen_by_newcomers([NEWCOMER]).pictures(MOOD.path, "empty"),
    ]
}
