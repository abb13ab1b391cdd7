//! Spaces made, chosen and deleted: `/api/auth/organization/create`, `set-active`, `get-active-member`, `delete`.

use chrono::TimeDelta;
use http::StatusCode;
use serde_json::{Value, json};
use stack_api::{routes, spaces::SpaceCreated};

use crate::{
    admin_personas::fake_sync,
    rig::{Answer, RequestExt, Rig, Visitor},
};

pub(crate) async fn post(rig: &Rig, who: &Visitor, path: &str, body: Value) -> Answer {
    rig.post(path).bearer_auth(&who.access_token).json(&body).answer().await
}

/// Makes a family space and gives its id.
pub(crate) async fn family(rig: &Rig, owner: &Visitor, slug: &str) -> String {
    let body = json!({ "name": "Familie", "slug": slug, "metadata": { "type": "family" } });
    let made = post(rig, owner, routes::ORGANIZATION_CREATE, body).await.expect(StatusCode::OK);
    made.body["id"].as_str().unwrap().to_owned()
}

/// Brings somebody into a space by invitation.
pub(crate) async fn join(rig: &Rig, owner: &Visitor, space: &str, email: &str, role: &str) -> Visitor {
    let body = json!({ "organizationId": space, "email": email, "role": role });
    let invited = post(rig, owner, routes::ORGANIZATION_INVITE, body).await.expect(StatusCode::OK);
    let visitor = rig.newcomer(email).await;
    let body = json!({ "invitationId": invited.body["id"] });
    post(rig, &visitor, routes::ORGANIZATION_ACCEPT, body).await.expect(StatusCode::OK);
    visitor
}

pub(crate) async fn names_and_roles(rig: &Rig, who: &Visitor) -> Vec<(String, String)> {
    let list = rig.get(routes::ORGANIZATION_LIST).bearer_auth(&who.access_token).answer().await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = list.expect(StatusCode::OK).body.as_array().unwrap().clone();
    rows.iter().map(|row| (text(&row["name"]), text(&row["role"]))).collect()
}

async fn active(rig: &Rig, who: &Visitor) -> Answer {
    rig.get(routes::ORGANIZATION_ACTIVE_MEMBER).bearer_auth(&who.access_token).answer().await
}

#[tokio::test]
async fn who_makes_a_space_owns_it_and_is_in_it() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let body = json!({ "name": " Familie ", "slug": "familie", "logo": "https://mana.test/f.png",
        "metadata": { "type": "family", "tier": "founder" } });
    let by_cookie = rig.post(routes::ORGANIZATION_CREATE).cookie(&anna.cookie).json(&body).answer().await;
    let made = by_cookie.expect(StatusCode::OK);
    let space: SpaceCreated = made.json();
    let member = &space.members[0];
    assert_eq!(
        made.body,
        json!({
            "id": space.organization.id, "name": "Familie", "slug": "familie", "logo": "https://mana.test/f.png",
            "createdAt": made.body["createdAt"], "metadata": { "type": "family", "tier": "free" },
            "members": [{
                "id": member.id, "organizationId": space.organization.id, "userId": anna.id, "role": "owner",
                "createdAt": made.body["createdAt"],
            }],
        }),
        "the plan is the account's, whatever the body says"
    );
    assert_eq!(names_and_roles(&rig, &anna).await[1], ("Familie".into(), "owner".into()));
    let user = json!({ "id": anna.id, "name": "anna", "email": "anna@mana.test", "image": null });
    let mut expected = made.body["members"][0].clone();
    expected["user"] = user;
    assert_eq!(active(&rig, &anna).await.expect(StatusCode::OK).body, expected);
}

#[tokio::test]
async fn a_session_may_stay_where_it_is() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let before = active(&rig, &anna).await.expect(StatusCode::OK).body;
    let body = json!({ "name": "Familie", "slug": "f", "metadata": { "type": "family" },
        "keepCurrentActiveOrganization": true });
    post(&rig, &anna, routes::ORGANIZATION_CREATE, body).await.expect(StatusCode::OK);
    assert_eq!(active(&rig, &anna).await.body, before);
}

#[tokio::test]
async fn a_space_without_a_type_is_not_made() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    for metadata in [Value::Null, json!({}), json!({ "type": "flat" }), json!({ "type": 1 }), json!("family")] {
        let body = json!({ "name": "Familie", "slug": "familie", "metadata": metadata });
        let refused = post(&rig, &anna, routes::ORGANIZATION_CREATE, body).await;
        let refused = refused.expect_coded_twice(StatusCode::BAD_REQUEST, "SPACE_METADATA_INVALID");
        let message = "metadata.type must be one of brand, club, family, team, practice";
        assert_eq!(refused.body["message"], message);
    }
    let missing = json!({ "name": "Familie", "slug": "familie" });
    let refused = post(&rig, &anna, routes::ORGANIZATION_CREATE, missing).await;
    refused.expect_coded_twice(StatusCode::BAD_REQUEST, "SPACE_METADATA_INVALID");
    let second_personal = json!({ "name": "Noch eins", "slug": "p", "metadata": { "type": "personal" } });
    let refused = post(&rig, &anna, routes::ORGANIZATION_CREATE, second_personal).await;
    refused.expect_coded_twice(StatusCode::BAD_REQUEST, "SPACE_METADATA_INVALID");
    assert_eq!(names_and_roles(&rig, &anna).await.len(), 1);
}

#[tokio::test]
async fn names_and_slugs_have_limits() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let long = "x".repeat(201);
    for (name, slug) in [("", "a"), ("  ", "a"), (long.as_str(), "a"), ("A", ""), ("A", "a b"), ("A", &long[..101])] {
        let body = json!({ "name": name, "slug": slug, "metadata": { "type": "team" } });
        let refused = post(&rig, &anna, routes::ORGANIZATION_CREATE, body).await;
        refused.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
    }
    let refused = post(&rig, &anna, routes::ORGANIZATION_CREATE, json!({ "name": "A" })).await;
    refused.expect_coded(StatusCode::BAD_REQUEST, "VALIDATION");
}

#[tokio::test]
async fn a_slug_is_taken_once() {
    let rig = Rig::start().await;
    let (anna, ben) = (rig.newcomer("anna@mana.test").await, rig.newcomer("ben@mana.test").await);
    family(&rig, &anna, "familie").await;
    let body = json!({ "name": "Andere", "slug": "familie", "metadata": { "type": "team" } });
    let refused = post(&rig, &ben, routes::ORGANIZATION_CREATE, body).await;
    refused.expect_coded_twice(StatusCode::BAD_REQUEST, "ORGANIZATION_ALREADY_EXISTS");
    assert_eq!(names_and_roles(&rig, &ben).await.len(), 1, "nothing is half made");
}

#[tokio::test]
async fn a_session_is_put_in_a_space_by_id_or_slug_or_in_none() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let (first, second) = (family(&rig, &anna, "eins").await, family(&rig, &anna, "zwei").await);
    let set = async |body: Value| post(&rig, &anna, routes::ORGANIZATION_SET_ACTIVE, body).await;
    let by_id = set(json!({ "organizationId": first })).await.expect(StatusCode::OK);
    assert_eq!(by_id.body["slug"], "eins");
    assert_eq!(by_id.body.get("role"), None, "it is the space, not the membership");
    assert_eq!(active(&rig, &anna).await.body["organizationId"], json!(first));
    assert_eq!(set(json!({ "organizationSlug": "zwei" })).await.expect(StatusCode::OK).body["id"], json!(second));
    assert_eq!(set(json!({})).await.expect(StatusCode::OK).body["id"], json!(second), "the one that is chosen");
    let session = rig.get(routes::GET_SESSION).cookie(&anna.cookie).answer().await;
    assert_eq!(session.body["session"]["activeOrganizationId"], json!(second));
    assert_eq!(set(json!({ "organizationId": null })).await.expect(StatusCode::OK).body, Value::Null);
    assert_eq!(set(json!({})).await.expect(StatusCode::OK).body, Value::Null);
    active(&rig, &anna).await.expect_coded_twice(StatusCode::BAD_REQUEST, "NO_ACTIVE_ORGANIZATION");
}

#[tokio::test]
async fn nobody_enters_a_space_of_others() {
    let rig = Rig::start().await;
    let (anna, marcus) = (rig.newcomer("anna@mana.test").await, rig.newcomer("marcus@mana.test").await);
    let space = family(&rig, &anna, "familie").await;
    let before = active(&rig, &marcus).await.body;
    let mut told = Vec::new();
    for body in [
        json!({ "organizationId": space }),
        json!({ "organizationSlug": "familie" }),
        json!({ "organizationId": "unknown" }),
        json!({ "organizationSlug": "unknown" }),
    ] {
        let refused = post(&rig, &marcus, routes::ORGANIZATION_SET_ACTIVE, body).await;
        let code = "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION";
        told.push(refused.expect_coded_twice(StatusCode::FORBIDDEN, code).body);
    }
    assert!(told.iter().all(|body| *body == told[0]), "ids and slugs cannot be probed: {told:?}");
    assert_eq!(active(&rig, &marcus).await.body, before);
    // A membership that ended while the session was there.
    rig.count("DELETE FROM members WHERE space_id IN (SELECT id FROM spaces WHERE slug = 'familie') RETURNING 1").await;
    active(&rig, &anna).await.expect_coded_twice(StatusCode::BAD_REQUEST, "MEMBER_NOT_FOUND");
}

#[tokio::test]
async fn only_the_owner_deletes_and_never_a_personal_space() {
    let (sync, forgotten) = fake_sync(StatusCode::OK).await;
    let rig = Rig::start_with(|config| config.sync_url = Some(sync)).await;
    let anna = rig.newcomer("anna@mana.test").await;
    let personal = active(&rig, &anna).await.body["organizationId"].clone();
    let space = family(&rig, &anna, "familie").await;
    let ben = join(&rig, &anna, &space, "ben@mana.test", "admin").await;
    let tom = join(&rig, &anna, &space, "tom@mana.test", "member").await;
    let marcus = rig.newcomer("marcus@mana.test").await;
    let delete = async |who: &Visitor, id: &Value| {
        post(&rig, who, routes::ORGANIZATION_DELETE, json!({ "organizationId": id })).await
    };
    let id = json!(space);
    for who in [&ben, &tom] {
        let code = "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION";
        delete(who, &id).await.expect_coded_twice(StatusCode::FORBIDDEN, code);
    }
    for (who, id) in [(&marcus, &id), (&anna, &json!("unknown")), (&marcus, &personal)] {
        let code = "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION";
        delete(who, id).await.expect_coded_twice(StatusCode::BAD_REQUEST, code);
    }
    delete(&anna, &personal).await.expect_coded_twice(StatusCode::FORBIDDEN, "SPACE_PERSONAL_UNDELETABLE");
    assert!(forgotten.lock().unwrap().is_empty());

    let deleted = delete(&anna, &id).await.expect(StatusCode::OK);
    assert_eq!((&deleted.body["id"], &deleted.body["slug"]), (&id, &json!("familie")));
    assert_eq!(*forgotten.lock().unwrap(), [space.clone(), space], "before and after the members are gone");
    for who in [&anna, &ben, &tom] {
        assert_eq!(names_and_roles(&rig, who).await.len(), 1);
        active(&rig, who).await.expect_coded_twice(StatusCode::BAD_REQUEST, "NO_ACTIVE_ORGANIZATION");
    }
    assert_eq!(rig.count("SELECT COUNT(*) FROM invitations").await, 0);
}

#[tokio::test]
async fn a_space_whose_records_sync_keeps_is_not_deleted() {
    let (sync, _) = fake_sync(StatusCode::INTERNAL_SERVER_ERROR).await;
    let rig = Rig::start_with(|config| config.sync_url = Some(sync)).await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let refused = post(&rig, &anna, routes::ORGANIZATION_DELETE, json!({ "organizationId": space })).await;
    refused.expect_coded_twice(StatusCode::BAD_GATEWAY, "INTERNAL");
    assert_eq!(names_and_roles(&rig, &anna).await.len(), 2);
}

#[tokio::test]
async fn a_caller_who_proves_nothing_does_nothing() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let body = json!({ "name": "F", "slug": "f", "metadata": { "type": "family" }, "organizationId": "x",
        "email": "x@mana.test", "role": "member", "invitationId": "x" });
    for path in [
        routes::ORGANIZATION_CREATE,
        routes::ORGANIZATION_INVITE,
        routes::ORGANIZATION_ACCEPT,
        routes::ORGANIZATION_SET_ACTIVE,
        routes::ORGANIZATION_DELETE,
    ] {
        for request in
            [rig.post(path), rig.post(path).bearer_auth("x.y.z"), rig.post(path).cookie("mana.session_token=x")]
        {
            request.json(&body).answer().await.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
        }
        let foreign = rig.post(path).cookie(&anna.cookie).header("origin", "https://evil.example").json(&body);
        foreign.answer().await.expect_coded(StatusCode::FORBIDDEN, "INVALID_ORIGIN");
    }
    rig.get(routes::ORGANIZATION_ACTIVE_MEMBER).answer().await.expect_coded(StatusCode::UNAUTHORIZED, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_space_outlives_its_owner_while_somebody_is_in_it() {
    let (sync, forgotten) = fake_sync(StatusCode::OK).await;
    let rig = Rig::start_with(|config| config.sync_url = Some(sync)).await;
    let admin = rig.admin().await;
    let id = rig.persona(&admin, "anna", "daily").await;
    let anna = rig.login("persona.anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let tom = join(&rig, &anna, &space, "tom@mana.test", "member").await;
    let ben = join(&rig, &anna, &space, "ben@mana.test", "admin").await;
    let invite = json!({ "organizationId": space, "email": "kai@mana.test", "role": "member" });
    post(&rig, &anna, routes::ORGANIZATION_INVITE, invite).await.expect(StatusCode::OK);
    let path = routes::fill(routes::ADMIN_PERSONA, &id);
    let delete = rig.request(http::Method::DELETE, &path).bearer_auth(&admin.access_token);
    delete.answer().await.expect(StatusCode::OK);
    assert_eq!(names_and_roles(&rig, &ben).await[1].1, "owner", "the admin inherits");
    assert_eq!(names_and_roles(&rig, &tom).await[1].1, "member");
    assert!(!forgotten.lock().unwrap().contains(&space));
    assert_eq!(rig.count("SELECT COUNT(*) FROM invitations").await, 0, "hers went with her");
    post(&rig, &ben, routes::ORGANIZATION_DELETE, json!({ "organizationId": space })).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_open_invitation_ends_after_two_days() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let ben = rig.newcomer("ben@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let body = json!({ "organizationId": space, "email": "ben@mana.test", "role": "member" });
    let first = post(&rig, &anna, routes::ORGANIZATION_INVITE, body.clone()).await.expect(StatusCode::OK);
    let later = rig.later(TimeDelta::hours(48)).await;
    // The access tokens have ended by then; the sessions have not.
    let accept = json!({ "invitationId": first.body["id"] });
    let refused = later.post(routes::ORGANIZATION_ACCEPT).cookie(&ben.cookie).json(&accept).answer().await;
    refused.expect_coded_twice(StatusCode::BAD_REQUEST, "INVITATION_NOT_FOUND");
    // It makes room for another one.
    let again = later.post(routes::ORGANIZATION_INVITE).cookie(&anna.cookie).json(&body).answer().await;
    let again = again.expect(StatusCode::OK);
    assert_ne!(again.body["id"], first.body["id"]);
    let accept = json!({ "invitationId": again.body["id"] });
    let accepted = later.post(routes::ORGANIZATION_ACCEPT).cookie(&ben.cookie).json(&accept).answer().await;
    accepted.expect(StatusCode::OK);
    assert_eq!(rig.count("SELECT COUNT(*) FROM invitations").await, 1);
}
