//! The records that a batch of pushes touches, while it is being applied. Pure.
//!
//! A push is placed whole before any of it is applied: when one of its changes is refused, nothing of it remains.

use std::{
    borrow::Cow,
    collections::HashSet,
    hash::{Hash, Hasher},
};

use indexmap::{Equivalent, IndexMap};

use crate::{
    cursor::Cursor,
    incoming::Incoming,
    merge::{Fields, merge},
    placing::{Misplaced, Reach, Scope, place},
};

/// One push, ready to be written.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) app_id: String,
    pub(crate) user_id: String,
    /// Empty for a caller that does not name itself.
    pub(crate) client_id: String,
    pub(crate) reach: Reach,
    pub(crate) changes: Vec<Incoming>,
}

/// A record's name; see [`crate::placing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordKey {
    pub(crate) app_id: String,
    pub(crate) table: String,
    pub(crate) id: String,
    pub(crate) scope: Scope,
}

/// A record's name, to look for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Name<'a> {
    app_id: &'a str,
    table: &'a str,
    id: &'a str,
    scope: &'a Scope,
}

impl RecordKey {
    fn name(&self) -> Name<'_> {
        Name { app_id: &self.app_id, table: &self.table, id: &self.id, scope: &self.scope }
    }
}

impl Hash for RecordKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Equivalent<RecordKey> for Name<'_> {
    fn equivalent(&self, key: &RecordKey) -> bool {
        *self == key.name()
    }
}

impl Name<'_> {
    fn to_key(self) -> RecordKey {
        RecordKey {
            app_id: self.app_id.to_owned(),
            table: self.table.to_owned(),
            id: self.id.to_owned(),
            scope: self.scope.clone(),
        }
    }
}

/// A record and what became of it.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Cursor of the change that made it.
    pub(crate) created: Cursor,
    /// Cursor of the change that last touched it in this batch.
    pub(crate) updated: Option<Cursor>,
    /// Those of its first change, as long as there is no other.
    pub(crate) fields: Cow<'a, Fields>,
}

/// A change that is to be stored.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) cursor: Cursor,
    pub(crate) scope: &'a Scope,
    pub(crate) job: &'a Job,
    pub(crate) change: &'a Incoming,
}

/// Why a push was refused: the fault and the number of its change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) fault: Misplaced,
    pub(crate) index: usize,
}

/// The records in reach.
#[derive(Debug, Default)]
pub(crate) struct Shelf<'a>(IndexMap<RecordKey, Entry<'a>>);

impl<'a> Shelf<'a> {
    /// Puts a stored record on the shelf.
    pub(crate) fn put(&mut self, key: RecordKey, created: Cursor, fields: Fields) {
        self.0.insert(key, Entry { created, updated: None, fields: Cow::Owned(fields) });
    }

    /// Applies a push whose changes get the cursors after `before`. Refused, it leaves the shelf as it was.
    pub(crate) fn apply(&mut self, job: &'a Job, before: Cursor) -> Result<Vec<Placed<'a>>, Refused> {
        let names = self.place_all(job)?;
        let cursors = (before.nanos() + 1..).map(Cursor::from_nanos);
        let placed = job.changes.iter().zip(names).zip(cursors).map(|((change, name), cursor)| {
            match self.0.get_mut(&name) {
                Some(entry) => {
                    merge(entry.fields.to_mut(), &change.fields);
                    entry.updated = Some(cursor);
                }
                None => {
                    let fields = Cow::Borrowed(&change.fields);
                    self.0.insert(name.to_key(), Entry { created: cursor, updated: Some(cursor), fields });
                }
            }
            Placed { cursor, scope: name.scope, job, change }
        });
        Ok(placed.collect())
    }

    /// What has to be stored.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (&RecordKey, &Entry<'a>, Cursor)> {
        self.0.iter().filter_map(|(key, entry)| Some((key, entry, entry.updated?)))
    }

    fn place_all(&self, job: &'a Job) -> Result<Vec<Name<'a>>, Refused> {
        let mut made = HashSet::new();
        let mut names = Vec::with_capacity(job.changes.len());
        for (index, change) in job.changes.iter().enumerate() {
            let name = |scope: &'a Scope| Name { app_id: &job.app_id, table: &change.table, id: &change.id, scope };
            let exists = |scope: &&'a Scope| {
                let name = name(scope);
                self.0.contains_key(&name) || made.contains(&name)
            };
            let holders: Vec<&'a Scope> = job.reach.scopes().iter().filter(exists).collect();
            let scope = place(&job.reach, change.named_space.as_deref(), &change.id, &holders)
                .map_err(|fault| Refused { fault, index })?;
            let name = name(scope);
            made.insert(name);
            names.push(name);
        }
        Ok(names)
    }
}
