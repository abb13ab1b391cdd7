//! The goals, as those who count see them, and before the first of them.

use fixtures::pages::GOALS;
use harness_run::Flow;

use crate::personas::{NEWCOMER, who_likes};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("goals").seen_by(who_likes(GOALS.module)).pictures(GOALS.path, "list"),
        Flow::named("goals").seen_by_newcomers([NEWCOMER]).pictures(GOALS.path, "empty"),
    ]
}
