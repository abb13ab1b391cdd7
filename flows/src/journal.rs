//! The diary: its pages and a new entry under way, as those see them who keep one; and a newcomer's first entries, a short
//! one and a long one.

use fixtures::{
    pages::JOURNAL,
    test_ids::{ENTRY_MOOD, ENTRY_TEXT, ENTRY_TITLE, JOURNAL_ENTRY, SAVE_ENTRY, WRITE_ENTRY},
};
use harness_run::{Action, Flow, Step};

use crate::{
    acting::{press, see, write},
    personas::{NEWCOMER, who_likes},
};

const SHORT: &str = "Erster Abend mit dem Tagebuch. Ich wollte nur *drei Zeilen* schreiben, und dann fiel mir ein, wie der \
                     Regen heute auf das Dach vom Fahrradkeller geklungen hat.";

/// A day that needed many words.
const LONG: &str = include_str!("journal/long-entry.md");

pub(crate) fn flows() -> Vec<Flow> {
    vec![
        Flow::named("journal")
            .seen_by(who_likes(JOURNAL.module))
            .pictures(JOURNAL.path, "list")
            .then("writing", writes("Was heute war", SHORT)),
        Flow::named("journal")
            .seen_by_newcomers([NEWCOMER])
            .pictures(JOURNAL.path, "empty")
            .step(Step::at(JOURNAL.path, "first").after(writes("Regen", SHORT)).after(keeps()))
            .step(Step::at(JOURNAL.path, "long").after(writes("Der Tag, der nicht enden wollte", LONG)).after(keeps())),
    ]
}

fn writes(title: &str, text: &str) -> [Action; 4] {
    [press(WRITE_ENTRY), press(ENTRY_MOOD), write(title, ENTRY_TITLE), write(text, ENTRY_TEXT)]
}

fn keeps() -> [Action; 2] {
    [press(SAVE_ENTRY), see(JOURNAL_ENTRY)]
}
