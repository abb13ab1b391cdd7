//! The contacts, as those who know many people see them, and before the first of them.

use fixtures::pages::CONTACTS;
use harness_run::Flow;

use crate::personas::{NEWCOMER, who_likes};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("contacts").seen_by(who_likes(CONTACTS.module)).pictures(CONTACTS.path, "list"),
        Flow::named("contacts").seen_by_newcomers([NEWCOMER]).pictures(CONTACTS.path, "empty"),
    ]
}
