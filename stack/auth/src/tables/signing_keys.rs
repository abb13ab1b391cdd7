//! `signing_keys`: the keys that sign access tokens, wrapped under the key-encryption key.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_crypto::WrappedKey;

use super::millis;

/// A signing key as it rests.
pub(crate) struct SigningKeyRow {
    /// Ascending; the highest signs.
    pub(crate) generation: i64,
    /// The key's id in token headers.
    pub(crate) kid: String,
    /// The seed of the Ed25519 key.
    pub(crate) wrapped: WrappedKey,
    /// Which key-encryption key wraps it.
    pub(crate) kek_id: String,
}

impl FromRow<'_, AnyRow> for SigningKeyRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let wrapped = WrappedKey { ciphertext: row.try_get("ciphertext")?, nonce: row.try_get("nonce")? };
        Ok(Self {
            generation: row.try_get("generation")?,
            kid: row.try_get("kid")?,
            wrapped,
            kek_id: row.try_get("kek_id")?,
        })
    }
}

/// All keys, the oldest first.
pub(crate) async fn all<'c>(db: impl AnyExecutor<'c>) -> Result<Vec<SigningKeyRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM signing_keys ORDER BY generation").fetch_all(db).await
}

/// Stores a key, unless its generation has one.
pub(crate) async fn insert_if_first<'c>(
    db: impl AnyExecutor<'c>,
    key: &SigningKeyRow,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO signing_keys (generation, kid, ciphertext, nonce, kek_id, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (generation) DO NOTHING",
    );
    let insert = insert.bind(key.generation).bind(&key.kid).bind(&key.wrapped.ciphertext).bind(&key.wrapped.nonce);
    insert.bind(&key.kek_id).bind(millis(now)).execute(db).await.map(drop)
}

/// Puts another wrap of the same key in the place of the stored one.
pub(crate) async fn rewrap<'c>(
    db: impl AnyExecutor<'c>,
    kid: &str,
    wrapped: &WrappedKey,
    kek_id: &str,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query("UPDATE signing_keys SET ciphertext = $2, nonce = $3, kek_id = $4 WHERE kid = $1");
    let update = update.bind(kid).bind(&wrapped.ciphertext).bind(&wrapped.nonce).bind(kek_id);
    update.execute(db).await.map(drop)
}
