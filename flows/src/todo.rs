//! The tasks, as those who plan with them see them.

use fixtures::pages::TODO;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("todo").seen_by(who_likes(TODO.module)).pictures(TODO.path, "list")
}
