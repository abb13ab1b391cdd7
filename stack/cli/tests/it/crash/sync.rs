//! Sync, killed beside the services that go on.

use stack_cli::Service;

use super::{Count, acknowledged, pushes::Writer, rounds, tell};
use crate::processes::Processes;

#[tokio::test(flavor = "multi_thread")]
async fn pushes_that_a_killed_sync_acknowledged_are_there_and_none_is_half_there() {
    let mut processes = Processes::start(&[Service::Auth, Service::Sync]).await;
    let mut pushes = Vec::new();
    for round in 0..rounds() {
        let (_, token) = processes.admin().await;
        let writer = Writer::at(&processes.addresses, token).await;
        let count = Count::new();
        let writers = writer.write(round, &count);
        count.until_enough(round).await;
        processes.kill(Service::Sync);
        for writer in writers {
            pushes.extend(writer.await.unwrap());
        }
        processes.run(Service::Sync).await;
        writer.check(&pushes).await;
    }
    tell("sync", acknowledged(&pushes));
}
