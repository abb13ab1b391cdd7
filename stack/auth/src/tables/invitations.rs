//! `invitations`: who was asked into which space. What an invitation allows is the routes' matter.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::spaces::{Invitation, InvitationStatus, SpaceRole};

use super::{millis, moment, unreadable};

struct Stored(Invitation);

impl FromRow<'_, AnyRow> for Stored {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let role: String = row.try_get("role")?;
        let status: String = row.try_get("status")?;
        let known = [InvitationStatus::Pending, InvitationStatus::Accepted].into_iter().find(|s| s.as_str() == status);
        Ok(Self(Invitation {
            id: row.try_get("id")?,
            organization_id: row.try_get("space_id")?,
            email: row.try_get("email")?,
            role: SpaceRole::from_word(&role).ok_or_else(|| unreadable(format!("unknown role {role:?}")))?,
            status: known.ok_or_else(|| unreadable(format!("unknown status {status:?}")))?,
            inviter_id: row.try_get("inviter_id")?,
            expires_at: moment(row.try_get("expires_at")?)?,
            created_at: moment(row.try_get("created_at")?)?,
        }))
    }
}

/// The invitation with this id.
pub(crate) async fn by_id<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<Option<Invitation>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>("SELECT * FROM invitations WHERE id = $1");
    Ok(select.bind(id).fetch_optional(db).await?.map(|row| row.0))
}

/// The open invitation of this e-mail into a space.
pub(crate) async fn open_for<'c>(
    db: impl AnyExecutor<'c>,
    space_id: &str,
    email: &str,
) -> Result<Option<Invitation>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>(
        "SELECT * FROM invitations WHERE space_id = $1 AND email = $2 AND status = 'pending'",
    );
    Ok(select.bind(space_id).bind(email).fetch_optional(db).await?.map(|row| row.0))
}

/// Stores a new open invitation; `false` when this e-mail has one.
pub(crate) async fn insert<'c>(db: impl AnyExecutor<'c>, invitation: &Invitation) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO invitations (id, space_id, email, role, status, inviter_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (space_id, email) WHERE status = 'pending' DO NOTHING",
    );
    let insert = insert.bind(&invitation.id).bind(&invitation.organization_id).bind(&invitation.email);
    let insert = insert.bind(invitation.role.as_str()).bind(invitation.status.as_str()).bind(&invitation.inviter_id);
    let insert = insert.bind(millis(invitation.created_at)).bind(millis(invitation.expires_at));
    Ok(insert.execute(db).await?.rows_affected() == 1)
}

/// Lets an open invitation wait until `expires_at`.
pub(crate) async fn prolong<'c>(
    db: impl AnyExecutor<'c>,
    id: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query("UPDATE invitations SET expires_at = $2 WHERE id = $1");
    update.bind(id).bind(millis(expires_at)).execute(db).await.map(drop)
}

/// Notes that an invitation was accepted; `false` when it was no longer open.
pub(crate) async fn accept<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<bool, sqlx::Error> {
    let update = sqlx::query("UPDATE invitations SET status = 'accepted' WHERE id = $1 AND status = 'pending'");
    Ok(update.bind(id).execute(db).await?.rows_affected() == 1)
}

/// Forgets one invitation.
pub(crate) async fn delete<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM invitations WHERE id = $1").bind(id).execute(db).await.map(drop)
}

/// Forgets every invitation of this e-mail.
pub(crate) async fn delete_of<'c>(db: impl AnyExecutor<'c>, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM invitations WHERE email = $1").bind(email).execute(db).await.map(drop)
}
