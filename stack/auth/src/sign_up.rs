//! How an account comes to be: the one way for people, personas and the admin.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;
use stack_api::{
    auth::{PASSWORD_MIN, UserKind},
    spaces::{SpaceRole, SpaceType},
};

use crate::{
    AdminAccount, AuthError,
    app::App,
    tables::{
        members, new_id,
        spaces::{self, NewSpace},
        users::{self, UserRow},
    },
};

/// Longest password that is hashed, in characters: the limit of Better Auth.
pub(crate) const PASSWORD_MAX: usize = 128;
const EMAIL_MAX: usize = 254;
const NAME_MAX: usize = 200;
const FREE: &str = "free";

/// An e-mail as it is stored and compared: without case and surrounding space.
pub(crate) fn normalised(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What is wrong with a normalised e-mail, if anything.
pub(crate) fn email_fault(email: &str) -> Option<&'static str> {
    let well_formed = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    match (well_formed && plain, email.len() <= EMAIL_MAX) {
        (true, true) => None,
        (true, false) => Some("is longer than 254 bytes"),
        (false, _) => Some("is not an e-mail address"),
    }
}

/// What is wrong with a display name, if anything.
pub(crate) fn name_fault(name: &str) -> Option<&'static str> {
    (name.chars().count() > NAME_MAX).then_some("is longer than 200 characters")
}

/// Whether the password is too short.
pub(crate) fn is_weak(password: &str) -> bool {
    password.chars().count() < PASSWORD_MIN
}

/// Whether the password is longer than what is hashed.
pub(crate) fn is_too_long(password: &str) -> bool {
    password.chars().count() > PASSWORD_MAX
}

/// The given name, or the e-mail's local part where there is none.
pub(crate) fn display_name(name: Option<&str>, email: &str) -> String {
    let given = name.map(str::trim).filter(|name| !name.is_empty());
    given.unwrap_or_else(|| email.split('@').next().unwrap_or(email)).to_owned()
}

/// A new account, not yet stored. Its fields have been checked.
pub(crate) fn new_user(email: String, name: String, password_hash: String, now: DateTime<Utc>) -> UserRow {
    UserRow {
        id: new_id(),
        email,
        name,
        image: None,
        password_hash,
        role: users::USER.to_owned(),
        kind: UserKind::Human.as_str().to_owned(),
        access_tier: FREE.to_owned(),
        email_verified: false,
        created_at: now,
        updated_at: now,
    }
}

/// Stores a new account with its personal space; `false` when its e-mail is known, and then nothing is stored.
pub(crate) async fn store(db: &mut AnyConnection, user: &UserRow) -> Result<bool, sqlx::Error> {
    if !users::insert(&mut *db, user).await? {
        return Ok(false);
    }
    let id = new_id();
    let space = NewSpace {
        id: &id,
        name: &user.name,
        slug: &format!("personal-{}", user.id),
        logo: None,
        space_type: SpaceType::Personal,
        tier: &user.access_tier,
    };
    spaces::insert(&mut *db, &space, user.created_at).await?;
    members::insert(db, &id, &user.id, SpaceRole::Owner, user.created_at).await?;
    Ok(true)
}

/// Makes the admin's account when it is missing.
pub(crate) async fn ensure_admin(app: &App, admin: &AdminAccount) -> Result<(), AuthError> {
    let query = |doing| move |source| AuthError::Query { doing, source };
    let email = normalised(&admin.email);
    match users::by_email(app.db.pool(), &email).await.map_err(query("look for the admin's account"))? {
        Some(user) if user.is_admin() => return Ok(()),
        Some(_) => return Err(AuthError::AdminTaken { email }),
        None => {}
    }
    let refused = |reason: &str| AuthError::Admin { email: email.clone(), reason: reason.to_owned() };
    if let Some(fault) = email_fault(&email) {
        return Err(refused(&format!("its e-mail {fault}")));
    }
    if is_weak(admin.password.expose_secret()) || is_too_long(admin.password.expose_secret()) {
        return Err(refused("its password must have 8 to 128 characters"));
    }
    let user = hashed(app, email, admin.password.clone()).await?;
    let making = "make the admin's account";
    let mut tx = app.db.write().await.map_err(query(making))?;
    // Another process that started at the same moment may have been faster.
    if store(tx.connection(), &user).await.map_err(query(making))? {
        users::make_admin(tx.connection(), &user.id, user.created_at).await.map_err(query(making))?;
    }
    tx.commit().await.map_err(query(making))
}

async fn hashed(app: &App, email: String, password: SecretString) -> Result<UserRow, AuthError> {
    let hash = app.passwords.hash(password).await.map_err(|e| AuthError::Password(e.to_string()))?;
    Ok(new_user(email, "Admin".to_owned(), hash, app.now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_without_a_place_to_send_to_are_no_emails() {
        for good in ["anna@mana.test", "a.b+c@sub.example", "admin@localhost", "ü@example.de"] {
            assert_eq!(email_fault(good), None, "{good}");
        }
        for bad in ["", "anna", "@mana.test", "anna@", "a@b@c", "an na@mana.test", "a@.test", "a@test.", "a\n@b.test"] {
            assert!(email_fault(bad).is_some(), "{bad:?}");
        }
        assert!(email_fault(&format!("{}@mana.test", "a".repeat(250))).is_some());
        assert_eq!(normalised(" Anna@Mana.TEST "), "anna@mana.test");
    }

    #[test]
    fn a_name_that_is_missing_or_blank_is_taken_from_the_email() {
        assert_eq!(display_name(None, "anna@mana.test"), "anna");
        assert_eq!(display_name(Some("  "), "anna@mana.test"), "anna");
        assert_eq!(display_name(Some(" Anna "), "anna@mana.test"), "Anna");
    }
}
