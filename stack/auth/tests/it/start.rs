//! Starting, starting again, and refusing to start.

use http::StatusCode;
use secrecy::SecretString;
use stack_api::routes;
use stack_auth::{AdminAccount, AuthError, Config};
use stack_test_database::TestDatabase;

use crate::rig::{ADMIN_EMAIL, RequestExt, Rig, config, kek};

async fn refused(change: impl FnOnce(&mut Config)) -> AuthError {
    let database = TestDatabase::fresh();
    let mut config = config(database.url(), "http://127.0.0.1:3001".parse().unwrap());
    change(&mut config);
    stack_auth::router(config).await.expect_err("it should not start")
}

#[tokio::test]
async fn the_admin_is_made_once() {
    let rig = Rig::start().await;
    let admin = rig.admin().await;
    let other_password = |config: &mut Config| {
        config.admin =
            Some(AdminAccount { email: ADMIN_EMAIL.to_owned(), password: SecretString::from("another one") });
    };
    let again = rig.again(other_password).await.unwrap();
    assert_eq!(again.admin().await.id, admin.id);
    let session = rig.get(routes::GET_SESSION).cookie(&admin.cookie).answer().await;
    assert_eq!(session.body["user"]["emailVerified"], true);
}

#[tokio::test]
async fn an_account_that_somebody_registered_is_not_made_the_admins() {
    let rig = Rig::start_with(|config| config.admin = None).await;
    rig.register(ADMIN_EMAIL).await.expect(StatusCode::OK);
    let error = rig.again(|_| {}).await.err().unwrap();
    assert!(matches!(&error, AuthError::AdminTaken { email } if email == ADMIN_EMAIL), "{error}");
    let anna = rig.login(ADMIN_EMAIL).await;
    let answer = rig.get(routes::ADMIN_PERSONAS).bearer_auth(&anna.access_token).answer().await;
    answer.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_admin_who_could_not_sign_up_is_not_made() {
    for (email, password) in [("admin", "a good password"), (ADMIN_EMAIL, "short")] {
        let admin = AdminAccount { email: email.to_owned(), password: SecretString::from(password) };
        let error = refused(|config| config.admin = Some(admin)).await;
        assert!(matches!(error, AuthError::Admin { .. }), "{error}");
    }
}

#[tokio::test]
async fn the_signing_key_outlives_the_process() {
    let rig = Rig::start().await;
    let again = rig.again(|_| {}).await.unwrap();
    let keys = |answer: crate::rig::Answer| answer.expect(StatusCode::OK).body;
    let before = keys(rig.get(routes::JWKS).answer().await);
    assert_eq!(keys(again.get(routes::JWKS).answer().await), before);
}

#[tokio::test]
async fn another_kek_does_not_open_the_signing_key() {
    let rig = Rig::start().await;
    let error = rig.again(|config| config.keys = kek(8).into()).await.err().unwrap();
    let text = error.to_string();
    assert!(text.contains(&kek(7).id()) && text.contains(&kek(8).id()) && text.contains("help:"), "{text}");
}

#[tokio::test]
async fn a_weak_secret_is_refused_in_production() {
    let weak = |config: &mut Config| config.secret = "31 bytes are not enough for it.".into();
    let error = refused(|config| {
        weak(config);
        config.production = true;
    })
    .await;
    assert!(matches!(error, AuthError::WeakSecret { length: 31, least: 32 }), "{error}");
    Rig::start_with(weak).await;
    let error = refused(|config| config.secret = "".into()).await;
    assert!(matches!(error, AuthError::WeakSecret { length: 0, .. }), "{error}");
}

#[tokio::test]
async fn an_address_without_a_path_is_no_base_url() {
    let error = refused(|config| config.sync_url = Some("mailto:sync@mana.test".parse().unwrap())).await;
    assert_eq!(error.to_string(), "mailto:sync@mana.test cannot be a service's base URL: it takes no path");
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named() {
    let error = refused(|config| config.database_url = "sqlite:///no/such/folder/auth.db".to_owned()).await;
    assert!(error.to_string().contains("sqlite:///no/such/folder/auth.db"), "{error}");
}
