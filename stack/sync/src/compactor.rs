//! Takes overtaken changes out of the history, a little at a time.
//!
//! A pass goes over one shelf (an app in a scope) after the other and reads each in steps. Nothing is locked while it
//! reads: a change that was overtaken once stays overtaken, whatever is written meanwhile, so it may be deleted later. A
//! shelf that nobody wrote to since the last pass is left alone.
//!
//! The space that becomes free is used again by what is written next; SQLite's file does not shrink.

use std::{collections::HashMap, time::Duration};

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    compaction::History,
    cursor::Cursor,
    store::{Shelf, Store},
};

/// Time between two passes.
const EVERY: Duration = Duration::from_secs(3600);
/// Pause after each step: pushes and pulls go first.
const PAUSE: Duration = Duration::from_millis(20);
/// Changes that one transaction deletes.
const BATCH: usize = 500;

/// The one who takes out.
pub(crate) struct Compactor {
    store: Store,
    /// Where each shelf ended when it was last gone over. Held during a pass: there is one at a time.
    done: Mutex<HashMap<Shelf, Cursor>>,
}

impl Compactor {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, done: Mutex::default() }
    }

    /// A pass now and then, until `stop`.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        let passes = async {
            loop {
                tokio::time::sleep(EVERY).await;
                match self.pass(PAUSE).await {
                    Ok(changes) => tracing::info!(changes, "compacted"),
                    Err(error) => tracing::error!(%error, "compaction failed; the next pass tries again"),
                }
            }
        };
        stop.run_until_cancelled(passes).await;
    }

    /// A pass without pauses, for somebody who waits; how many changes it took out.
    pub(crate) async fn pass_now(&self) -> Result<u64, sqlx::Error> {
        self.pass(Duration::ZERO).await
    }

    async fn pass(&self, pause: Duration) -> Result<u64, sqlx::Error> {
        let mut done = self.done.lock().await;
        let (mut taken_out, mut last) = (0, None);
        while let Some(shelf) = self.store.shelf_after(last.as_ref()).await? {
            let before = done.get(&shelf).copied();
            let (changes, end) = self.shelf(&shelf, before, pause).await?;
            taken_out += changes;
            done.insert(shelf.clone(), end);
            last = Some(shelf);
        }
        Ok(taken_out)
    }

    /// Goes over one shelf; what it took out, and where the shelf ended.
    async fn shelf(
        &self,
        shelf: &Shelf,
        before: Option<Cursor>,
        pause: Duration,
    ) -> Result<(u64, Cursor), sqlx::Error> {
        if let Some(before) = before
            && self.store.past(shelf, before).await?.is_empty()
        {
            return Ok((0, before));
        }
        let (mut history, mut end) = (History::default(), Cursor::START);
        loop {
            let past = self.store.past(shelf, end).await?;
            let Some(change) = past.last() else { break };
            end = change.cursor;
            past.into_iter().for_each(|change| history.read(change));
            tokio::time::sleep(pause).await;
        }
        let mut taken_out = 0;
        for batch in history.overtaken().chunks(BATCH) {
            taken_out += self.store.take_out(shelf, batch).await?;
            tokio::time::sleep(pause).await;
        }
        Ok((taken_out, end))
    }
}
