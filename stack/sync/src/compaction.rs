//! Which changes nobody needs any more. Pure.
//!
//! A change is *overtaken* when each of its fields was set by another change of the same record, by the same user, with a
//! later time. Such a change loses wherever it is read: a reader that has not come to it yet will come to what overtook
//! it, or has it already, and takes the greater of the two either way (`merge`). So it does not matter where a client
//! stood, nor how long it was away: no cursor needs an overtaken change, and none has to be remembered. What a client is
//! not sent because it wrote it itself, it holds.
//!
//! What stays, although a bare comparison would let it go:
//! - inserts, so that no reader hears of an update of a record that it does not know;
//! - a change that another *user's* overtook: should that user be erased, this one's value comes back;
//! - a change whose rival has the very same time: which of them wins is decided by their values, where they are merged.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use stack_api::sync::Op;

use crate::{cursor::Cursor, merge::instant};

/// A change as the history tells it.
#[derive(Debug, Clone)]
pub(crate) struct Past {
    pub(crate) cursor: Cursor,
    pub(crate) table: String,
    pub(crate) record_id: String,
    pub(crate) user_id: String,
    pub(crate) op: Op,
    /// The fields that it set, each with its time.
    pub(crate) fields: Vec<(String, String)>,
}

/// The history of an app in one scope, as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// By collection, record and user.
    written: HashMap<(String, String, String), HashMap<String, Newest>>,
    /// In how many fields each change that may go is not overtaken.
    holding: BTreeMap<Cursor, usize>,
    overtaken: Vec<Cursor>,
}

/// The latest time of a field, and the changes that have it.
#[derive(Debug)]
struct Newest {
    at: DateTime<Utc>,
    by: Vec<Cursor>,
}

impl History {
    /// Takes in a change. Their order does not matter.
    pub(crate) fn read(&mut self, change: Past) {
        let Past { cursor, table, record_id, user_id, op, fields } = change;
        // A change that sets nothing is no change's loser.
        let may_go = op != Op::Insert && !fields.is_empty();
        let mut holds = 0;
        let newest = self.written.entry((table, record_id, user_id)).or_default();
        for (name, at) in fields {
            let at = instant(&at);
            let field = newest.entry(name).or_insert_with(|| Newest { at, by: Vec::new() });
            if at < field.at {
                continue;
            }
            if at > field.at {
                for loser in field.by.drain(..) {
                    lose(&mut self.holding, &mut self.overtaken, loser);
                }
                field.at = at;
            }
            field.by.push(cursor);
            holds += 1;
        }
        if may_go && holds == 0 {
            self.overtaken.push(cursor);
        } else if may_go {
            self.holding.insert(cursor, holds);
        }
    }

    /// The changes that may go.
    pub(crate) fn overtaken(self) -> Vec<Cursor> {
        self.overtaken
    }
}

/// One field less.
fn lose(holding: &mut BTreeMap<Cursor, usize>, overtaken: &mut Vec<Cursor>, loser: Cursor) {
    if let Some(fields) = holding.get_mut(&loser) {
        *fields -= 1;
        if *fields == 0 {
            holding.remove(&loser);
            overtaken.push(loser);
        }
    }
}

#[cfg(test)]
mod tests;
