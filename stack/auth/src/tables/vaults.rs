//! `vaults`: each user's master key, wrapped by the server, by the user's recovery code, or by both. The table's own
//! rules keep a vault from having no way to its key.

use chrono::{DateTime, Utc};
use sqlx::{AnyExecutor, FromRow, Row, any::AnyRow};
use stack_crypto::WrappedKey;

use super::{millis, optional_moment, wraps::ServerWrap};

/// A vault as it rests.
pub(crate) struct VaultRow {
    /// What the server can open; none in zero-knowledge mode.
    pub(crate) server: Option<ServerWrap>,
    /// What only the user's recovery code opens.
    pub(crate) recovery: Option<RecoveryWrap>,
    /// Which format the key has.
    pub(crate) format_version: u8,
}

/// The master key under a recovery code, made by the user's own program.
pub(crate) struct RecoveryWrap {
    pub(crate) wrapped_mk: String,
    pub(crate) iv: String,
    pub(crate) set_at: Option<DateTime<Utc>>,
}

impl VaultRow {
    /// Whether the server keeps no usable key.
    pub(crate) fn is_zero_knowledge(&self) -> bool {
        self.server.is_none()
    }
}

impl FromRow<'_, AnyRow> for VaultRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let server = match (row.try_get("ciphertext")?, row.try_get("nonce")?, row.try_get("kek_id")?) {
            (Some(ciphertext), Some(nonce), Some(kek_id)) => {
                Some(ServerWrap { wrapped: WrappedKey { ciphertext, nonce }, kek_id })
            }
            _ => None,
        };
        let recovery = match (row.try_get("recovery_wrapped_mk")?, row.try_get("recovery_iv")?) {
            (Some(wrapped_mk), Some(iv)) => {
                Some(RecoveryWrap { wrapped_mk, iv, set_at: optional_moment(row.try_get("recovery_set_at")?)? })
            }
            _ => None,
        };
        let format_version = u8::try_from(row.try_get::<i64, _>("format_version")?).map_err(super::unreadable)?;
        Ok(Self { server, recovery, format_version })
    }
}

/// A user's vault.
pub(crate) async fn of<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<Option<VaultRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM vaults WHERE user_id = $1").bind(user_id).fetch_optional(db).await
}

/// Stores a user's vault, unless there is one; `true` when it was stored.
pub(crate) async fn insert_if_first<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    vault: &ServerWrap,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO vaults (user_id, zero_knowledge, ciphertext, nonce, kek_id, format_version, created_at) \
         VALUES ($1, 0, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO NOTHING",
    );
    let insert = insert.bind(user_id).bind(&vault.wrapped.ciphertext).bind(&vault.wrapped.nonce).bind(&vault.kek_id);
    let insert = insert.bind(i64::from(stack_api::vault::FORMAT_VERSION)).bind(millis(now));
    Ok(insert.execute(db).await?.rows_affected() == 1)
}

/// Puts a new key in the place of the old one, whose recovery wrap goes with it.
pub(crate) async fn rotate<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    vault: &ServerWrap,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE vaults SET ciphertext = $2, nonce = $3, kek_id = $4, recovery_wrapped_mk = NULL, recovery_iv = NULL, \
         recovery_set_at = NULL, rotated_at = $5 WHERE user_id = $1 AND zero_knowledge = 0",
    );
    let update = update.bind(user_id).bind(&vault.wrapped.ciphertext).bind(&vault.wrapped.nonce).bind(&vault.kek_id);
    update.bind(millis(now)).execute(db).await.map(drop)
}

/// Stores what the user's recovery code opens.
pub(crate) async fn set_recovery<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    wrapped_mk: &str,
    iv: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE vaults SET recovery_wrapped_mk = $2, recovery_iv = $3, recovery_set_at = $4 \
         WHERE user_id = $1 AND zero_knowledge = 0",
    );
    update.bind(user_id).bind(wrapped_mk).bind(iv).bind(millis(now)).execute(db).await.map(drop)
}

/// Forgets what the user's recovery code opens.
pub(crate) async fn clear_recovery<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE vaults SET recovery_wrapped_mk = NULL, recovery_iv = NULL, recovery_set_at = NULL \
         WHERE user_id = $1 AND zero_knowledge = 0",
    );
    update.bind(user_id).execute(db).await.map(drop)
}

/// Forgets the server's wrap: from now on only the recovery code opens the key.
pub(crate) async fn enter_zero_knowledge<'c>(db: impl AnyExecutor<'c>, user_id: &str) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE vaults SET zero_knowledge = 1, ciphertext = NULL, nonce = NULL, kek_id = NULL WHERE user_id = $1",
    );
    update.bind(user_id).execute(db).await.map(drop)
}

/// Stores the server's wrap again; the recovery wrap stays.
pub(crate) async fn leave_zero_knowledge<'c>(
    db: impl AnyExecutor<'c>,
    user_id: &str,
    vault: &ServerWrap,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query(
        "UPDATE vaults SET zero_knowledge = 0, ciphertext = $2, nonce = $3, kek_id = $4 WHERE user_id = $1",
    );
    let update = update.bind(user_id).bind(&vault.wrapped.ciphertext).bind(&vault.wrapped.nonce).bind(&vault.kek_id);
    update.execute(db).await.map(drop)
}
