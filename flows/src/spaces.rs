//! The spaces, as everyone sees theirs. Only who leads one may invite somebody into it.

use fixtures::{pages::SPACES, test_ids::INVITE};
use harness_run::Flow;

use crate::{
    acting::the,
    personas::{NEWCOMER, everyone, who_lead_a_space},
};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("spaces")
            .seen_by(everyone())
            .only_for(the(INVITE), who_lead_a_space())
            .pictures(SPACES.path, "list"),
        Flow::named("spaces")
            .seen_by_newcomers([NEWCOMER])
            .only_for(the(INVITE), who_lead_a_space())
            .pictures(SPACES.path, "own"),
    ]
}
