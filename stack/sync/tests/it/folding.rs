//! The server's records against a client that folds every change itself.

use std::collections::BTreeMap;

use chrono::DateTime;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::rig::{Person, Rig};

/// What a client keeps of a field.
type Entry = (DateTime<chrono::FixedOffset>, bool, String);

/// A fold as simple as can be: each field is the greatest of its entries, by instant, then deletion, then text. (The
/// values below are short ASCII texts and nulls, whose JSON text compares alike everywhere.)
fn fold(changes: &[Value]) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut records = BTreeMap::<String, BTreeMap<String, Entry>>::new();
    for change in changes {
        let record = records.entry(change["id"].as_str().unwrap().to_owned()).or_default();
        for (name, value, at) in entries(change) {
            let deletion = name == "deletedAt" && !value.is_null();
            let entry = (DateTime::parse_from_rfc3339(&at).unwrap(), deletion, value.to_string());
            let known = record.entry(name).or_insert_with(|| entry.clone());
            if entry > *known {
                *known = entry;
            }
        }
    }
    let alive = |record: &BTreeMap<String, Entry>| !record.get("deletedAt").is_some_and(|(_, deleted, _)| *deleted);
    let values =
        |record: BTreeMap<String, Entry>| record.into_iter().map(|(name, (_, _, value))| (name, value)).collect();
    records.into_iter().filter(|(_, record)| alive(record)).map(|(id, record)| (id, values(record))).collect()
}

fn entries(change: &Value) -> Vec<(String, Value, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match change["op"].as_str().unwrap() {
        "insert" => {
            let data = change["data"].as_object().unwrap();
            data.iter().map(|(name, value)| (name.clone(), value.clone(), text(&data["updatedAt"]))).collect()
        }
        "update" => {
            let fields = change["fields"].as_object().unwrap();
            fields.iter().map(|(name, field)| (name.clone(), field["value"].clone(), text(&field["at"]))).collect()
        }
        _ => vec![("deletedAt".to_owned(), change["deletedAt"].clone(), text(&change["deletedAt"]))],
    }
}

async fn listed(person: &Person, app: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let answer = person.get(&format!("/sync/{app}/records?collection=tasks")).await.json();
    let values = |record: &Value| {
        let data = record["data"].as_object().unwrap();
        data.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
    };
    let records = answer["records"].as_array().unwrap().iter();
    records.map(|record| (record["id"].as_str().unwrap().to_owned(), values(record))).collect()
}

fn change() -> impl Strategy<Value = Value> {
    let id = prop::sample::select(vec!["t1", "t2", "t3"]);
    let value = prop::sample::select(vec![json!(null), json!("a"), json!("b"), json!("c")]);
    let at = prop::sample::select(vec![
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T01:00:00+01:00",
        "2026-01-01T00:00:00.5Z",
        "2026-01-02T00:00:00Z",
    ]);
    (id, 0..5, value, at).prop_map(|(id, kind, value, at)| {
        let change =
            |op: &str, part: &str, content: Value| json!({"table": "tasks", "id": id, "op": op, part: content});
        match kind {
            0 => change("insert", "data", json!({"title": value, "done": "no", "updatedAt": at})),
            1 => change("update", "fields", json!({"title": {"value": value, "at": at}})),
            2 => change("update", "fields", json!({"done": {"value": value, "updatedAt": at}})),
            3 => change("update", "fields", json!({"deletedAt": {"value": null, "at": at}})),
            _ => change("delete", "deletedAt", json!(at)),
        }
    })
}

/// Two people, several pushes each, of random sizes, at the same time.
#[test]
fn the_records_are_what_every_client_folds_from_the_changes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let rig = runtime.block_on(Rig::start());
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna, &ben]);
    let pushes = || prop::collection::vec(prop::collection::vec(change(), 1..8), 1..5);
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    runner
        .run(&(pushes(), pushes()), |(of_anna, of_ben)| {
            let app = uuid::Uuid::new_v4().to_string();
            runtime.block_on(async {
                tokio::join!(push_all(&anna, &app, of_anna), push_all(&ben, &app, of_ben));
                let since = stack_api::sync::EPOCH;
                let page = ben.get(&format!("/sync/{app}/pull?collection=tasks&since={since}")).await.json();
                let mut changes = page["serverChanges"].as_array().unwrap().clone();
                let records = listed(&anna, &app).await;
                prop_assert_eq!(&records, &fold(&changes));
                changes.reverse();
                prop_assert_eq!(&records, &fold(&changes), "the order of changes does not matter");
                prop_assert_eq!(&records, &listed(&ben, &app).await);
                Ok(())
            })
        })
        .unwrap();
    runtime.block_on(async { drop(rig) });
}

async fn push_all(person: &Person, app: &str, pushes: Vec<Vec<Value>>) {
    for mut changes in pushes {
        changes.iter_mut().for_each(|change| change["spaceId"] = json!("family"));
        let answer = person.send(app, json!({ "changes": changes }).to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

/// The rules in examples, which the web app's fold is held to as well (stack/web/tests/it/folding.rs).
#[tokio::test]
async fn the_shared_cases_come_out_as_told() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../vectors/folding.json")).unwrap();
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    rig.share("family", &[&anna]);
    rig.share("team", &[&anna]);
    for case in cases {
        let app = uuid::Uuid::new_v4().to_string();
        for change in case["changes"].as_array().unwrap() {
            let mut change = change.clone();
            change["table"] = json!("tasks");
            let answer = anna.send(&app, json!({ "changes": [change] }).to_string()).await;
            assert_eq!(answer.status, 200, "{}: {}", case["rule"], answer.text);
        }
        let answer = anna.get(&format!("/sync/{app}/records?collection=tasks")).await.json();
        let told = |record: &Value| json!({"id": record["id"], "spaceId": record["spaceId"], "data": record["data"]});
        let mut found: Vec<Value> = answer["records"].as_array().unwrap().iter().map(told).collect();
        found.sort_by_key(|record| record["id"].to_string());
        assert_eq!(json!(found), case["records"], "{}", case["rule"]);
    }
}
