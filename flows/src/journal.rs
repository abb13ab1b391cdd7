//! The diary, as those who keep one see it.

use fixtures::pages::JOURNAL;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("journal").seen_by(who_likes(JOURNAL.module)).pictures(JOURNAL.path, "list")
}
