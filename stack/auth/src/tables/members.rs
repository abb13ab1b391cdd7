//! `members`: who belongs to which space, and as what.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::spaces::{Member, SpaceRole};

use super::{millis, moment, unreadable};

struct Stored(Member);

impl FromRow<'_, AnyRow> for Stored {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let role: String = row.try_get("role")?;
        let role = SpaceRole::from_word(&role).ok_or_else(|| unreadable(format!("unknown role {role:?}")))?;
        let created_at = moment(row.try_get("created_at")?)?;
        Ok(Self(member(row.try_get("space_id")?, row.try_get("user_id")?, role, created_at)))
    }
}

/// A membership. A user is a member of a space once, so the two ids make its own.
fn member(space_id: String, user_id: String, role: SpaceRole, created_at: DateTime<Utc>) -> Member {
    Member { id: format!("{space_id}.{user_id}"), organization_id: space_id, user_id, role, created_at }
}

/// Makes a user a member of a space; somebody who is one keeps the role.
pub(crate) async fn insert<'c>(
    db: impl AnyExecutor<'c>,
    space_id: &str,
    user_id: &str,
    role: SpaceRole,
    now: DateTime<Utc>,
) -> Result<Member, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO members (space_id, user_id, role, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (space_id, user_id) DO NOTHING",
    );
    insert.bind(space_id).bind(user_id).bind(role.as_str()).bind(millis(now)).execute(db).await?;
    Ok(member(space_id.to_owned(), user_id.to_owned(), role, now))
}

/// A user's membership of a space.
pub(crate) async fn one<'c>(
    db: impl AnyExecutor<'c>,
    space_id: &str,
    user_id: &str,
) -> Result<Option<Member>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>("SELECT * FROM members WHERE space_id = $1 AND user_id = $2");
    Ok(select.bind(space_id).bind(user_id).fetch_optional(db).await?.map(|row| row.0))
}

/// Whether the account with this e-mail is a member of a space.
pub(crate) async fn has_email<'c>(db: impl AnyExecutor<'c>, space_id: &str, email: &str) -> Result<bool, sqlx::Error> {
    let select = sqlx::query_scalar::<_, String>(
        "SELECT members.user_id FROM members JOIN users ON users.id = members.user_id \
         WHERE members.space_id = $1 AND users.email = $2",
    );
    Ok(select.bind(space_id).bind(email).fetch_optional(db).await?.is_some())
}

/// Hands the spaces of which this user is the only owner to another member: an admin where there is one, else who has
/// been there longest. A space without an owner could never be deleted.
pub(crate) async fn hand_over<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE members SET role = 'owner' WHERE user_id <> $1 \
         AND space_id IN (SELECT mine.space_id FROM members mine WHERE mine.user_id = $1 AND mine.role = 'owner') \
         AND NOT EXISTS (SELECT 1 FROM members other WHERE other.space_id = members.space_id \
         AND other.role = 'owner' AND other.user_id <> $1) \
         AND user_id = (SELECT heir.user_id FROM members heir WHERE heir.space_id = members.space_id \
         AND heir.user_id <> $1 \
         ORDER BY CASE heir.role WHEN 'admin' THEN 0 ELSE 1 END, heir.created_at, heir.user_id LIMIT 1)",
    );
    update.bind(user_id).execute(db).await.map(drop)
}
