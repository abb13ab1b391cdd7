//! Changing the key-encryption key.

use http::StatusCode;
use stack_api::routes;
use stack_auth::Rewrapped;
use stack_crypto::Keyring;
use stack_http::{Clock, Database};

use crate::{
    rig::{RequestExt, Rig, Visitor, kek},
    space_key::space_key,
    spaces::family,
};

/// The seventh key is every rig's own.
fn both() -> Keyring {
    Keyring::new(kek(8), Some(kek(7)))
}

async fn rewrap(rig: &Rig, keys: &Keyring, dry_run: bool) -> Rewrapped {
    let db = Database::open(&rig.database_url()).await.unwrap();
    let done = stack_auth::rewrap(&db, keys, Clock::system(), dry_run, |_| {}).await.unwrap();
    db.close().await;
    done
}

/// Somebody with a vault, and its key.
async fn keeper(rig: &Rig, name: &str) -> (Visitor, String) {
    let visitor = rig.newcomer(&format!("{name}@mana.test")).await;
    let made = rig.post(routes::VAULT_INIT).bearer_auth(&visitor.access_token).answer().await.expect(StatusCode::OK);
    (visitor, made.body["masterKey"].as_str().unwrap().to_owned())
}

async fn check(rig: &Rig, keepers: &[(Visitor, String)]) {
    for (visitor, key) in keepers {
        let answer = rig.get(routes::VAULT_KEY).bearer_auth(&visitor.access_token).answer().await;
        assert_eq!(answer.expect(StatusCode::OK).body["masterKey"], **key);
    }
}

const STILL_OLD: &str = "SELECT COUNT(*) FROM vaults WHERE kek_id = (SELECT MIN(kek_id) FROM signing_keys)";
const NOTED: &str = "SELECT COUNT(*) FROM vault_audit WHERE action = 'rewrap' AND outcome = 'changed'";

#[tokio::test]
async fn every_key_is_wrapped_anew_and_opens_as_before() {
    let rig = Rig::start().await;
    let mut keepers = vec![keeper(&rig, "anna").await, keeper(&rig, "ben").await];
    // During the rotation the service has both keys: what is new is under the new one.
    let during = rig.again(|config| config.keys = both()).await.unwrap();
    check(&during, &keepers).await;
    keepers.push(keeper(&during, "carla").await);
    assert_eq!(during.count(STILL_OLD).await, 2);

    let space = family(&rig, &keepers[0].0, "familie").await;
    let shared = space_key(&rig, &keepers[0].0, &space).await.expect(StatusCode::OK).body["masterKey"].clone();

    let expected = Rewrapped { signing_keys: 1, vaults: 2, space_keys: 1, ..Rewrapped::default() };
    assert_eq!(rewrap(&rig, &both(), true).await, expected);
    assert_eq!((during.count(STILL_OLD).await, during.count(NOTED).await), (2, 0), "a dry run changes nothing");
    assert_eq!(rewrap(&rig, &both(), false).await, expected);
    assert_eq!(during.count(NOTED).await, 2);
    check(&during, &keepers).await;
    assert_eq!(rewrap(&rig, &both(), false).await, Rewrapped::default(), "what is done is not done again");

    // The tokens are of the time before: also the key that signed them is the same.
    let after = rig.again(|config| config.keys = kek(8).into()).await.unwrap();
    check(&after, &keepers).await;
    assert_eq!(space_key(&after, &keepers[0].0, &space).await.expect(StatusCode::OK).body["masterKey"], shared);
    assert!(rig.again(|_| {}).await.is_err(), "the old key opens nothing any more");
}

#[tokio::test]
async fn a_vault_that_does_not_open_is_told_and_the_others_are_done() {
    let rig = Rig::start().await;
    let keepers = [keeper(&rig, "anna").await, keeper(&rig, "ben").await];
    let damage = "UPDATE vaults SET nonce = 'damaged ' || nonce WHERE user_id = (SELECT id FROM users \
                  WHERE email = 'ben@mana.test') RETURNING 1";
    rig.count(damage).await;
    let done = rewrap(&rig, &both(), false).await;
    let bens = (keepers[1].0.id.clone(), kek(7).id());
    assert_eq!((done.vaults, done.unreadable), (1, vec![bens]));
    assert_eq!(rig.count("SELECT COUNT(*) FROM vault_audit WHERE outcome = 'unreadable'").await, 1);
    // Once it is mended, a second run does what the first could not.
    rig.count("UPDATE vaults SET nonce = REPLACE(nonce, 'damaged ', '') RETURNING 1").await;
    assert_eq!(rewrap(&rig, &both(), false).await, Rewrapped { vaults: 1, ..Rewrapped::default() });
    check(&rig.again(|config| config.keys = kek(8).into()).await.unwrap(), &keepers).await;
}

#[tokio::test]
async fn two_at_once_wrap_each_vault_once() {
    let rig = Rig::start().await;
    let mut keepers = Vec::new();
    for name in ["anna", "ben", "carla"] {
        keepers.push(keeper(&rig, name).await);
    }
    let keys = both();
    let (one, other) = tokio::join!(rewrap(&rig, &keys, false), rewrap(&rig, &keys, false));
    assert_eq!(one.vaults + other.vaults, 3, "{one:?} {other:?}");
    assert_eq!(rig.count(NOTED).await, 3);
    check(&rig.again(|config| config.keys = kek(8).into()).await.unwrap(), &keepers).await;
}
