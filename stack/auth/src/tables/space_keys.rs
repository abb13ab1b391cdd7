//! `space_keys`: the key of each shared space that somebody asked for, wrapped by the server. It goes with its space.

use chrono::{DateTime, Utc};
use sqlx::AnyExecutor;

use super::{millis, wraps::ServerWrap};

/// A space's key.
pub(crate) async fn of<'c>(db: impl AnyExecutor<'c>, space_id: &str) -> Result<Option<ServerWrap>, sqlx::Error> {
    let select = sqlx::query_as("SELECT ciphertext, nonce, kek_id FROM space_keys WHERE space_id = $1");
    select.bind(space_id).fetch_optional(db).await
}

/// Stores a space's key, unless there is one; `true` when it was stored.
pub(crate) async fn insert_if_first<'c>(
    db: impl AnyExecutor<'c>,
    space_id: &str,
    key: &ServerWrap,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO space_keys (space_id, ciphertext, nonce, kek_id, format_version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (space_id) DO NOTHING",
    );
    let insert = insert.bind(space_id).bind(&key.wrapped.ciphertext).bind(&key.wrapped.nonce).bind(&key.kek_id);
    let insert = insert.bind(i64::from(stack_api::vault::FORMAT_VERSION)).bind(millis(now));
    Ok(insert.execute(db).await?.rows_affected() == 1)
}
