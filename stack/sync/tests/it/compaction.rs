//! Compaction: the history becomes shorter, and nobody notices.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use stack_api::sync::EPOCH;

use crate::rig::{Rig, answer, delete, in_space, retitle, task, titles};

fn at(second: usize) -> String {
    format!("2026-02-01T00:{:02}:{:02}Z", second / 60, second % 60)
}

/// The titles that a reader comes to who takes in these changes: the later one wins.
fn title_of(changes: &[Value]) -> BTreeMap<String, (String, String)> {
    let mut titles = BTreeMap::<String, (String, String)>::new();
    for change in changes {
        let id = change["id"].as_str().unwrap().to_owned();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (at, title) = match change["op"].as_str().unwrap() {
            "insert" => (text(&change["data"]["updatedAt"]), text(&change["data"]["title"])),
            "update" => (text(&change["fields"]["title"]["at"]), text(&change["fields"]["title"]["value"])),
            _ => continue,
        };
        let known = titles.entry(id).or_default();
        if at > known.0 {
            *known = (at, title);
        }
    }
    titles
}

#[tokio::test]
async fn readers_end_alike_wherever_they_stood() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a"), task("t2", "b")])).await;
    let (mut of_early, early) = anna.pull_all(EPOCH).await;
    let updates = |from: usize| -> Vec<Value> {
        (from..from + 100)
            .map(|n| retitle(if n % 2 == 0 { "t1" } else { "t2" }, &format!("title {n}"), &at(n)))
            .collect()
    };
    anna.push(json!(updates(0))).await;
    let (mut of_half, half) = anna.pull_all(EPOCH).await;
    anna.push(json!(updates(100))).await;
    let records = anna.records().await;
    let (whole, end) = anna.pull_all(EPOCH).await;
    assert_eq!(whole.len(), 202);

    assert_eq!(rig.compact().await, 198, "two inserts and the newest title of each stay");
    assert_eq!(rig.compact().await, 0, "what is done is done");
    let (left, same_end) = anna.pull_all(EPOCH).await;
    assert_eq!((left.len(), &same_end), (4, &end));
    of_early.extend(anna.pull_all(&early).await.0);
    of_half.extend(anna.pull_all(&half).await.0);
    let expected = title_of(&whole);
    assert_eq!(expected["t1"].1, "title 198");
    for read in [&left, &of_early, &of_half] {
        assert_eq!(title_of(read), expected);
    }
    assert_eq!(anna.records().await, records);

    anna.push(json!([retitle("t1", "newest", &at(1000))])).await;
    assert_eq!(rig.compact().await, 1, "a shelf that was written to is gone over again");
}

#[tokio::test]
async fn a_stream_goes_on_behind_changes_that_are_gone() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    let first = anna.stream("").await.next().await.unwrap().id.unwrap();
    anna.push(json!([retitle("t1", "b", &at(1))])).await;
    let second = anna.stream(&format!("since={first}")).await.next().await.unwrap().id.unwrap();
    anna.push(json!([retitle("t1", "c", &at(2))])).await;
    assert_eq!(rig.compact().await, 1);
    for since in [first, second] {
        let event = anna.stream(&format!("since={since}")).await.next().await.unwrap();
        let titles: Vec<_> =
            event.data["changes"].as_array().unwrap().iter().map(|c| &c["fields"]["title"]["value"]).collect();
        assert_eq!(titles, [&json!("c")], "{since}");
    }
}

#[tokio::test]
async fn what_another_user_overtook_comes_back_when_that_user_goes() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna, &ben]);
    anna.push(json!([in_space("family", task("t1", "insert"))])).await;
    for (person, title, second) in [(&anna, "anna's first", 1), (&anna, "anna's", 2), (&ben, "ben's", 3)] {
        person.push(json!([in_space("family", retitle("t1", title, &at(second)))])).await;
    }
    assert_eq!(rig.compact().await, 1, "anna's first alone: she overtook it herself");
    assert_eq!(titles(&anna.records().await), ["ben's"]);
    let erase = reqwest::Client::new().request(Method::DELETE, rig.url.join("/internal/users/ben").unwrap());
    answer(erase.header("X-Service-Key", crate::rig::SERVICE_KEY)).await.json();
    assert_eq!(titles(&anna.records().await), ["anna's"]);
}

#[tokio::test]
async fn a_deletion_stays_until_a_later_one() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a"), delete("t1", &at(1)), delete("t1", &at(2))])).await;
    assert_eq!(rig.compact().await, 1);
    let (left, _) = anna.pull_all(EPOCH).await;
    assert_eq!(left.iter().map(|change| &change["op"]).collect::<Vec<_>>(), ["insert", "delete"]);
    assert!(anna.records().await.is_empty());
}

#[tokio::test]
async fn nobody_but_a_service_compacts() {
    let rig = Rig::start().await;
    let request = rig.person("anna").request(Method::POST, "/internal/compact");
    assert_eq!(answer(request).await.refusal(), (401, "unauthorized: missing or wrong service key"));
}
