//! How a runner ends.

use std::time::{Duration, Instant};

use stack_api::personas::ActionResult;

use crate::rig::{Rig, token, until};

#[tokio::test]
async fn an_idle_runner_ends_at_once() {
    let rig = Rig::start().await;
    rig.stop.cancel();
    tokio::time::timeout(Duration::from_secs(1), rig.task).await.expect("in time").unwrap();
}

#[tokio::test]
async fn a_stop_during_a_tick_ends_it_within_three_seconds_and_stores_what_was_done() {
    let rig = Rig::with(|config| {
        config.interval = Duration::from_millis(50);
        config.concurrency = 1;
    })
    .await;
    rig.gateway.hanging.lock().unwrap().push(token("ben"));
    tokio::time::timeout(Duration::from_secs(10), rig.gateway.hung.notified()).await.expect("Ben's call hangs");
    let start = Instant::now();
    rig.stop.cancel();
    tokio::time::timeout(Duration::from_secs(3), rig.task).await.expect("within three seconds").unwrap();
    assert!(start.elapsed() < Duration::from_secs(3));

    assert_eq!(rig.auth.lock().unwrap().feedback.len(), 1, "Anna's day was over before");
    let rows = rig.auth.lock().unwrap().actions.get("ben").cloned().unwrap_or_default();
    assert_eq!(rows.len(), 1, "the call that hung: {rows:?}");
    assert_eq!(rows[0].result, ActionResult::Error);
    assert!(rows[0].error_message.as_ref().unwrap().starts_with("abandoned"), "{rows:?}");
    assert!(rig.gateway.calls_of(&token("maya")).is_empty(), "nobody begins after the stop");
}

#[tokio::test]
async fn a_tick_asked_for_by_hand_is_ended_too() {
    let rig = Rig::with(|config| config.paused = true).await;
    rig.gateway.hanging.lock().unwrap().push(token("anna"));
    let asked = {
        let url = rig.runner.join("/diag/tick").unwrap();
        tokio::spawn(async move { reqwest::Client::new().post(url).send().await.unwrap().status() })
    };
    tokio::time::timeout(Duration::from_secs(10), rig.gateway.hung.notified()).await.expect("Anna's call hangs");
    // Ben's day goes on beside hers; the stop comes once it is stored.
    until("Ben has lived", || !rig.feedback("ben").is_empty()).await;
    rig.stop.cancel();
    tokio::time::timeout(Duration::from_secs(3), rig.task).await.expect("within three seconds").unwrap();
    assert_eq!(asked.await.unwrap(), 200);
    assert_eq!(rig.auth.lock().unwrap().actions["anna"].len(), 1);
}
