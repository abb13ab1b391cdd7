//! A stack that is killed while it is written to.

use std::{collections::BTreeSet, sync::Arc};

use stack_client::{AuthClient, SyncClient};
use stack_test_database::TestDatabase;
use tokio::sync::Semaphore;

use crate::{
    program::{Up, told},
    pushes::{SINCE, task},
};

/// How often the stack is killed, unless the environment says so.
const ROUNDS: usize = 20;
const WRITERS: usize = 3;
/// Changes of one push: all are stored, or none.
const CHANGES: usize = 5;

fn rounds() -> usize {
    std::env::var("CRASH_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("CRASH_ROUNDS is a number"))
}

/// Somebody who writes to one space.
#[derive(Clone)]
struct Writer {
    sync: SyncClient,
    token: String,
    space: String,
}

/// A push, by the start of its records' ids.
struct Push {
    prefix: String,
    acknowledged: bool,
}

impl Writer {
    async fn at(up: &Up) -> Self {
        let token = told(&up.verb(&["admin", "token"])).trim().to_owned();
        let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), reqwest::Client::new());
        let space = auth.spaces(&token).await.unwrap().remove(0).id;
        let sync = SyncClient::new(up.addresses.sync.parse().unwrap(), reqwest::Client::new(), "crash");
        Self { sync, token, space }
    }

    /// Pushes until the stack is gone, with a permit for each push that was acknowledged.
    async fn write(self, name: String, acknowledged: Arc<Semaphore>) -> Vec<Push> {
        let mut pushes = Vec::new();
        loop {
            let prefix = format!("{name}-{}-", pushes.len());
            let changes = (0..CHANGES).map(|at| task(&format!("{prefix}{at}"), &self.space)).collect();
            let answer = self.sync.push(&self.token, "todo", SINCE, changes).await;
            let gone = answer.is_err();
            pushes.push(Push { prefix, acknowledged: !gone });
            if gone {
                return pushes;
            }
            acknowledged.add_permits(1);
        }
    }

    async fn stored(&self) -> BTreeSet<String> {
        let records = self.sync.records(&self.token, "todo", "tasks", &self.space).await.unwrap().records;
        records.into_iter().map(|record| record.id).collect()
    }
}

fn check(pushes: &[Push], stored: &BTreeSet<String>) {
    for push in pushes {
        let found = stored.iter().filter(|id| id.starts_with(&push.prefix)).count();
        if push.acknowledged {
            assert_eq!(found, CHANGES, "{} was acknowledged", push.prefix);
        } else {
            assert!(found == 0 || found == CHANGES, "{} is there by {found} of {CHANGES}", push.prefix);
        }
    }
    assert_eq!(stored.len() % CHANGES, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill_and_nothing_is_half_there() {
    let mut database = TestDatabase::fresh();
    let mut pushes = Vec::new();
    for round in 0..rounds() {
        let mut up = Up::start_on(database);
        let writer = Writer::at(&up).await;
        check(&pushes, &writer.stored().await);
        let acknowledged = Arc::new(Semaphore::new(0));
        let writers: Vec<_> = (0..WRITERS)
            .map(|at| tokio::spawn(writer.clone().write(format!("r{round}-w{at}"), Arc::clone(&acknowledged))))
            .collect();
        // Another moment of the writing in each round.
        let enough = u32::try_from(1 + round % 11).unwrap();
        acknowledged.acquire_many(enough).await.unwrap().forget();
        up.process.kill().unwrap();
        up.process.wait().unwrap();
        for writer in writers {
            pushes.extend(writer.await.unwrap());
        }
        database = std::mem::replace(&mut up.database, TestDatabase::fresh());
    }
    let up = Up::start_on(database);
    let writer = Writer::at(&up).await;
    check(&pushes, &writer.stored().await);
    let acknowledged = pushes.iter().filter(|push| push.acknowledged).count();
    assert!(acknowledged >= rounds(), "too little was written to tell anything: {acknowledged} pushes");
    println!("{} kills, {acknowledged} acknowledged pushes", rounds());
}
