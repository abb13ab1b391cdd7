//! Who sees and changes what.

use std::time::Duration;

use serde_json::json;
use stack_api::sync::EPOCH;

use crate::rig::{Rig, delete, ids, in_space, retitle, task, titles};

const LATER: &str = "2026-01-02T00:00:00Z";
/// By when a change of membership has arrived everywhere.
const MEMBERSHIP: Duration = Duration::from_secs(25);

#[tokio::test]
async fn a_family_sees_one_list_and_nobody_else_does() {
    let rig = Rig::start().await;
    let (anna, ben, tom) = (rig.person("anna"), rig.person("ben"), rig.person("tom"));
    rig.share("family", &[&anna, &ben]);
    rig.share("team", &[&tom]);
    anna.push(json!([in_space("family", task("f", "Einkauf")), task("p", "Tagebuch")])).await;

    assert_eq!(titles(&ben.records().await), ["Einkauf"]);
    ben.push(json!([in_space("family", retitle("f", "Einkauf, erledigt", LATER))])).await;
    assert_eq!(titles(&anna.records().await), ["Einkauf, erledigt", "Tagebuch"]);
    assert_eq!(ids(&ben.pull(EPOCH).await["serverChanges"]), ["f", "f"]);

    assert!(tom.records().await.is_empty());
    assert_eq!(tom.pull(EPOCH).await["serverChanges"], json!([]));
    assert_eq!(tom.push(json!([])).await["serverChanges"], json!([]));
    assert_eq!(tom.get("/sync/todo/records?collection=tasks&space=family").await.status, 403);
}

#[tokio::test]
async fn a_stranger_may_not_write_into_a_space() {
    let rig = Rig::start().await;
    let (anna, tom) = (rig.person("anna"), rig.person("tom"));
    rig.share("family", &[&anna]);
    anna.push(json!([in_space("family", task("f", "a"))])).await;
    let by_data = json!({"table": "tasks", "id": "f2", "op": "insert", "data": {"spaceId": "family"}});
    let by_field =
        json!({"table": "tasks", "id": "f", "op": "update", "fields": {"spaceId": {"value": "family", "at": LATER}}});
    for change in
        [in_space("family", retitle("f", "b", LATER)), in_space("family", delete("f", LATER)), by_data, by_field]
    {
        let answer = tom.try_push(json!([task("own", "x"), change])).await;
        assert_eq!(answer.refusal(), (403, r#"not a member of space "family" in change 1"#), "{change}");
    }
    assert!(tom.records().await.is_empty(), "nothing of the push is stored");
    assert_eq!(titles(&anna.records().await), ["a"]);
}

#[tokio::test]
async fn a_record_id_of_somebody_else_reaches_nothing_of_theirs() {
    let rig = Rig::start().await;
    let (anna, ben, tom) = (rig.person("anna"), rig.person("ben"), rig.person("tom"));
    rig.share("family", &[&anna, &ben]);
    anna.push(json!([task("settings", "Annas"), in_space("family", task("list", "shared"))])).await;

    // Everybody may have a record of the same id; whose it is decides.
    tom.push(json!([task("settings", "Toms"), retitle("settings", "Toms neu", LATER), delete("list", LATER)])).await;
    ben.push(json!([retitle("settings", "Bens", LATER)])).await;
    assert_eq!(titles(&anna.records().await), ["Annas", "shared"]);
    assert_eq!(titles(&tom.records().await), ["Toms neu"]);
    assert_eq!(titles(&ben.records().await), ["shared", "Bens"]);
    assert_eq!(ids(&anna.pull(EPOCH).await["serverChanges"]), ["settings", "list"]);
}

#[tokio::test]
async fn a_shared_record_is_changed_without_repeating_its_space() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna, &ben]);
    anna.push(json!([in_space("family", task("f", "a")), in_space("family", task("g", "b"))])).await;
    ben.push(json!([retitle("f", "von Ben", LATER), delete("g", LATER)])).await;
    assert_eq!(titles(&anna.records_of("family").await), ["von Ben"]);
    assert_eq!(anna.pull(EPOCH).await["serverChanges"][2]["spaceId"], "family");
}

#[tokio::test]
async fn a_record_does_not_move_between_spaces() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    rig.share("family", &[&anna]);
    rig.share("team", &[&anna]);
    anna.push(json!([task("p", "private"), in_space("family", task("f", "family"))])).await;
    for (id, space) in [("p", "family"), ("f", "team")] {
        let answer = anna.try_push(json!([in_space(space, retitle(id, "moved", LATER))])).await;
        let expected = format!("record {id:?} belongs to another space in change 0");
        assert_eq!(answer.refusal(), (403, expected.as_str()));
    }
    let by_record = json!({"table": "tasks", "id": "n", "op": "insert", "data": {"spaceId": "family"}});
    let answer = anna.try_push(json!([task("n", "new"), by_record])).await;
    assert_eq!(answer.refusal(), (403, "record \"n\" belongs to another space in change 1"), "within one push");
}

#[tokio::test]
async fn the_space_in_a_record_s_data_counts_where_the_change_names_none() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna, &ben]);
    let data = json!({"title": "a", "spaceId": "family"});
    anna.push(json!([{"table": "tasks", "id": "f", "op": "insert", "data": data}])).await;
    assert_eq!(ben.records_of("family").await[0]["data"], data);
}

#[tokio::test]
async fn a_space_joined_a_moment_ago_is_known_when_it_is_named() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna]);
    anna.push(json!([in_space("family", task("f", "a"))])).await;
    assert!(ben.records().await.is_empty(), "now his list of spaces is remembered");
    rig.share("family", &[&ben]);
    assert_eq!(titles(&ben.records_of("family").await), ["a"]);

    rig.share("club", &[&ben]);
    ben.push(json!([in_space("club", task("c", "b"))])).await;
    assert_eq!(titles(&ben.records_of("club").await), ["b"]);
}

/// One test for both, because auth's answer is believed for ten seconds.
#[tokio::test]
async fn who_joins_a_space_while_streaming_gets_its_history_and_who_leaves_one_gets_nothing_more() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna]);
    rig.share("team", &[&anna, &ben]);
    anna.push(json!([in_space("family", task("old", "a")), in_space("team", task("t", "b"))])).await;
    let mut stream = ben.stream("").await;
    assert_eq!(stream.next_ids().await, ["t"]);
    rig.share("family", &[&ben]);
    rig.remove("team", &ben);

    let history = stream.next_within(MEMBERSHIP).await.expect("memberships are looked at").unwrap();
    assert_eq!(ids(&history.data["changes"]), ["old"]);
    assert_eq!(history.id, None, "it does not move the place at which a client goes on");
    anna.push(json!([in_space("team", task("secret", "b")), in_space("family", task("new", "c"))])).await;
    assert_eq!(stream.next_ids().await, ["new"]);

    assert_eq!(ids(&json!(ben.records().await)), ["old", "new"]);
    assert_eq!(ids(&ben.pull(EPOCH).await["serverChanges"]), ["old", "new"]);
    assert_eq!(ben.try_push(json!([in_space("team", task("u", "d"))])).await.status, 403);
}
