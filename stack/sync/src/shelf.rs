//! The records that a batch of pushes touches, while it is being applied. Pure.
//!
//! A push is placed whole before any of it is applied: when one of its changes is refused, nothing of it remains.

use std::collections::{HashMap, HashSet};

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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RecordKey {
    pub(crate) app_id: String,
    pub(crate) table: String,
    pub(crate) id: String,
    pub(crate) scope: Scope,
}

/// A record and what became of it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Cursor of the change that made it.
    pub(crate) created: Cursor,
    /// Cursor of the change that last touched it in this batch.
    pub(crate) updated: Option<Cursor>,
    pub(crate) fields: Fields,
}

/// A change that is to be stored.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) cursor: Cursor,
    pub(crate) scope: Scope,
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
pub(crate) struct Shelf(HashMap<RecordKey, Entry>);

impl Shelf {
    /// Puts a stored record on the shelf.
    pub(crate) fn put(&mut self, key: RecordKey, created: Cursor, fields: Fields) {
        self.0.insert(key, Entry { created, updated: None, fields });
    }

    /// Applies a push whose changes get the cursors after `before`. Refused, it leaves the shelf as it was.
    pub(crate) fn apply<'a>(&mut self, job: &'a Job, before: Cursor) -> Result<Vec<Placed<'a>>, Refused> {
        let keys = self.place_all(job)?;
        let cursors = (before.nanos() + 1..).map(Cursor::from_nanos);
        let placed = job.changes.iter().zip(keys).zip(cursors).map(|((change, key), cursor)| {
            let scope = key.scope.clone();
            let entry = self.0.entry(key).or_insert(Entry { created: cursor, updated: None, fields: Fields::new() });
            merge(&mut entry.fields, &change.fields);
            entry.updated = Some(cursor);
            Placed { cursor, scope, job, change }
        });
        Ok(placed.collect())
    }

    /// What has to be stored.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (&RecordKey, &Entry, Cursor)> {
        self.0.iter().filter_map(|(key, entry)| Some((key, entry, entry.updated?)))
    }

    fn place_all(&self, job: &Job) -> Result<Vec<RecordKey>, Refused> {
        let mut made = HashSet::new();
        let mut keys = Vec::with_capacity(job.changes.len());
        for (index, change) in job.changes.iter().enumerate() {
            let key = |scope: &Scope| RecordKey {
                app_id: job.app_id.clone(),
                table: change.table.clone(),
                id: change.id.clone(),
                scope: scope.clone(),
            };
            let exists = |scope: &&Scope| {
                let key = key(scope);
                self.0.contains_key(&key) || made.contains(&key)
            };
            let holders: Vec<&Scope> = job.reach.scopes().iter().filter(exists).collect();
            let scope = place(&job.reach, change.named_space.as_deref(), &change.id, &holders)
                .map_err(|fault| Refused { fault, index })?;
            let key = key(&scope);
            made.insert(key.clone());
            keys.push(key);
        }
        Ok(keys)
    }
}
