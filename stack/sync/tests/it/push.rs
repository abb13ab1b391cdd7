//! Pushing: what is answered, what is stored, what is refused.

use serde_json::json;

use crate::rig::{Rig, delete, ids, in_space, retitle, task, titles};

#[tokio::test]
async fn a_pushed_task_comes_back_as_it_was_sent() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let change = json!({
        "table": "tasks", "id": "t1", "op": "insert", "origin": "agent", "actor": {"kind": "persona"},
        "data": {"title": "Milch", "updatedAt": "2026-01-01T00:00:00.000Z"},
    });
    anna.push(json!([change])).await;

    let page = anna.pull("1970-01-01T00:00:00.000Z").await;
    let got = &page["serverChanges"][0];
    assert!(!got["eventId"].as_str().unwrap().is_empty());
    assert_eq!(got["schemaVersion"], 1);
    for field in ["table", "id", "op", "origin", "actor", "data"] {
        assert_eq!(got[field], change[field], "{field}");
    }
    assert!(got.get("spaceId").is_none() && got.get("fields").is_none() && got.get("deletedAt").is_none());
    assert_eq!(page["changes"], page["serverChanges"], "the alias is the same list");
    assert_eq!(page["conflicts"], json!([]));
    assert_eq!(page["hasMore"], false);
    assert_eq!(page["syncedUntil"].as_str().unwrap().len(), "2026-01-01T00:00:00.123456789Z".len());
}

#[tokio::test]
async fn an_update_and_a_delete_come_back_in_their_own_form() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let update = json!({"table": "tasks", "id": "t1", "op": "update", "fields": {
        "title": {"value": "Brot", "updatedAt": "2026-01-02T00:00:00.000Z"},
    }});
    anna.push(json!([update, delete("t1", "2026-01-03T00:00:00.000Z")])).await;

    let page = anna.pull("1970-01-01T00:00:00.000Z").await;
    let [update, delete] = page["serverChanges"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!(update["fields"], json!({"title": {"value": "Brot", "at": "2026-01-02T00:00:00.000Z"}}));
    assert!(update.get("data").is_none() && update.get("deletedAt").is_none());
    assert_eq!(delete["deletedAt"], "2026-01-03T00:00:00.000Z");
    assert!(delete.get("data").is_none() && delete.get("fields").is_none());
}

#[tokio::test]
async fn a_push_is_answered_with_what_others_wrote_since() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let (phone, laptop) = (anna.in_client("phone"), anna.in_client("laptop"));
    let first = phone.push(json!([task("t1", "a")])).await;
    assert_eq!(first["serverChanges"], json!([]), "its own writes are left out");

    let second = laptop.push(json!([task("t2", "b")])).await;
    assert_eq!(ids(&second["serverChanges"]), ["t1"]);
    let third = phone.push_since(first["syncedUntil"].as_str().unwrap(), json!([task("t3", "c")])).await;
    assert_eq!(ids(&third["serverChanges"]), ["t2"]);
    assert_eq!(third["changes"], third["serverChanges"]);
    let nothing = laptop.push_since(third["syncedUntil"].as_str().unwrap(), json!([])).await;
    assert_eq!(nothing["serverChanges"], json!([]));
}

#[tokio::test]
async fn the_client_may_name_itself_in_the_body_or_not_at_all() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let body = json!({"clientId": "mcp", "since": "", "changes": [task("t1", "a")]}).to_string();
    assert_eq!(anna.send("todo", body.clone()).await.json()["serverChanges"], json!([]));
    let nameless = anna.push(json!([task("t2", "b")])).await;
    assert_eq!(ids(&nameless["serverChanges"]), ["t1", "t2"], "who names no client sees all writes");
    let header_wins = anna.in_client("other").send("todo", body).await.json();
    assert_eq!(ids(&header_wins["serverChanges"]), ["t1", "t2"]);
}

#[tokio::test]
async fn a_bad_change_at_the_end_leaves_nothing_stored() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let mut changes: Vec<_> = (0..50).map(|n| task(&format!("t{n}"), "x")).collect();
    for bad in [
        json!({"table": "tasks", "id": "t50", "op": "upsert"}),
        json!({"table": "tasks", "op": "insert"}),
        in_space("not-hers", task("t50", "x")),
        json!({"table": "tasks", "id": "t50", "op": "update", "fields": {"x": null}}),
    ] {
        changes.push(bad);
        let answer = anna.try_push(json!(changes)).await;
        assert!(answer.status.is_client_error() && answer.text.ends_with("in change 50"), "{answer:?}");
        changes.pop();
        assert!(anna.records().await.is_empty());
        assert!(anna.pull_all("1970-01-01T00:00:00Z").await.0.is_empty());
    }
}

#[tokio::test]
async fn errors_are_the_original_s_plain_texts() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let check = async |change, expected| {
        assert_eq!(anna.try_push(json!([change])).await.refusal(), expected);
    };
    check(json!({"table": "tasks", "id": "t1", "op": "upsert"}), (400, r#"invalid op "upsert" in change 0"#)).await;
    check(json!({"table": "", "id": "t1", "op": "insert"}), (400, "missing table or id in change 0")).await;
    check(json!({"table": "tasks", "op": "insert"}), (400, "missing table or id in change 0")).await;
    check(
        json!({"table": "tasks", "id": "t1", "op": "update", "fields": {"x": null}}),
        (400, r#"field "x" is null instead of an object of value and at in change 0"#),
    )
    .await;
    let version = anna.send("todo", json!({"schemaVersion": 2, "changes": []}).to_string()).await;
    assert_eq!(version.refusal(), (400, "unsupported schemaVersion 2 (max 1)"));
    let since = anna.send("todo", json!({"since": "yesterday", "changes": []}).to_string()).await;
    assert_eq!(since.refusal(), (400, r#"invalid since "yesterday": not an RFC 3339 time"#));
}

#[tokio::test]
async fn a_push_over_ten_megabytes_is_refused_and_one_below_is_stored() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let body = |bytes: usize| {
        let frame = json!({"changes": [task("t1", "")]}).to_string();
        frame.replace(r#""title":"""#, &format!(r#""title":"{}""#, "x".repeat(bytes - frame.len())))
    };
    let limit = 10 * 1024 * 1024;
    assert_eq!(body(limit).len(), limit);
    let answer = anna.send("todo", body(limit + 1)).await;
    assert_eq!(answer.refusal(), (413, "request body too large: more than 10485760 bytes"));
    assert!(anna.records().await.is_empty());
    assert_eq!(anna.send("todo", body(limit)).await.status, 200);
    assert!(titles(&anna.records().await)[0].len() > limit - 200);
}

#[tokio::test]
async fn ten_thousand_changes_are_one_push() {
    let rig = Rig::start().await;
    let anna = rig.person("anna").in_client("phone");
    let changes: Vec<_> = (0..10_000).map(|n| task(&format!("t{n}"), "x")).collect();
    anna.push(json!(changes)).await;
    assert_eq!(anna.records().await.len(), 10_000);
}

#[tokio::test]
async fn pushes_that_share_a_commit_do_not_share_a_refusal() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let pushes = (0..60).map(|n| {
        let anna = anna.clone();
        let change = task(&format!("t{n}"), "x");
        let change = if n % 3 == 0 { in_space("not-hers", change) } else { change };
        tokio::spawn(async move { (n, anna.try_push(json!([change])).await) })
    });
    for push in pushes.collect::<Vec<_>>() {
        let (n, answer) = push.await.unwrap();
        let expected = if n % 3 == 0 { 403 } else { 200 };
        assert_eq!(answer.status, expected, "{n}: {}", answer.text);
    }
    assert_eq!(anna.records().await.len(), 40);
}

#[tokio::test]
async fn a_push_that_is_sent_again_changes_nothing() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let first = json!([task("t1", "a"), {"table": "tasks", "id": "t2", "op": "insert", "data": {"title": "no time"}}]);
    anna.push(first.clone()).await;
    anna.push(json!([retitle("t1", "b", "2026-01-02T00:00:00Z"), retitle("t2", "c", "2026-01-02T00:00:00Z")])).await;
    anna.push(first).await;
    assert_eq!(titles(&anna.records().await), ["b", "c"]);
}
