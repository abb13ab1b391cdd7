//! The contacts, as those who know many people see them.

use fixtures::pages::CONTACTS;
use harness_run::Flow;

use crate::personas::who_likes;

pub(crate) fn flow() -> Flow {
    Flow::named("contacts").seen_by(who_likes(CONTACTS.module)).pictures(CONTACTS.path, "list")
}
