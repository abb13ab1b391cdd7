//! The shared stream: collections of several apps on one connection.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use stack_api::sync::EPOCH;

use crate::rig::{Events, Person, Rig, ids, task};

async fn follow(person: &Person, places: &[&str]) -> Events {
    Events::open(person.request(Method::GET, &format!("/sync/stream?follow={}", places.join(",")))).await
}

async fn push_to(person: &Person, app: &str, change: Value) {
    person.send(app, json!({ "changes": [change] }).to_string()).await.json();
}

#[tokio::test]
async fn one_connection_follows_collections_of_several_apps_each_from_its_own_cursor() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "seen")])).await;
    let seen = anna.pull(EPOCH).await["syncedUntil"].as_str().unwrap().to_owned();
    anna.push(json!([task("t2", "missed")])).await;
    let note = |id: &str| json!({"table": "notes", "id": id, "op": "insert", "data": {}});
    push_to(&anna, "notes", note("n1")).await;
    push_to(&anna, "habits", json!({"table": "habits", "id": "h1", "op": "insert", "data": {}})).await;

    let mut stream = follow(&anna, &[&format!("todo/tasks@{seen}"), &format!("notes/notes@{EPOCH}")]).await;
    let mut missed = Vec::new();
    for _ in 0..2 {
        let event = stream.next().await.unwrap();
        assert_eq!(event.id, None, "one id could not say where several collections stand");
        missed.push((event.data["appId"].clone(), event.data["table"].clone(), ids(&event.data["changes"])));
    }
    missed.sort_by_key(|(app, ..)| app.to_string());
    let expected = [
        (json!("notes"), json!("notes"), vec!["n1".to_owned()]),
        (json!("todo"), json!("tasks"), vec!["t2".to_owned()]),
    ];
    assert_eq!(missed, expected);

    push_to(&anna, "notes", note("n2")).await;
    assert_eq!(stream.next_ids().await, ["n2"]);
    anna.push(json!([task("t3", "new")])).await;
    assert_eq!(stream.next_ids().await, ["t3"]);
}

#[tokio::test]
async fn nobody_hears_of_another_persons_records() {
    let rig = Rig::start().await;
    let (anna, tom) = (rig.person("anna"), rig.person("tom"));
    let mut of_tom = follow(&tom, &[&format!("todo/tasks@{EPOCH}")]).await;
    anna.push(json!([task("a", "private")])).await;
    tom.push(json!([task("t", "own")])).await;
    assert_eq!(of_tom.next_ids().await, ["t"], "the first that Tom hears");
}

#[tokio::test]
async fn it_ends_as_a_whole_with_its_token_and_with_the_service() {
    let rig = Rig::start().await;
    let places = [format!("todo/tasks@{EPOCH}"), format!("notes/notes@{EPOCH}")];
    let places = places.each_ref().map(String::as_str);
    let (anna, brief) = (rig.person("anna"), rig.person_for("anna", 1));
    let mut expiring = follow(&brief, &places).await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(8);
    loop {
        // Only the tasks' feed is woken; it takes the notes' feed along.
        anna.push(json!([task("t1", "a")])).await;
        if expiring.next().await.is_none() {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "the stream outlives its token");
    }
    let mut stream = follow(&anna, &[places[1]]).await;
    rig.stop.cancel();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_place_that_cannot_be_followed_is_refused() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let refusal = anna.get("/sync/stream?follow=todo").await;
    let told = r#"invalid follow "todo": write app/collection@cursor, and commas between several"#;
    assert_eq!(refusal.refusal(), (400, told));
    assert_eq!(anna.get("/sync/stream").await.status, 400);
    assert_eq!(anna.get("/sync/stream?follow=todo/tasks@soon").await.status, 400);
    let nobody = anna.with_token("none".to_owned());
    assert_eq!(nobody.get(&format!("/sync/stream?follow=todo/tasks@{EPOCH}")).await.status, 401);
}
