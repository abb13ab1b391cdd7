//! `spaces`: what Better Auth calls organizations. Who belongs to one is told by [`super::members`].

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_api::spaces::{Organization, Space, SpaceMetadata, SpaceType};

use super::{millis, moment, unreadable};

/// A space to be stored.
pub(crate) struct NewSpace<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) slug: &'a str,
    pub(crate) logo: Option<&'a str>,
    pub(crate) space_type: SpaceType,
    pub(crate) tier: &'a str,
}

/// A space as it is.
struct Stored(Organization);

/// A space with the role that one member has in it.
struct MemberSpace(Space);

impl FromRow<'_, AnyRow> for Stored {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let word: String = row.try_get("space_type")?;
        let known = SpaceType::from_word(&word);
        let space_type = known.ok_or_else(|| unreadable(format!("unknown space type {word:?}")))?;
        Ok(Self(Organization {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            slug: row.try_get("slug")?,
            logo: row.try_get("logo")?,
            created_at: moment(row.try_get("created_at")?)?,
            metadata: SpaceMetadata { space_type, tier: Some(row.try_get("tier")?) },
        }))
    }
}

impl FromRow<'_, AnyRow> for MemberSpace {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let Stored(Organization { id, name, slug, logo, created_at, metadata }) = Stored::from_row(row)?;
        Ok(Self(Space { id, name, slug, logo, created_at, metadata, role: row.try_get("member_role")? }))
    }
}

/// Stores a new space; `false` when its slug is taken, and then nothing is stored.
pub(crate) async fn insert<'c>(
    db: impl AnyExecutor<'c>,
    space: &NewSpace<'_>,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO spaces (id, name, slug, logo, space_type, tier, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (slug) DO NOTHING",
    );
    let insert = insert.bind(space.id).bind(space.name).bind(space.slug).bind(space.logo);
    let insert = insert.bind(space.space_type.as_str()).bind(space.tier).bind(millis(now));
    Ok(insert.execute(db).await?.rows_affected() == 1)
}

/// The space with this id.
pub(crate) async fn by_id<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<Option<Organization>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>("SELECT * FROM spaces WHERE id = $1");
    Ok(select.bind(id).fetch_optional(db).await?.map(|row| row.0))
}

/// The space with this slug.
pub(crate) async fn by_slug<'c>(db: impl AnyExecutor<'c>, slug: &str) -> Result<Option<Organization>, sqlx::Error> {
    let select = sqlx::query_as::<_, Stored>("SELECT * FROM spaces WHERE slug = $1");
    Ok(select.bind(slug).fetch_optional(db).await?.map(|row| row.0))
}

/// Deletes a space; its members and invitations go with it, and sessions that were in it are in none.
pub(crate) async fn delete<'c>(db: impl AnyExecutor<'c>, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM spaces WHERE id = $1").bind(id).execute(db).await.map(drop)
}

/// The spaces that a user is a member of, the personal one first.
pub(crate) async fn of_member<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<Vec<Space>, sqlx::Error> {
    let select = sqlx::query_as::<_, MemberSpace>(
        "SELECT spaces.*, members.role AS member_role FROM members JOIN spaces ON spaces.id = members.space_id \
         WHERE members.user_id = $1 \
         ORDER BY CASE WHEN spaces.space_type = 'personal' THEN 0 ELSE 1 END, spaces.created_at, spaces.id",
    );
    Ok(select.bind(user_id).fetch_all(db).await?.into_iter().map(|row| row.0).collect())
}

/// The id of a user's personal space.
pub(crate) async fn personal_of<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<Option<String>, sqlx::Error> {
    let select = sqlx::query_scalar(
        "SELECT spaces.id FROM members JOIN spaces ON spaces.id = members.space_id \
         WHERE members.user_id = $1 AND spaces.space_type = 'personal'",
    );
    select.bind(user_id).fetch_optional(db).await
}

/// Names a user's personal space and gives it the user's plan.
pub(crate) async fn update_personal_of<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    name: &str,
    tier: &str,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE spaces SET name = $2, tier = $3 WHERE space_type = 'personal' \
         AND id IN (SELECT space_id FROM members WHERE user_id = $1)",
    );
    update.bind(user_id).bind(name).bind(tier).execute(db).await.map(drop)
}

/// The spaces in which nobody but this user is a member: without the user they would belong to nobody.
pub(crate) async fn sole_of<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<Vec<String>, sqlx::Error> {
    let select = sqlx::query_scalar(
        "SELECT mine.space_id FROM members mine WHERE mine.user_id = $1 AND NOT EXISTS (SELECT 1 FROM members other \
         WHERE other.space_id = mine.space_id AND other.user_id <> $1) ORDER BY mine.space_id",
    );
    select.bind(user_id).fetch_all(db).await
}

/// Deletes the spaces in which nobody but this user is a member.
pub(crate) async fn delete_sole_of<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<(), sqlx::Error> {
    let delete = sqlx::query(
        "DELETE FROM spaces WHERE id IN (SELECT space_id FROM members WHERE user_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM members WHERE members.space_id = spaces.id AND members.user_id <> $1)",
    );
    delete.bind(user_id).execute(db).await.map(drop)
}
