//! `users`: one row for each account.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::auth::{User, UserKind};

use super::{millis, moment};

/// The role that may use the admin routes.
pub(crate) const ADMIN: &str = "admin";
/// Everybody else's.
pub(crate) const USER: &str = "user";

/// An account as it is stored.
#[derive(Clone)]
pub(crate) struct UserRow {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) image: Option<String>,
    pub(crate) password_hash: String,
    pub(crate) role: String,
    pub(crate) kind: String,
    pub(crate) access_tier: String,
    pub(crate) email_verified: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl UserRow {
    /// Whether the account may use the admin routes.
    pub(crate) fn is_admin(&self) -> bool {
        self.role == ADMIN
    }

    /// Whether the account belongs to a persona.
    pub(crate) fn is_persona(&self) -> bool {
        self.kind == UserKind::Persona.as_str()
    }

    /// The account as its owner sees it.
    pub(crate) fn to_wire(&self) -> User {
        User {
            name: self.name.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            image: self.image.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            two_factor_enabled: false,
            access_tier: self.access_tier.clone(),
            kind: self.kind.clone(),
            id: self.id.clone(),
        }
    }
}

impl FromRow<'_, AnyRow> for UserRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            name: row.try_get("name")?,
            image: row.try_get("image")?,
            password_hash: row.try_get("password_hash")?,
            role: row.try_get("role")?,
            kind: row.try_get("kind")?,
            access_tier: row.try_get("access_tier")?,
            email_verified: row.try_get::<i64, _>("email_verified")? != 0,
            created_at: moment(row.try_get("created_at")?)?,
            updated_at: moment(row.try_get("updated_at")?)?,
        })
    }
}

/// The account with this id.
pub(crate) async fn by_id<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<Option<UserRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(db).await
}

/// The account with this e-mail, which is lower case.
pub(crate) async fn by_email<'c>(db: impl AnyExecutor<'c>, email: &str) -> Result<Option<UserRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email).fetch_optional(db).await
}

/// Stores a new account; `false` when its e-mail is known, and then nothing is stored.
pub(crate) async fn insert<'c>(db: impl AnyExecutor<'c>, user: &UserRow) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO users (id, email, name, image, password_hash, role, kind, access_tier, email_verified, \
         created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (email) DO NOTHING",
    );
    let insert = insert.bind(&user.id).bind(&user.email).bind(&user.name).bind(&user.image).bind(&user.password_hash);
    let insert = insert.bind(&user.role).bind(&user.kind).bind(&user.access_tier).bind(i64::from(user.email_verified));
    let insert = insert.bind(millis(user.created_at)).bind(millis(user.updated_at));
    Ok(insert.execute(db).await?.rows_affected() == 1)
}

/// Makes the account a persona's: verified, founder, through onboarding, under this name.
pub(crate) async fn make_persona<'c>(
    db: impl AnyExecutor<'c>,
    id: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE users SET kind = 'persona', access_tier = 'founder', email_verified = 1, name = $2, \
         onboarding_completed_at = COALESCE(onboarding_completed_at, $3), updated_at = $3 WHERE id = $1",
    );
    update.bind(id).bind(name).bind(millis(now)).execute(db).await.map(drop)
}

/// Makes the account an admin's: verified and through onboarding.
pub(crate) async fn make_admin<'c>(db: impl AnyExecutor<'c>, id: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE users SET role = 'admin', email_verified = 1, \
         onboarding_completed_at = COALESCE(onboarding_completed_at, $2), updated_at = $2 WHERE id = $1",
    );
    update.bind(id).bind(millis(now)).execute(db).await.map(drop)
}

/// Notes that the account's owner went through onboarding, and tells when that was first.
pub(crate) async fn complete_onboarding<'c>(
    db: impl AnyExecutor<'c>,
    id: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, sqlx::Error> {
    let update = sqlx::query_scalar::<_, i64>(
        "UPDATE users SET onboarding_completed_at = COALESCE(onboarding_completed_at, $2), updated_at = $2 \
         WHERE id = $1 RETURNING onboarding_completed_at",
    );
    moment(update.bind(id).bind(millis(now)).fetch_one(db).await?)
}

/// Deletes the account; rows of other tables that are its own go with it.
pub(crate) async fn delete<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(db).await.map(drop)
}
