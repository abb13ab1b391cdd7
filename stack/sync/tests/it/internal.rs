//! What is left when a user or a space is deleted.

use serde_json::json;
use stack_api::sync::EPOCH;

use crate::rig::{Answer, Rig, SERVICE_KEY, answer, ids, in_space, retitle, task, titles};

async fn erase(rig: &Rig, user: &str, key: Option<&str>) -> Answer {
    erase_at(rig, &format!("/internal/users/{user}"), key).await
}

async fn erase_at(rig: &Rig, path: &str, key: Option<&str>) -> Answer {
    let url = rig.url.join(path).unwrap();
    let request = reqwest::Client::new().delete(url);
    answer(key.into_iter().fold(request, |request, key| request.header("X-Service-Key", key))).await
}

#[tokio::test]
async fn everything_a_deleted_user_wrote_is_gone() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("anna's own", &[&anna]);
    rig.share("family", &[&anna, &ben]);
    anna.push(json!([task("p", "private"), in_space("anna's own", task("o", "own"))])).await;
    anna.push(json!([in_space("family", task("hers", "a")), in_space("family", task("both", "b"))])).await;
    ben.push(json!([in_space("family", retitle("both", "von Ben", "2026-01-02T00:00:00Z"))])).await;
    ben.push(json!([in_space("family", task("his", "c")), task("bens", "d")])).await;
    anna.push(json!([in_space("family", retitle("his", "von Anna", "2026-01-02T00:00:00Z"))])).await;

    assert_eq!(erase(&rig, "anna", Some(SERVICE_KEY)).await.json(), json!({"ok": true, "changes": 5}));
    assert!(anna.records_of("anna's own").await.is_empty());
    assert_eq!(titles(&anna.records().await), ["von Ben", "c"], "what others wrote to the shared space");
    assert_eq!(titles(&ben.records().await), ["von Ben", "c", "d"]);
    assert_eq!(ids(&ben.pull(EPOCH).await["serverChanges"]), ["both", "his", "bens"]);
    assert_eq!(erase(&rig, "anna", Some(SERVICE_KEY)).await.json(), json!({"ok": true, "changes": 0}), "again");
}

#[tokio::test]
async fn everything_a_deleted_space_held_is_gone() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.person("anna"), rig.person("ben"));
    rig.share("family", &[&anna, &ben]);
    rig.share("team", &[&ben]);
    anna.push(json!([task("p", "private"), in_space("family", task("hers", "a"))])).await;
    ben.push(json!([in_space("family", task("his", "b")), in_space("team", task("t", "c"))])).await;

    let path = "/internal/spaces/family";
    assert_eq!(erase_at(&rig, path, None).await.status, 401);
    assert_eq!(titles(&anna.records_of("family").await), ["a", "b"]);
    assert_eq!(erase_at(&rig, path, Some(SERVICE_KEY)).await.json(), json!({"ok": true, "changes": 2}));
    assert!(anna.records_of("family").await.is_empty());
    assert_eq!(titles(&anna.records().await), ["private"]);
    assert_eq!(titles(&ben.records().await), ["c"]);
    assert_eq!(ids(&ben.pull(EPOCH).await["serverChanges"]), ["t"]);
    assert_eq!(erase_at(&rig, path, Some(SERVICE_KEY)).await.json(), json!({"ok": true, "changes": 0}), "again");
}

#[tokio::test]
async fn only_the_service_key_erases() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    anna.push(json!([task("p", "private")])).await;
    for key in [None, Some(""), Some("wrong"), Some("test-service-keys")] {
        let refused = erase(&rig, "anna", key).await;
        assert_eq!(refused.refusal(), (401, "unauthorized: missing or wrong service key"), "{key:?}");
    }
    let by_token = answer(anna.request(reqwest::Method::DELETE, "/internal/users/anna")).await;
    assert_eq!(by_token.status, 401);
    assert_eq!(titles(&anna.records().await), ["private"]);
}
