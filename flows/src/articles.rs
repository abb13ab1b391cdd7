//! The articles, as those who read much see them.

use fixtures::pages::ARTICLES;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("articles").seen_by(who_likes(ARTICLES.module)).pictures(ARTICLES.path, "list")
}
