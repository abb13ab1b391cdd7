//! Pushes that arrive together are committed together.
//!
//! A commit waits for the disk, and only one can be under way. Whatever arrives meanwhile shares the next one: the more
//! clients push, the more pushes a commit carries. Once handed over, a push is stored even when its client is gone.

use stack_http::Clock;
use tokio::sync::{mpsc, oneshot};

use crate::{
    cursor::Cursor,
    hub::Hub,
    shelf::{Job, Refused},
    store::{Store, Written},
};

/// Changes that one commit carries at most; one push alone may have more.
const CHANGES: usize = 2000;
/// Pushes that may wait; later ones wait to be let in.
const WAITING: usize = 256;

/// Where pushes are handed over.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Pending>);

/// Why a push was not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// It is not allowed.
    #[error("{} in change {}", .0.fault, .0.index)]
    Refused(Refused),
    /// The database failed.
    #[error(transparent)]
    Database(sqlx::Error),
    /// The writer is gone.
    #[error("the writer ended")]
    Ended,
}

struct Pending {
    job: Job,
    answer: oneshot::Sender<Result<Cursor, WriteError>>,
}

impl Writer {
    /// Starts writing; ends when the last handle is dropped.
    pub(crate) fn start(store: Store, hub: Hub, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(run(receiver, store, hub, clock));
        Self(sender)
    }

    /// Stores a push; the cursor of its last change.
    pub(crate) async fn write(&self, job: Job) -> Result<Cursor, WriteError> {
        let (answer, stored) = oneshot::channel();
        self.0.send(Pending { job, answer }).await.map_err(|_| WriteError::Ended)?;
        stored.await.unwrap_or(Err(WriteError::Ended))
    }
}

async fn run(mut waiting: mpsc::Receiver<Pending>, store: Store, hub: Hub, clock: Clock) {
    while let Some(first) = waiting.recv().await {
        let mut changes = first.job.changes.len();
        let mut batch = vec![first];
        while changes < CHANGES
            && let Ok(next) = waiting.try_recv()
        {
            changes += next.job.changes.len();
            batch.push(next);
        }
        // On its own, so that a panic ends this batch and not all writing.
        let work = tokio::spawn(write_batch(store.clone(), hub.clone(), clock, batch));
        if let Err(panic) = work.await {
            tracing::error!(%panic, "writing a batch of pushes panicked");
        }
    }
}

async fn write_batch(store: Store, hub: Hub, clock: Clock, batch: Vec<Pending>) {
    let (jobs, answers): (Vec<Job>, Vec<_>) = batch.into_iter().map(|pending| (pending.job, pending.answer)).unzip();
    let results = match store.write(&jobs, clock).await {
        Ok(results) => results.into_iter().map(|result| result.map_err(WriteError::Refused)).collect(),
        // One push may be at fault for all: each gets its own chance.
        Err(_) if jobs.len() > 1 => {
            let mut results = Vec::with_capacity(jobs.len());
            for job in &jobs {
                results.push(write_one(&store, clock, job).await);
            }
            results
        }
        Err(error) => vec![Err(WriteError::Database(error))],
    };
    for ((job, answer), result) in jobs.iter().zip(answers).zip(results) {
        let result = result.map(|written| {
            hub.announce(job, &written.touched);
            written.until
        });
        // The client may be gone; its push is stored all the same.
        let _ = answer.send(result);
    }
}

async fn write_one(store: &Store, clock: Clock, job: &Job) -> Result<Written, WriteError> {
    let results = store.write(std::slice::from_ref(job), clock).await.map_err(WriteError::Database)?;
    let result = results.into_iter().next().ok_or(WriteError::Ended)?;
    result.map_err(WriteError::Refused)
}
