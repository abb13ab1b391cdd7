//! `sessions`: one row for each log-in that has not ended. Knows tokens by their hash alone.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::auth::Session;

use super::{millis, moment, users::UserRow};

/// A session as it is stored, without its token.
#[derive(Clone)]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) active_space_id: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

impl SessionRow {
    /// The session as its owner sees it.
    pub(crate) fn to_wire(&self) -> Session {
        Session {
            id: self.id.clone(),
            user_id: self.user_id.clone(),
            expires_at: self.expires_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            active_organization_id: self.active_space_id.clone(),
        }
    }
}

/// A session that has not ended, and whose it is: looked for together, as each call needs both.
pub(crate) struct LiveSession {
    pub(crate) session: SessionRow,
    pub(crate) user: UserRow,
}

impl FromRow<'_, AnyRow> for LiveSession {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let user = UserRow::from_row(row)?;
        let session = SessionRow {
            id: row.try_get("session_id")?,
            user_id: user.id.clone(),
            active_space_id: row.try_get("active_space_id")?,
            created_at: moment(row.try_get("session_created_at")?)?,
            updated_at: moment(row.try_get("session_updated_at")?)?,
            expires_at: moment(row.try_get("expires_at")?)?,
        };
        Ok(Self { session, user })
    }
}

macro_rules! owned {
    () => {
        "SELECT s.id AS session_id, s.active_space_id, s.created_at AS session_created_at, \
         s.updated_at AS session_updated_at, s.expires_at, u.* FROM sessions AS s JOIN users AS u ON u.id = s.user_id"
    };
}

/// Stores a new session.
pub(crate) async fn insert<'c>(
    db: impl AnyExecutor<'c>,
    session: &SessionRow,
    token_hash: &str,
) -> Result<(), sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO sessions (id, user_id, token_hash, active_space_id, created_at, updated_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    let insert = insert.bind(&session.id).bind(&session.user_id).bind(token_hash).bind(&session.active_space_id);
    let insert = insert.bind(millis(session.created_at)).bind(millis(session.updated_at));
    insert.bind(millis(session.expires_at)).execute(db).await.map(drop)
}

/// The session with this token, when its time is not over.
pub(crate) async fn live_by_token<'c>(
    db: impl AnyExecutor<'c>,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<LiveSession>, sqlx::Error> {
    let select = sqlx::query_as(concat!(owned!(), " WHERE s.token_hash = $1 AND s.expires_at > $2"));
    select.bind(token_hash).bind(millis(now)).fetch_optional(db).await
}

/// The session with this id, when its time is not over.
pub(crate) async fn live_by_id<'c>(
    db: impl AnyExecutor<'c>,
    id: &str,
    now: DateTime<Utc>,
) -> Result<Option<LiveSession>, sqlx::Error> {
    let select = sqlx::query_as(concat!(owned!(), " WHERE s.id = $1 AND s.expires_at > $2"));
    select.bind(id).bind(millis(now)).fetch_optional(db).await
}

/// Lets the session go on until `expires_at`.
pub(crate) async fn prolong<'c>(
    db: impl AnyExecutor<'c>,
    id: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query("UPDATE sessions SET updated_at = $2, expires_at = $3 WHERE id = $1");
    update.bind(id).bind(millis(now)).bind(millis(expires_at)).execute(db).await.map(drop)
}

/// Puts the session in a space, or in none.
pub(crate) async fn set_active<'c>(
    db: impl AnyExecutor<'c>,
    id: &str,
    space_id: Option<&str>,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query("UPDATE sessions SET active_space_id = $2 WHERE id = $1");
    update.bind(id).bind(space_id).execute(db).await.map(drop)
}

/// Ends one session.
pub(crate) async fn delete<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(db).await.map(drop)
}

/// Ends every session of a user.
pub(crate) async fn delete_all_of<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user_id).execute(db).await.map(drop)
}

/// Drops those sessions of a user whose time is over.
pub(crate) async fn delete_expired_of<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let delete = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND expires_at <= $2");
    delete.bind(user_id).bind(millis(now)).execute(db).await.map(drop)
}
