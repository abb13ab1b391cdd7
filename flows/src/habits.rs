//! The habits, as those who train them see them; and a newcomer's first, taken on and laid aside.

use fixtures::{
    pages::HABITS,
    test_ids::{ADD_HABIT, ARCHIVE_HABIT, ARCHIVED_HABIT, HABIT},
};
use harness_run::Flow;

use crate::{
    acting::{enter, press, see, write},
    personas::{NEWCOMER, who_likes},
};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("habits").seen_by(who_likes(HABITS.module)).pictures(HABITS.path, "list"),
        Flow::named("habits")
            .seen_by_newcomers([NEWCOMER])
            .pictures(HABITS.path, "empty")
            .then("first", [write("Vor dem Frühstück ans Fenster", ADD_HABIT), enter(ADD_HABIT), see(HABIT)])
            .then("archived", [press(ARCHIVE_HABIT), see(ARCHIVED_HABIT)]),
    ]
}
