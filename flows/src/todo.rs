//! The tasks: the list and one of them, as those see them who live by lists; and a newcomer's first, made and completed.

use fixtures::{
    pages::TODO,
    test_ids::{ADD_TASK, COMPLETE, TASK, TASK_DETAIL, TASK_LINK},
};
use harness_run::Flow;

use crate::{
    acting::{enter, press, see, see_checked, write},
    personas::{NEWCOMER, who_likes},
};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("todo")
            .seen_by(who_likes(TODO.module))
            .pictures(TODO.path, "list")
            .then("detail", [press(TASK_LINK), see(TASK_DETAIL)]),
        Flow::named("todo")
            .seen_by_newcomers([NEWCOMER])
            .pictures(TODO.path, "empty")
            .then("first", [write("Fahrrad aus der Werkstatt holen", ADD_TASK), enter(ADD_TASK), see(TASK)])
            .then("completed", [press(COMPLETE), see_checked(COMPLETE)]),
    ]
}
