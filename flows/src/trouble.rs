//! What is shown when something is wrong: no such page, no configuration, no connection any more.

use fixtures::{
    pages::{self, HOME, TODO},
    test_ids::{OFFLINE, TROUBLE},
};
use harness_run::{Action, Flow, Step};

use crate::{
    acting::see,
    addresses::Addresses,
    personas::{VISITOR, who_likes},
};

pub(crate) fn flows(addresses: &Addresses) -> Vec<Flow> {
    vec![
        Flow::named("error")
            .seen_by_visitors([VISITOR])
            .pictures(pages::NOWHERE, "no-such-page")
            .step(Step::at(HOME.path, "cannot-start").cut_off_from([&addresses.app_config]).after([see(TROUBLE)])),
        Flow::named("offline")
            .seen_by(who_likes(TODO.module))
            .step(Step::at(TODO.path, "tasks").after([Action::GoOffline, see(OFFLINE)])),
    ]
}
