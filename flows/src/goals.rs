//! The goals, as those who count see them.

use fixtures::pages::GOALS;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("goals").seen_by(who_likes(GOALS.module)).pictures(GOALS.path, "list")
}
