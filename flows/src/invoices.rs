//! The invoices, as those who write them see them, and before the first of them.

use fixtures::pages::INVOICES;
use harness_run::Flow;

use crate::personas::{NEWCOMER, who_likes};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("invoices").seen_by(who_likes(INVOICES.module)).pictures(INVOICES.path, "list"),
        Flow::named("invoices").seen_by_newcomers([NEWCOMER]).pictures(INVOICES.path, "empty"),
    ]
}
