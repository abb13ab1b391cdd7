//! The invoices, as those who write them see them.

use fixtures::pages::INVOICES;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("invoices").seen_by(who_likes(INVOICES.module)).pictures(INVOICES.path, "list")
}
