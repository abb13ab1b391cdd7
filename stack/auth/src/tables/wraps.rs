//! Keys under the key-encryption key, whosever they are: a user's in `vaults`, a shared space's in `space_keys`.

use sqlx::{AnyExecutor, AssertSqlSafe, FromRow, Row, any::AnyRow};
use stack_crypto::WrappedKey;

/// A key under the key-encryption key; its owner's name is part of the wrap.
pub(crate) struct ServerWrap {
    pub(crate) wrapped: WrappedKey,
    /// Which key-encryption key wraps it.
    pub(crate) kek_id: String,
}

/// A wrap, and the id of the user or space whose key it is.
pub(crate) struct OwnedWrap {
    pub(crate) owner: String,
    pub(crate) server: ServerWrap,
}

/// A table of wraps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wraps {
    /// `vaults`: of users.
    Vaults,
    /// `space_keys`: of shared spaces.
    SpaceKeys,
}

impl FromRow<'_, AnyRow> for ServerWrap {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let wrapped = WrappedKey { ciphertext: row.try_get("ciphertext")?, nonce: row.try_get("nonce")? };
        Ok(Self { wrapped, kek_id: row.try_get("kek_id")? })
    }
}

impl FromRow<'_, AnyRow> for OwnedWrap {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { owner: row.try_get("owner")?, server: ServerWrap::from_row(row)? })
    }
}

impl Wraps {
    /// The table, and the column of its owners.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Vaults => ("vaults", "user_id"),
            Self::SpaceKeys => ("space_keys", "space_id"),
        }
    }

    /// The name under which the key of this owner is wrapped. A user's is the id alone, so that no space's looks like it.
    pub(crate) fn wrap_name(self, owner: &str) -> String {
        match self {
            Self::Vaults => owner.to_owned(),
            Self::SpaceKeys => format!("space:{owner}"),
        }
    }

    /// Those that the server can open by another key-encryption key than this one, in the order of their owners' ids and
    /// behind one of them.
    pub(crate) async fn not_under<'c>(
        self,
        db: impl AnyExecutor<'c>,
        kek_id: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<OwnedWrap>, sqlx::Error> {
        let (table, owner) = self.names();
        let select = format!(
            "SELECT {owner} AS owner, ciphertext, nonce, kek_id FROM {table} \
             WHERE kek_id IS NOT NULL AND kek_id <> $1 AND {owner} > $2 ORDER BY {owner} LIMIT $3"
        );
        sqlx::query_as(AssertSqlSafe(select)).bind(kek_id).bind(after).bind(limit).fetch_all(db).await
    }

    /// Puts another wrap of the same key in the place of this one, where it is still this one; `true` when it was.
    pub(crate) async fn replace<'c>(
        self,
        db: impl AnyExecutor<'c>,
        known: &OwnedWrap,
        fresh: &ServerWrap,
    ) -> Result<bool, sqlx::Error> {
        let (table, owner) = self.names();
        let update = format!(
            "UPDATE {table} SET ciphertext = $2, nonce = $3, kek_id = $4 \
             WHERE {owner} = $1 AND ciphertext = $5 AND nonce = $6"
        );
        let update = sqlx::query(AssertSqlSafe(update)).bind(&known.owner).bind(&fresh.wrapped.ciphertext);
        let update = update.bind(&fresh.wrapped.nonce).bind(&fresh.kek_id);
        let update = update.bind(&known.server.wrapped.ciphertext).bind(&known.server.wrapped.nonce);
        Ok(update.execute(db).await?.rows_affected() == 1)
    }

    /// Whether this owner still has a key.
    pub(crate) async fn holds<'c>(self, db: impl AnyExecutor<'c>, owner_id: &str) -> Result<bool, sqlx::Error> {
        let (table, owner) = self.names();
        let select = format!("SELECT {owner} FROM {table} WHERE {owner} = $1");
        let select = sqlx::query_scalar::<_, String>(AssertSqlSafe(select));
        Ok(select.bind(owner_id).fetch_optional(db).await?.is_some())
    }
}
