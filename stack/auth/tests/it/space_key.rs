//! `/api/v1/me/encryption-vault/spaces/{id}/key`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::json;
use stack_api::{routes, vault::VaultKey};

use crate::{
    rig::{Answer, RequestExt, Rig, Visitor, kek},
    spaces::{family, join, post},
    vault_modes::enter_zero_knowledge,
};

pub(crate) async fn space_key(rig: &Rig, who: &Visitor, space: &str) -> Answer {
    rig.get(&routes::fill(routes::VAULT_SPACE_KEY, space)).bearer_auth(&who.access_token).answer().await
}

async fn personal(rig: &Rig, who: &Visitor) -> String {
    let list = rig.get(routes::ORGANIZATION_LIST).bearer_auth(&who.access_token).answer().await;
    list.body[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_members_of_a_space_get_one_key_and_nobody_else_does() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let ben = join(&rig, &anna, &space, "ben@mana.test", "member").await;
    let kai = rig.newcomer("kai@mana.test").await;
    let first = space_key(&rig, &anna, &space).await.expect(StatusCode::OK);
    let made: VaultKey = first.json();
    assert_eq!(STANDARD.decode(&made.master_key).unwrap().len(), 32);
    assert_eq!(first.body, json!({ "masterKey": made.master_key, "formatVersion": 1, "kekId": kek(7).id() }));
    for member in [&anna, &ben] {
        assert_eq!(space_key(&rig, member, &space).await.expect(StatusCode::OK).body, first.body);
    }
    let later = rig.again(|_| {}).await.unwrap();
    assert_eq!(space_key(&later, &ben, &space).await.body, first.body, "it outlives the process");
    let other = family(&rig, &anna, "andere").await;
    assert_ne!(space_key(&rig, &anna, &other).await.expect(StatusCode::OK).body["masterKey"], made.master_key);

    let closed = personal(&rig, &anna).await;
    for space in [space.as_str(), "unknown", &closed] {
        let refused = space_key(&rig, &kai, space).await;
        refused.expect_coded_twice(StatusCode::FORBIDDEN, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION");
    }
    let own = space_key(&rig, &kai, &personal(&rig, &kai).await).await;
    own.expect_coded_twice(StatusCode::BAD_REQUEST, "VALIDATION");
    let path = routes::fill(routes::VAULT_SPACE_KEY, &space);
    rig.get(&path).answer().await.expect_bad_token();
    rig.get(&path).cookie(&anna.cookie).answer().await.expect_bad_token();
    rig.get(&path).service_key().answer().await.expect_bad_token();
}

#[tokio::test]
async fn who_has_the_key_hears_that_it_is_the_same_while_a_member() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let first = space_key(&rig, &anna, &space).await.expect(StatusCode::OK);
    let tag = first.header("etag").unwrap().to_owned();
    let path = routes::fill(routes::VAULT_SPACE_KEY, &space);
    let ask = async |who: &Visitor| {
        let request = rig.get(&path).bearer_auth(&who.access_token).header("if-none-match", &tag);
        request.answer().await
    };
    ask(&anna).await.expect(StatusCode::NOT_MODIFIED);
    let kai = rig.newcomer("kai@mana.test").await;
    ask(&kai).await.expect(StatusCode::FORBIDDEN);
    let noted = "SELECT COUNT(*) FROM vault_audit WHERE action = 'space-key' AND outcome = 'made' AND space_id = \
                 (SELECT id FROM spaces WHERE slug = 'familie') AND user_id = (SELECT id FROM users WHERE email = \
                 'anna@mana.test')";
    assert_eq!(rig.count(noted).await, 1);
    space_key(&rig, &anna, &space).await.expect(StatusCode::OK);
    assert_eq!(rig.count("SELECT COUNT(*) FROM vault_audit WHERE outcome = 'given'").await, 1);
    assert_eq!(rig.count("SELECT COUNT(*) FROM vault_audit").await, 2, "what gives nothing away is not noted");
}

#[tokio::test]
async fn the_key_rests_wrapped_for_its_space_alone_and_goes_with_it() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let (one, other) = (family(&rig, &anna, "eine").await, family(&rig, &anna, "andere").await);
    let made: VaultKey = space_key(&rig, &anna, &one).await.json();
    space_key(&rig, &anna, &other).await.expect(StatusCode::OK);
    let raw = STANDARD.decode(&made.master_key).unwrap();
    let bytes = rig.stored();
    assert!(!bytes.windows(raw.len()).any(|window| window == raw));
    assert!(!bytes.windows(made.master_key.len()).any(|window| window == made.master_key.as_bytes()));
    // One space's wrap in the other's place does not open.
    let swap = "UPDATE space_keys SET \
                ciphertext = (SELECT s.ciphertext FROM space_keys s JOIN spaces ON spaces.id = s.space_id WHERE slug = 'eine'), \
                nonce = (SELECT s.nonce FROM space_keys s JOIN spaces ON spaces.id = s.space_id WHERE slug = 'eine') \
                RETURNING 1";
    rig.count(swap).await;
    space_key(&rig, &anna, &one).await.expect(StatusCode::OK);
    space_key(&rig, &anna, &other).await.expect_coded(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");
    for space in [&one, &other] {
        post(&rig, &anna, routes::ORGANIZATION_DELETE, json!({ "organizationId": space })).await.expect(StatusCode::OK);
    }
    assert_eq!(rig.count("SELECT COUNT(*) FROM space_keys").await, 0);
}

#[tokio::test]
async fn who_keeps_no_key_with_the_server_gets_none_that_it_could_open() {
    let rig = Rig::start().await;
    let anna = rig.newcomer("anna@mana.test").await;
    let space = family(&rig, &anna, "familie").await;
    let ben = join(&rig, &anna, &space, "ben@mana.test", "member").await;
    let first = space_key(&rig, &ben, &space).await.expect(StatusCode::OK);
    post(&rig, &anna, routes::VAULT_INIT, json!(null)).await.expect(StatusCode::OK);
    enter_zero_knowledge(&rig, &anna).await;
    space_key(&rig, &anna, &space).await.expect_coded_twice(StatusCode::CONFLICT, "ZK_ACTIVE");
    let tag = first.header("etag").unwrap();
    let request = rig.get(&routes::fill(routes::VAULT_SPACE_KEY, &space)).bearer_auth(&anna.access_token);
    request.header("if-none-match", tag).answer().await.expect(StatusCode::CONFLICT);
    let refused = "SELECT COUNT(*) FROM vault_audit WHERE action = 'space-key' AND outcome = 'refused'";
    assert_eq!(rig.count(refused).await, 2);
    assert_eq!(space_key(&rig, &ben, &space).await.body, first.body, "the others go on");
}
