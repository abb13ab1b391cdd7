//! The moods, as those who record them see them.

use fixtures::pages::MOOD;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("mood").seen_by(who_likes(MOOD.module)).pictures(MOOD.path, "list")
}
