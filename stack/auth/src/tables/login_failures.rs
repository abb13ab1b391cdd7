//! `login_failures`: one row for each failed log-in of late.

use chrono::{DateTime, Utc};
use sqlx::AnyExecutor;

use super::{millis, moment, new_id};

/// The last `limit` failures with this e-mail, newest first.
pub(crate) async fn newest<'c>(
    db: impl AnyExecutor<'c>,
    email: &str,
    limit: i64,
) -> Result<Vec<DateTime<Utc>>, sqlx::Error> {
    let select = sqlx::query_scalar::<_, i64>(
        "SELECT failed_at FROM login_failures WHERE email = $1 ORDER BY failed_at DESC LIMIT $2",
    );
    select.bind(email).bind(limit).fetch_all(db).await?.into_iter().map(moment).collect()
}

/// Stores a failure.
pub(crate) async fn insert<'c>(db: impl AnyExecutor<'c>, email: &str, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("INSERT INTO login_failures (id, email, failed_at) VALUES ($1, $2, $3)");
    insert.bind(new_id()).bind(email).bind(millis(at)).execute(db).await.map(drop)
}

/// Forgets the failures with this e-mail.
pub(crate) async fn delete_of<'c>(db: impl AnyExecutor<'c>, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM login_failures WHERE email = $1").bind(email).execute(db).await.map(drop)
}

/// Forgets everybody's failures from before this moment.
pub(crate) async fn delete_before<'c>(db: impl AnyExecutor<'c>, moment: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM login_failures WHERE failed_at < $1").bind(millis(moment)).execute(db).await.map(drop)
}
