//! Pulling: cursors, pages, and that nothing is ever lost.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};
use stack_api::sync::EPOCH;

use crate::rig::{Person, Rig, ids, in_space, task};

#[tokio::test]
async fn a_cursor_is_any_rfc_3339_time() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    for since in [EPOCH, "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123456+05:30", "0001-01-01T00:00:00Z"] {
        assert_eq!(ids(&anna.pull(since).await["serverChanges"]), ["t1"], "{since}");
    }
    let future = anna.pull("9999-12-31T23:59:59.999Z").await;
    assert_eq!(future["serverChanges"], json!([]));
    let bad = anna.get("/sync/todo/pull?collection=tasks&since=yesterday").await;
    assert_eq!(bad.refusal(), (400, r#"invalid since "yesterday": not an RFC 3339 time"#));
}

#[tokio::test]
async fn collection_and_since_are_required() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    for query in ["", "?collection=tasks", "?since=1970-01-01T00:00:00Z", "?collection=&since=1970-01-01T00:00:00Z"] {
        let answer = anna.get(&format!("/sync/todo/pull{query}")).await;
        assert_eq!(answer.refusal(), (400, "missing collection or since parameter"), "{query}");
    }
}

#[tokio::test]
async fn a_client_whose_clock_runs_ahead_misses_nothing() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    let ahead = anna.pull("2100-01-01T00:00:00.000Z").await;
    anna.push(json!([task("t2", "b")])).await;
    let next = anna.pull(ahead["syncedUntil"].as_str().unwrap()).await;
    assert_eq!(ids(&next["serverChanges"]), ["t2"]);
}

#[tokio::test]
async fn one_collection_of_one_app_is_pulled() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let label = json!({"table": "labels", "id": "l1", "op": "insert", "data": {}});
    anna.push(json!([task("t1", "a"), label])).await;
    anna.send("notes", json!({"changes": [task("n1", "x")]}).to_string()).await.json();
    assert_eq!(ids(&anna.pull(EPOCH).await["serverChanges"]), ["t1"]);
}

#[tokio::test]
async fn only_a_client_that_names_itself_is_spared_its_own_writes() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna, &ben]);
    anna.in_client("mcp").push(json!([in_space("family", task("t1", "a"))])).await;
    ben.in_client("mcp").push(json!([in_space("family", task("t2", "b"))])).await;
    assert_eq!(ids(&anna.pull(EPOCH).await["serverChanges"]), ["t1", "t2"]);
    let named = anna.in_client("mcp").pull(EPOCH).await;
    assert_eq!(ids(&named["serverChanges"]), ["t2"], "another user's client of the same name is another client");
}

#[tokio::test]
async fn fifteen_hundred_rows_of_two_writers_come_page_by_page() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let writers = ["phone", "laptop"].map(|client| {
        let anna = anna.in_client(client);
        tokio::spawn(async move {
            for round in 0..30 {
                let changes: Vec<_> = (0..25).map(|n| task(&format!("{client}-{round}-{n}"), "x")).collect();
                anna.push(json!(changes)).await;
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    let first = anna.pull(EPOCH).await;
    assert_eq!(first["serverChanges"].as_array().unwrap().len(), 1000);
    assert_eq!(first["hasMore"], true);
    let second = anna.pull(first["syncedUntil"].as_str().unwrap()).await;
    assert_eq!(second["serverChanges"].as_array().unwrap().len(), 500);
    assert_eq!(second["hasMore"], false);
    let all: BTreeSet<_> = [first, second].iter().flat_map(|page| ids(&page["serverChanges"])).collect();
    assert_eq!(all.len(), 1500, "none lost, none doubled");

    let push = anna.in_client("tablet").push(json!([])).await;
    assert_eq!((push["serverChanges"].as_array().unwrap().len(), &push["hasMore"]), (1000, &json!(true)));
}

#[tokio::test]
async fn a_reader_beside_four_writers_sees_each_change_once() {
    const PUSHES: usize = 25;
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let writers: Vec<_> = (0..4).map(|writer| tokio::spawn(write(anna.clone(), writer, PUSHES))).collect();
    let mut seen = Vec::new();
    let mut since = EPOCH.to_owned();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        let (changes, cursor) = anna.pull_all(&since).await;
        assert!(moment(&cursor) >= moment(&since), "a cursor never goes back");
        seen.extend(changes);
        since = cursor;
    }
    seen.extend(anna.pull_all(&since).await.0);
    for writer in writers {
        writer.await.unwrap();
    }
    let distinct: BTreeSet<_> = ids(&json!(seen)).into_iter().collect();
    assert_eq!((seen.len(), distinct.len()), (4 * PUSHES * 3, 4 * PUSHES * 3));
    assert_eq!(seen, anna.pull_all(EPOCH).await.0, "the order of cursors is the order in which they were seen");
}

fn moment(cursor: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(cursor).unwrap()
}

async fn write(anna: Person, writer: usize, pushes: usize) {
    for push in 0..pushes {
        let changes: Vec<Value> = (0..3).map(|n| task(&format!("{writer}-{push}-{n}"), "x")).collect();
        anna.push(json!(changes)).await;
    }
}

#[tokio::test]
async fn cursors_go_on_when_the_clock_was_set_back() {
    let mut rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    let before = anna.pull(EPOCH).await["syncedUntil"].as_str().unwrap().to_owned();
    rig.restart(Utc::now() - TimeDelta::minutes(10)).await;
    // To the clock that was set back, the token she has is from the future.
    let anna = anna.at(&rig).with_token(rig.odd_token(|claims, _, _| claims.iat -= 3600));
    rig.admit(&anna);
    anna.push(json!([task("t2", "b")])).await;
    let page = anna.pull(&before).await;
    assert_eq!(ids(&page["serverChanges"]), ["t2"]);
    assert!(page["syncedUntil"].as_str().unwrap() > before.as_str());
}

#[tokio::test]
async fn a_page_of_large_changes_ends_early_and_says_so() {
    let rig = Rig::start().await;
    let anna = rig.person("anna").in_client("phone");
    let long = "x".repeat(1024 * 1024);
    for round in 0..2 {
        let changes: Vec<_> = (0..6).map(|n| task(&format!("t{round}-{n}"), &long)).collect();
        anna.push(json!(changes)).await;
    }
    let reader = anna.in_client("laptop");
    let first = reader.pull(EPOCH).await;
    assert_eq!(first["hasMore"], true);
    assert!(first["serverChanges"].as_array().unwrap().len() < 12);
    let (all, _) = reader.pull_all(EPOCH).await;
    assert_eq!(ids(&json!(all)).into_iter().collect::<BTreeSet<_>>().len(), 12);
    assert_eq!(all.len(), 12);
}
