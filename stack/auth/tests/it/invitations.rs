//! `/api/auth/organization/invite-member` and `accept-invitation`.

use chrono::{DateTime, TimeDelta};
use http::StatusCode;
use serde_json::{Value, json};
use stack_api::{
    routes,
    spaces::{Invitation, InvitationAccepted},
};

use crate::{
    rig::{Answer, Rig, Visitor},
    spaces::{family, join, names_and_roles, post},
};

async fn invite(rig: &Rig, who: &Visitor, space: &str, email: &str, role: Value) -> Answer {
    let body = json!({ "organizationId": space, "email": email, "role": role });
    post(rig, who, routes::ORGANIZATION_INVITE, body).await
}

async fn accept(rig: &Rig, who: &Visitor, id: &Value) -> Answer {
    post(rig, who, routes::ORGANIZATION_ACCEPT, json!({ "invitationId": id })).await
}

#[tokio::test]
async fn ben_is_invited_and_comes_in() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let invited = invite(&rig, &anna, &space, " Ben@Mana.TEST", json!("member")).await.expect(StatusCode::OK);
    let invitation: Invitation = invited.json();
    assert_eq!(
        invited.body,
        json!({
            "id": invitation.id, "organizationId": space, "email": "ben@mana.test", "role": "member",
            "status": "pending", "inviterId": anna.id, "expiresAt": invited.body["expiresAt"],
            "createdAt": invited.body["createdAt"],
        })
    );
    assert_eq!(invitation.expires_at - invitation.created_at, TimeDelta::hours(48));

    let ben = rig.newcomer("ben@mana.test").await;
    assert_eq!(names_and_roles(&rig, &ben).await.len(), 1, "an invitation alone opens nothing");
    let accepted = accept(&rig, &ben, &invited.body["id"]).await.expect(StatusCode::OK);
    let InvitationAccepted { member, .. } = accepted.json();
    let mut as_accepted = invited.body.clone();
    as_accepted["status"] = json!("accepted");
    let as_member = json!({ "id": member.id, "organizationId": space, "userId": ben.id, "role": "member",
        "createdAt": accepted.body["member"]["createdAt"] });
    assert_eq!(accepted.body, json!({ "invitation": as_accepted, "member": as_member }));
    assert_eq!(names_and_roles(&rig, &ben).await[1], ("Familie".into(), "member".into()));
    let session = crate::rig::RequestExt::cookie(rig.get(routes::GET_SESSION), &ben.cookie);
    let session = crate::rig::RequestExt::answer(session).await;
    assert_eq!(session.body["session"]["activeOrganizationId"], json!(space), "his session goes there");
}

#[tokio::test]
async fn an_invitation_is_the_invited_ones_alone_and_works_once() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let (ben, marcus) = (rig.newcomer("ben@mana.test").await, rig.newcomer("marcus@mana.test").await);
    let space = family(&rig, &anna, "familie").await;
    let id = invite(&rig, &anna, &space, "ben@mana.test", json!("member")).await.body["id"].clone();
    for who in [&marcus, &anna] {
        let code = "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION";
        accept(&rig, who, &id).await.expect_coded_twice(StatusCode::FORBIDDEN, code);
    }
    assert_eq!(names_and_roles(&rig, &marcus).await.len(), 1);
    let (one, two) = tokio::join!(accept(&rig, &ben, &id), accept(&rig, &ben, &id));
    let (first, second) = if one.status == StatusCode::OK { (one, two) } else { (two, one) };
    first.expect(StatusCode::OK);
    second.expect_coded_twice(StatusCode::BAD_REQUEST, "INVITATION_NOT_FOUND");
    accept(&rig, &ben, &json!("unknown")).await.expect_coded_twice(StatusCode::BAD_REQUEST, "INVITATION_NOT_FOUND");
    assert_eq!(
        rig.count("SELECT COUNT(*) FROM members").await,
        6,
        "four personal ones, with the admin's, Anna and Ben"
    );
}

#[tokio::test]
async fn who_may_invite_whom_hangs_on_the_role() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let ben = join(&rig, &anna, &space, "ben@mana.test", "admin").await;
    let tom = join(&rig, &anna, &space, "tom@mana.test", "member").await;
    let marcus = rig.newcomer("marcus@mana.test").await;
    for (n, role) in ["member", "admin", "owner"].into_iter().enumerate() {
        let email = |who: &str| format!("{who}-{n}@mana.test");
        invite(&rig, &anna, &space, &email("a"), json!(role)).await.expect(StatusCode::OK);
        let by_ben = invite(&rig, &ben, &space, &email("b"), json!(role)).await;
        if role == "owner" {
            let code = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE";
            by_ben.expect_coded_twice(StatusCode::FORBIDDEN, code);
        } else {
            by_ben.expect(StatusCode::OK);
        }
        let code = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION";
        let by_tom = invite(&rig, &tom, &space, &email("t"), json!(role)).await;
        by_tom.expect_coded_twice(StatusCode::FORBIDDEN, code);
        let by_marcus = invite(&rig, &marcus, &space, &email("m"), json!(role)).await;
        by_marcus.expect_coded_twice(StatusCode::BAD_REQUEST, "MEMBER_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_role_is_one_of_three() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    for role in [json!("boss"), json!(""), json!([]), json!(["member", "admin"]), json!("member,admin")] {
        let refused = invite(&rig, &anna, &space, "ben@mana.test", role).await;
        refused.expect_coded_twice(StatusCode::BAD_REQUEST, "ROLE_NOT_FOUND");
    }
    let listed = invite(&rig, &anna, &space, "ben@mana.test", json!(["admin"])).await.expect(StatusCode::OK);
    assert_eq!(listed.body["role"], "admin");
    for email in ["", "ben", "a@b@c"] {
        let refused = invite(&rig, &anna, &space, email, json!("member")).await;
        refused.expect_coded_twice(StatusCode::BAD_REQUEST, "INVALID_EMAIL");
    }
}

#[tokio::test]
async fn nobody_is_invited_twice_or_as_a_member() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let first = invite(&rig, &anna, &space, "ben@mana.test", json!("member")).await.expect(StatusCode::OK);
    let code = "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION";
    let second = invite(&rig, &anna, &space, "BEN@mana.test", json!("admin")).await;
    second.expect_coded_twice(StatusCode::BAD_REQUEST, code);

    let later = rig.later(TimeDelta::hours(10)).await;
    let body = json!({ "organizationId": space, "email": "ben@mana.test", "role": "member", "resend": true });
    let resent = crate::rig::RequestExt::cookie(later.post(routes::ORGANIZATION_INVITE), &anna.cookie).json(&body);
    let resent = crate::rig::RequestExt::answer(resent).await.expect(StatusCode::OK);
    assert_eq!(resent.body["id"], first.body["id"]);
    let moment = |answer: &Answer| answer.body["expiresAt"].as_str().unwrap().parse::<DateTime<chrono::Utc>>().unwrap();
    assert!(moment(&resent) - moment(&first) > TimeDelta::hours(9), "it waits longer");

    let ben = rig.newcomer("ben@mana.test").await;
    accept(&rig, &ben, &first.body["id"]).await.expect(StatusCode::OK);
    let code = "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION";
    let third = invite(&rig, &anna, &space, "ben@mana.test", json!("member")).await;
    third.expect_coded_twice(StatusCode::BAD_REQUEST, code);
}

#[tokio::test]
async fn without_a_space_the_sessions_is_meant_and_a_personal_one_stays_alone() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let body = json!({ "email": "ben@mana.test", "role": "member" });
    let code = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION";
    let refused = post(&rig, &anna, routes::ORGANIZATION_INVITE, body.clone()).await;
    refused.expect_coded_twice(StatusCode::FORBIDDEN, code);
    let space = family(&rig, &anna, "familie").await;
    let invited = post(&rig, &anna, routes::ORGANIZATION_INVITE, body.clone()).await.expect(StatusCode::OK);
    assert_eq!(invited.body["organizationId"], json!(space));
    post(&rig, &anna, routes::ORGANIZATION_SET_ACTIVE, json!({ "organizationId": null })).await.expect(StatusCode::OK);
    let refused = post(&rig, &anna, routes::ORGANIZATION_INVITE, body).await;
    refused.expect_coded_twice(StatusCode::BAD_REQUEST, "ORGANIZATION_NOT_FOUND");
}
