//! The stream: what was missed, then what comes.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use stack_api::sync::EPOCH;

use crate::rig::{Events, Rig, ids, in_space, task};

#[tokio::test]
async fn pending_changes_come_first_and_new_ones_at_once() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a"), task("t2", "b")])).await;
    let mut stream = anna.stream("collections=tasks").await;
    let pending = stream.next().await.unwrap();
    assert_eq!((pending.name.as_str(), &pending.data["table"]), ("changes", &json!("tasks")));
    assert_eq!(ids(&pending.data["changes"]), ["t1", "t2"]);
    assert_eq!(pending.data["hasMore"], false);
    assert_eq!(pending.id.as_deref(), pending.data["syncedUntil"].as_str());

    let begun = std::time::Instant::now();
    anna.push(json!([task("t3", "c")])).await;
    assert_eq!(stream.next_ids().await, ["t3"]);
    assert!(begun.elapsed() < Duration::from_secs(2), "pushed, answered and delivered in {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_change_is_delivered_as_it_is_pulled() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    let delivered = anna.stream("").await.next().await.unwrap();
    assert_eq!(delivered.data["changes"], anna.pull(EPOCH).await["serverChanges"]);
}

#[tokio::test]
async fn a_client_goes_on_from_the_last_id_it_saw() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let label = json!({"table": "labels", "id": "l1", "op": "insert", "data": {}});
    anna.push(json!([task("t1", "a"), label, task("t2", "b")])).await;
    let mut stream = anna.stream("").await;
    let seen = [stream.next().await.unwrap(), stream.next().await.unwrap()];
    assert_eq!(seen.each_ref().map(|event| event.data["table"].as_str().unwrap()), ["tasks", "labels"]);
    assert_eq!(seen[1].data["hasMore"], true);
    drop(stream);
    anna.push(json!([task("t3", "c")])).await;

    let last_id = seen[1].id.clone().unwrap();
    let request = anna.request(reqwest::Method::GET, &format!("/sync/todo/stream?since={EPOCH}"));
    let mut again = Events::open(request.header("Last-Event-ID", &last_id)).await;
    assert_eq!(again.next_ids().await, ["t2", "t3"], "the header counts more than the query");
    let mut by_query = anna.stream(&format!("since={last_id}")).await;
    assert_eq!(by_query.next_ids().await, ["t2", "t3"]);
}

#[tokio::test]
async fn only_the_collections_asked_for_are_delivered() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let label = |id: &str| json!({"table": "labels", "id": id, "op": "insert", "data": {}});
    let list = |id: &str| json!({"table": "lists", "id": id, "op": "insert", "data": {}});
    anna.push(json!([label("l1"), task("t1", "a"), list("i1")])).await;
    let mut stream = anna.stream("collections=tasks,%20labels").await;
    assert_eq!([stream.next_ids().await, stream.next_ids().await].concat(), ["l1", "t1"]);
    anna.push(json!([list("i2")])).await;
    anna.send("notes", json!({"changes": [task("n1", "x")]}).to_string()).await.json();
    anna.push(json!([label("l2")])).await;
    assert_eq!(stream.next_ids().await, ["l2"]);
}

#[tokio::test]
async fn a_client_that_names_itself_does_not_hear_itself() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let (phone, laptop) = (anna.in_client("phone"), anna.in_client("laptop"));
    let mut stream = phone.stream("collections=tasks").await;
    phone.push(json!([task("t1", "a")])).await;
    laptop.push(json!([task("t2", "b")])).await;
    assert_eq!(stream.next_ids().await, ["t2"]);
}

#[tokio::test]
async fn a_change_of_a_shared_space_reaches_every_member_and_nobody_else() {
    let rig = Rig::start().await;
    let (anna, ben, tom) = (rig.person("anna"), rig.person("ben"), rig.person("tom"));
    rig.share("family", &[&anna, &ben]);
    let mut streams = [anna.stream("").await, ben.stream("").await];
    let mut of_tom = tom.stream("").await;
    anna.push(json!([in_space("family", task("f", "a"))])).await;
    for stream in &mut streams {
        assert_eq!(stream.next_ids().await, ["f"]);
    }
    anna.push(json!([task("p", "private")])).await;
    assert_eq!(streams[0].next_ids().await, ["p"]);
    ben.push(json!([task("q", "private")])).await;
    assert_eq!(streams[1].next_ids().await, ["q"], "and not Anna's");
    tom.push(json!([task("t", "own")])).await;
    assert_eq!(of_tom.next_ids().await, ["t"], "the first that Tom hears");
}

#[tokio::test]
async fn a_long_backlog_comes_in_pages_while_others_write() {
    let rig = Rig::start().await;
    let anna = rig.person("anna").in_client("phone");
    for round in 0..5 {
        let changes: Vec<_> = (0..500).map(|n| task(&format!("old-{round}-{n}"), "x")).collect();
        anna.push(json!(changes)).await;
    }
    let mut stream = anna.in_client("laptop").stream("collections=tasks").await;
    let writer = tokio::spawn(async move {
        for n in 0..50 {
            anna.push(json!([task(&format!("new-{n}"), "x")])).await;
        }
    });
    let mut seen: Vec<String> = Vec::new();
    let mut first_page = None;
    while seen.len() < 2550 {
        let event = stream.next().await.unwrap();
        first_page.get_or_insert_with(|| (ids(&event.data["changes"]).len(), event.data["hasMore"].clone()));
        seen.extend(ids(&event.data["changes"]));
    }
    writer.await.unwrap();
    assert_eq!(first_page, Some((1000, Value::Bool(true))));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 2550, "none lost, none doubled");
    assert!(stream.next_within(Duration::from_millis(300)).await.is_err(), "nothing comes twice");
}

#[tokio::test]
async fn streams_end_at_once_when_the_service_stops() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let mut stream = anna.stream("").await;
    let begun = std::time::Instant::now();
    rig.stop.cancel();
    assert!(stream.next().await.is_none());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stream_survives_a_restart_from_its_last_cursor() {
    let mut rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    let mut stream = anna.stream("").await;
    let last_id = stream.next().await.unwrap().id.unwrap();
    rig.restart(chrono::Utc::now()).await;
    assert!(stream.next().await.is_none());
    let anna = anna.at(&rig);
    anna.push(json!([task("t2", "b")])).await;
    assert_eq!(anna.stream(&format!("since={last_id}")).await.next_ids().await, ["t2"]);
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let rig = Rig::start().await;
    let (anna, brief) = (rig.person("anna"), rig.person_for("anna", 1));
    let mut stream = brief.stream("").await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(8);
    loop {
        anna.push(json!([task("t1", "a")])).await;
        if stream.next().await.is_none() {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "the stream outlives its token");
    }
}

#[tokio::test]
async fn a_bad_cursor_or_too_many_collections_are_refused() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let bad = anna.get("/sync/todo/stream?since=soon").await;
    assert_eq!(bad.refusal(), (400, r#"invalid since "soon": not an RFC 3339 time"#));
    let request = anna.request(reqwest::Method::GET, "/sync/todo/stream").header("Last-Event-ID", "17");
    let bad = crate::rig::answer(request).await;
    assert_eq!(bad.refusal(), (400, r#"invalid Last-Event-ID "17": not an RFC 3339 time"#));
    let many: String = (0..101).map(|n| format!("c{n},")).collect();
    let bad = anna.get(&format!("/sync/todo/stream?collections={many}")).await;
    assert_eq!(bad.refusal(), (400, "more than 100 collections"));
}
