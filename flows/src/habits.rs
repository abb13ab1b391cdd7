//! The habits, as those who train them see them.

use fixtures::pages::HABITS;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("habits").seen_by(who_likes(HABITS.module)).pictures(HABITS.path, "list")
}
