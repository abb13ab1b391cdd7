//! What is pushed to sync, and what of it is there afterwards.

use std::collections::BTreeSet;

use stack_api::Addresses;
use stack_client::{AuthClient, SyncClient};

use super::{Count, Written, write_until_gone};
use crate::pushes::{SINCE, task};

pub(super) const WRITERS: usize = 3;
/// Changes of one push: all are stored, or none.
const CHANGES: usize = 5;

/// Somebody who writes to one space.
#[derive(Clone)]
pub(super) struct Writer {
    sync: SyncClient,
    token: String,
    space: String,
}

/// A push, by the start of its records' ids.
pub(super) type Push = Written<String>;

impl Writer {
    pub(super) async fn at(addresses: &Addresses, token: String) -> Self {
        let auth = AuthClient::new(addresses.auth.parse().unwrap(), reqwest::Client::new());
        let space = auth.spaces(&token).await.unwrap().remove(0).id;
        Self { sync: SyncClient::new(addresses.sync.parse().unwrap(), reqwest::Client::new(), "crash"), token, space }
    }

    /// Pushes until the service is gone, as several writers.
    pub(super) fn write(&self, round: usize, count: &Count) -> Vec<tokio::task::JoinHandle<Vec<Push>>> {
        let write = |at: usize| {
            let (writer, count) = (self.clone(), count.clone());
            tokio::spawn(write_until_gone(count, move |n| {
                let prefix = format!("r{round}-w{at}-{n}-");
                (prefix.clone(), writer.clone().push(prefix))
            }))
        };
        (0..WRITERS).map(write).collect()
    }

    async fn push(self, prefix: String) -> Option<()> {
        let changes = (0..CHANGES).map(|at| task(&format!("{prefix}{at}"), &self.space)).collect();
        self.sync.push(&self.token, "todo", SINCE, changes).await.ok().map(drop)
    }

    /// Every acknowledged push is there, and none by half.
    pub(super) async fn check(&self, pushes: &[Push]) {
        let records = self.sync.records(&self.token, "todo", "tasks", &self.space).await.unwrap().records;
        let stored: BTreeSet<String> = records.into_iter().map(|record| record.id).collect();
        for Written { what: prefix, answer } in pushes {
            let found = stored.iter().filter(|id| id.starts_with(prefix)).count();
            if answer.is_some() {
                assert_eq!(found, CHANGES, "{prefix} was acknowledged");
            } else {
                assert!(found == 0 || found == CHANGES, "{prefix} is there by {found} of {CHANGES}");
            }
        }
        assert_eq!(stored.len() % CHANGES, 0);
    }
}
