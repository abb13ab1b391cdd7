//! The notes: all of them, one in full, those that hold a word; and before the first.

use fixtures::{
    pages::NOTES,
    test_ids::{NOTE_DETAIL, NOTE_LINK, NOTES_SEARCH},
};
use harness_run::{Flow, Step};

use crate::{
    acting::{press, see, write},
    personas::{NEWCOMER, who_likes},
};

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("notes")
            .seen_by(who_likes(NOTES.module))
            .pictures(NOTES.path, "list")
            .then("search", [write("nicht", NOTES_SEARCH)]),
        Flow::named("notes")
            .seen_by(who_likes(NOTES.module))
            .step(Step::at(NOTES.path, "one").after([press(NOTE_LINK), see(NOTE_DETAIL)])),
        Flow::named("notes").seen_by_newcomers([NEWCOMER]).pictures(NOTES.path, "empty"),
    ]
}
