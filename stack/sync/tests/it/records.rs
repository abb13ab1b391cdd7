//! Records: what the changes come to.

use serde_json::json;

use crate::rig::{Rig, delete, ids, in_space, retitle, task, titles};

const DAY_2: &str = "2026-01-02T00:00:00.000Z";
const DAY_3: &str = "2026-01-03T00:00:00.000Z";
const DAY_4: &str = "2026-01-04T00:00:00.000Z";

#[tokio::test]
async fn changes_fold_into_records_in_the_order_of_their_creation() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("z", "first"), task("a", "second"), task("m", "third")])).await;
    anna.push(json!([retitle("z", "first, changed", DAY_2), delete("a", DAY_2)])).await;
    let answer = anna.get("/sync/todo/records?collection=tasks").await.json();
    assert_eq!(ids(&answer["records"]), ["z", "m"]);
    let record = &answer["records"][0];
    assert_eq!(record["table"], "tasks");
    assert_eq!(record["data"], json!({"title": "first, changed", "updatedAt": "2026-01-01T00:00:00.000Z"}));
    assert!(record.get("spaceId").is_none());
    let since = answer["syncedUntil"].as_str().unwrap();
    assert_eq!(anna.pull(since).await["serverChanges"], json!([]), "the cursor is behind what is listed");
}

#[tokio::test]
async fn each_field_keeps_its_latest_value_whenever_it_arrives() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a")])).await;
    anna.push(json!([retitle("t1", "day 3", DAY_3)])).await;
    anna.push(json!([retitle("t1", "day 2, late", DAY_2)])).await;
    assert_eq!(titles(&anna.records().await), ["day 3"]);
    let same_instant_elsewhere = "2026-01-03T02:00:00+02:00";
    anna.push(json!([retitle("t1", "a smaller text", same_instant_elsewhere)])).await;
    assert_eq!(titles(&anna.records().await), ["day 3"]);
    anna.push(json!([retitle("t1", "zzz", same_instant_elsewhere)])).await;
    assert_eq!(titles(&anna.records().await), ["zzz"]);
    anna.push(json!([retitle("t1", "a nanosecond later", "2026-01-03T00:00:00.000000001Z")])).await;
    assert_eq!(titles(&anna.records().await), ["a nanosecond later"]);
}

#[tokio::test]
async fn a_second_insert_merges_field_by_field() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a"), retitle("t1", "b", DAY_3)])).await;
    let data = json!({"title": "c", "done": true, "updatedAt": DAY_2});
    anna.push(json!([{"table": "tasks", "id": "t1", "op": "insert", "data": data}])).await;
    let [record] = anna.records().await.try_into().unwrap();
    assert_eq!(record["data"], json!({"title": "b", "updatedAt": DAY_2, "done": true}));
}

#[tokio::test]
async fn an_update_may_come_before_its_insert() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([retitle("t1", "later", DAY_2)])).await;
    assert_eq!(titles(&anna.records().await), ["later"]);
    anna.push(json!([task("t1", "earlier")])).await;
    let [record] = anna.records().await.try_into().unwrap();
    assert_eq!(record["data"], json!({"title": "later", "updatedAt": "2026-01-01T00:00:00.000Z"}));
}

#[tokio::test]
async fn a_deleted_record_stays_deleted_until_it_is_restored() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a"), delete("t1", DAY_2)])).await;
    anna.push(json!([retitle("t1", "b", DAY_3)])).await;
    assert!(anna.records().await.is_empty(), "an update beneath the deletion");
    let restore = |at: &str| json!({"table": "tasks", "id": "t1", "op": "update", "fields": {"deletedAt": {"value": null, "at": at}}});
    anna.push(json!([restore("2026-01-01T12:00:00Z")])).await;
    assert!(anna.records().await.is_empty(), "a restoration from before the deletion");
    anna.push(json!([restore(DAY_4)])).await;
    assert_eq!(titles(&anna.records().await), ["b"]);
    anna.push(json!([delete("t1", DAY_3)])).await;
    assert_eq!(titles(&anna.records().await), ["b"], "a deletion from before the restoration");
}

#[tokio::test]
async fn a_clock_from_the_future_wins_until_somebody_writes_later_still() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("t1", "a"), retitle("t1", "9999", "9999-12-31T23:59:59.998Z")])).await;
    anna.push(json!([retitle("t1", "now", &chrono::Utc::now().to_rfc3339())])).await;
    assert_eq!(titles(&anna.records().await), ["9999"]);
    anna.push(json!([retitle("t1", "later still", "9999-12-31T23:59:59.999Z")])).await;
    assert_eq!(titles(&anna.records().await), ["later still"]);
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_loses_nothing_and_moves_no_cursor() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let now = chrono::Utc::now();
    let at = |minutes| (now + chrono::TimeDelta::minutes(minutes)).to_rfc3339();
    let (slow, fast) = (anna.in_client("slow"), anna.in_client("fast"));
    let dated = |id: &str, at: &str| json!({"table": "tasks", "id": id, "op": "insert", "data": {"title": id, "updatedAt": at}});
    let fast_push = fast.push(json!([dated("f", &at(59)), retitle("f", "an hour ahead", &at(60))])).await;
    let changes = json!([dated("s", &at(-61)), retitle("f", "an hour behind", &at(-60))]);
    let slow_push = slow.push_since(&at(-60), changes).await;
    assert_eq!(ids(&slow_push["serverChanges"]), ["f", "f"], "what was pushed meanwhile is told to a slow clock too");
    let right =
        anna.push_since(fast_push["syncedUntil"].as_str().unwrap(), json!([retitle("s", "right", &at(0))])).await;
    assert_eq!(ids(&right["serverChanges"]), ["s", "f", "s"], "cursors are the server's: none is an hour ahead");
    assert_eq!(titles(&anna.records().await), ["an hour ahead", "right"]);
    // The same moment by a clock that shows another zone's hour: settled as the same moment, whoever is first.
    let elsewhere = (now + chrono::TimeDelta::hours(1)).with_timezone(&chrono::FixedOffset::east_opt(3600).unwrap());
    anna.push(json!([retitle("f", "zone", &elsewhere.to_rfc3339())])).await;
    assert_eq!(titles(&anna.records().await)[0], "zone", "the greater of two texts of one moment");
    anna.push(json!([retitle("f", "an hour ahead", &at(60))])).await;
    assert_eq!(titles(&anna.records().await)[0], "zone");
}

#[tokio::test]
async fn the_year_9999_is_a_time_like_others_and_no_cursor() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let last = "9999-12-31T23:59:59.999999999Z";
    let insert = json!({"table": "tasks", "id": "t1", "op": "insert", "data": {"title": "a", "updatedAt": last}});
    let pushed = anna.push(json!([insert, retitle("t1", "b", last), delete("t2", last)])).await;
    let cursor = pushed["syncedUntil"].as_str().unwrap().to_owned();
    assert!(cursor.as_str() < "9999", "{cursor}");
    assert_eq!(titles(&anna.records().await), ["b"]);
    anna.push(json!([task("t3", "today")])).await;
    assert_eq!(ids(&anna.pull(&cursor).await["serverChanges"]), ["t3"], "what comes after is not behind the cursor");
    // Whoever has such a cursor hears of nothing new, and of no fault either.
    assert_eq!(anna.pull(last).await["serverChanges"], json!([]));
    let beyond = anna.try_push(json!([retitle("t1", "c", "+10000-01-01T00:00:00Z")])).await;
    assert_eq!(beyond.status, 400, "{}", beyond.text);
}

#[tokio::test]
async fn a_list_is_its_records_however_long_their_history() {
    let rig = Rig::start().await;
    let anna = rig.person("anna").in_client("phone");
    for round in 0..6 {
        let changes: Vec<_> = (0..500)
            .map(|n| {
                retitle(
                    &format!("t{}", n % 5),
                    &format!("{round}-{n:03}"),
                    &format!("2026-01-0{}T00:00:{:02}Z", round + 1, n / 10),
                )
            })
            .collect();
        anna.push(json!(changes)).await;
    }
    assert_eq!(titles(&anna.records().await), ["5-495", "5-496", "5-497", "5-498", "5-499"]);
}

#[tokio::test]
async fn records_are_listed_by_space_or_all_together() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    rig.share("personal", &[&anna]);
    rig.share("family", &[&anna]);
    anna.push(json!([
        in_space("family", task("f", "family")),
        task("p", "private"),
        in_space("personal", task("h", "home"))
    ]))
    .await;
    assert_eq!(titles(&anna.records().await), ["family", "private", "home"]);
    assert_eq!(titles(&anna.records_of("family").await), ["family"]);
    assert_eq!(anna.records_of("personal").await[0]["spaceId"], "personal");
    let missing = anna.get("/sync/todo/records").await;
    assert_eq!(missing.refusal(), (400, "missing collection parameter"));
    let foreign = anna.get("/sync/todo/records?collection=tasks&space=club").await;
    assert_eq!(foreign.refusal(), (403, r#"not a member of space "club""#));
}
