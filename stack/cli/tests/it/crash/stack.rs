//! The whole stack in one process.

use stack_test_database::TestDatabase;

use super::{Count, acknowledged, pushes::Writer, rounds, tell};
use crate::program::{Up, told};

async fn writer(up: &Up) -> Writer {
    let token = told(&up.verb(&["admin", "token"])).trim().to_owned();
    Writer::at(&up.addresses, token).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill_and_nothing_is_half_there() {
    let mut database = TestDatabase::fresh();
    let mut pushes = Vec::new();
    for round in 0..rounds() {
        let mut up = Up::start_on(database);
        let writer = writer(&up).await;
        writer.check(&pushes).await;
        let count = Count::new();
        let writers = writer.write(round, &count);
        count.until_enough(round).await;
        up.process.kill().unwrap();
        up.process.wait().unwrap();
        for writer in writers {
            pushes.extend(writer.await.unwrap());
        }
        database = std::mem::replace(&mut up.database, TestDatabase::fresh());
    }
    let up = Up::start_on(database);
    writer(&up).await.check(&pushes).await;
    tell("stack", acknowledged(&pushes));
}
