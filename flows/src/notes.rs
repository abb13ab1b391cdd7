//! The notes, as those who write them see them.

use fixtures::pages::NOTES;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("notes").seen_by(who_likes(NOTES.module)).pictures(NOTES.path, "list")
}
