//! The articles, as those who read much see them, and before the first of them.

use fixtures::pages::ARTICLES;
use harness_run::Flow;

use crate::personas::{NEWCOMER, who_likes};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("articles").seen_by(who_likes(ARTICLES.module)).pictures(ARTICLES.path, "list"),
        Flow::named("articles").seen_by_newcomers([NEWCOMER]).pictures(ARTICLES.path, "empty"),
    ]
}
