//! The home page, as everyone sees it, and on the first day. None of them is offered what is for administrators.

use fixtures::{pages::HOME, test_ids};
use harness_run::Flow;

use crate::{
    acting::the,
    personas::{ADMINISTRATORS, NEWCOMER, everyone},
};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("home")
            .seen_by(everyone())
            .only_for(the(test_ids::ADMINISTRATION), ADMINISTRATORS)
            .pictures(HOME.path, "dashboard"),
        Flow::named("home")
            .seen_by_newcomers([NEWCOMER])
            .only_for(the(test_ids::ADMINISTRATION), ADMINISTRATORS)
            .pictures(HOME.path, "first-day"),
    ]
}
