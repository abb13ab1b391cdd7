//! `/api/auth/organization/*`.

use http::StatusCode;
use serde_json::json;
use stack_api::routes;

use crate::rig::{RequestExt, Rig};

#[tokio::test]
async fn anna_lists_her_spaces_by_cookie_or_by_token() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    rig.newcomer("ben@mana.test").await;
    let by_token = rig.get(routes::ORGANIZATION_LIST).bearer_auth(&anna.access_token).answer().await;
    let by_cookie = rig.get(routes::ORGANIZATION_LIST).cookie(&anna.cookie).answer().await;
    let body = by_token.expect(StatusCode::OK).body;
    assert_eq!(by_cookie.expect(StatusCode::OK).body, body);
    assert_eq!(
        body,
        json!([{
            "id": body[0]["id"], "name": "anna", "slug": format!("personal-{}", anna.id), "logo": null,
            "createdAt": body[0]["createdAt"], "metadata": { "type": "personal", "tier": "free" }, "role": "owner",
        }])
    );
}

#[tokio::test]
async fn a_caller_who_proves_nothing_is_refused() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let list = || rig.get(routes::ORGANIZATION_LIST);
    for request in [list(), list().cookie("mana.session_token=x.y"), list().bearer_auth("x.y.z")] {
        request.answer().await.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
    }
    let both = list().bearer_auth("x.y.z").cookie(&anna.cookie).answer().await;
    both.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
}
