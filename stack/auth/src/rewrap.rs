//! After the key-encryption key was changed: everything that the key before wrapped is wrapped anew.
//!
//! Safe beside a running service that has both keys, and to be broken off at any moment: each batch is one transaction,
//! what is done is not done again, and a vault that its user changes meanwhile is left as the user made it.

use chrono::{DateTime, Utc};
use stack_crypto::Keyring;
use stack_http::{Clock, Database};

use crate::{
    AuthError,
    signer::wrap_name,
    tables::{
        signing_keys,
        vault_audit::{self, Action, Entry, Outcome},
        wraps::{OwnedWrap, ServerWrap, Wraps},
    },
};

/// Wraps of one transaction. SQLite's other writers wait for as long.
const BATCH: i64 = 100;
/// Stands in the audit where a session would.
const OPERATOR: &str = "stack vault rewrap";

/// What is under which key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rewrapped {
    /// Signing keys that were wrapped anew, or would be.
    pub signing_keys: u64,
    /// Vaults that were wrapped anew, or would be.
    pub vaults: u64,
    /// Keys of shared spaces that were wrapped anew, or would be.
    pub space_keys: u64,
    /// Vaults and keys that were looked at and are another's matter by now: they were changed meanwhile.
    pub overtaken: u64,
    /// Whose keys open under neither key, users by their ids and spaces as `space:` and theirs, with the name of the key
    /// that wrapped them.
    pub unreadable: Vec<(String, String)>,
}

/// Wraps all signing keys, vaults and keys of spaces of a database under the current key. With `dry_run` it only opens
/// them. `progress` hears after each batch what was done so far.
///
/// # Errors
/// When the database fails, or a signing key opens under neither key. Others that do not are told, and the rest done.
pub async fn rewrap(
    db: &Database,
    keys: &Keyring,
    clock: Clock,
    dry_run: bool,
    mut progress: impl FnMut(&Rewrapped),
) -> Result<Rewrapped, AuthError> {
    let mut done = Rewrapped { signing_keys: rewrap_signing_keys(db, keys, dry_run).await?, ..Rewrapped::default() };
    for table in [Wraps::Vaults, Wraps::SpaceKeys] {
        let mut after = String::new();
        loop {
            let batch =
                table.not_under(db.pool(), &keys.id(), &after, BATCH).await.map_err(query("read the vaults"))?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.owner);
            if dry_run {
                for wrap in &batch {
                    match keys.unwrap(&wrap.server.wrapped, &table.wrap_name(&wrap.owner)) {
                        Ok(_) => done.count(table),
                        Err(_) => done.note_unreadable(table, wrap),
                    }
                }
            } else {
                rewrap_batch(db, keys, table, &batch, clock.now(), &mut done).await?;
            }
            progress(&done);
        }
    }
    Ok(done)
}

impl Rewrapped {
    fn count(&mut self, table: Wraps) {
        match table {
            Wraps::Vaults => self.vaults += 1,
            Wraps::SpaceKeys => self.space_keys += 1,
        }
    }

    fn note_unreadable(&mut self, table: Wraps, wrap: &OwnedWrap) {
        self.unreadable.push((table.wrap_name(&wrap.owner), wrap.server.kek_id.clone()));
    }
}

async fn rewrap_signing_keys(db: &Database, keys: &Keyring, dry_run: bool) -> Result<u64, AuthError> {
    let mut tx = db.write().await.map_err(query("store the signing keys"))?;
    let rows = signing_keys::all(tx.connection()).await.map_err(query("read the signing keys"))?;
    let mut done = 0;
    for row in rows.iter().filter(|row| row.kek_id != keys.id()) {
        let name = wrap_name(&row.kid);
        let seed = keys.unwrap(&row.wrapped, &name).map_err(|source| AuthError::SigningKey {
            kid: row.kid.clone(),
            wrapped_by: row.kek_id.clone(),
            kek: keys.ids(),
            source,
        })?;
        let (wrapped, kek_id) = (keys.wrap(&seed, &name), keys.id());
        if !dry_run {
            let stored = signing_keys::rewrap(tx.connection(), &row.kid, &wrapped, &kek_id).await;
            stored.map_err(query("store the signing keys"))?;
        }
        done += 1;
    }
    tx.commit().await.map_err(query("store the signing keys"))?;
    Ok(done)
}

async fn rewrap_batch(
    db: &Database,
    keys: &Keyring,
    table: Wraps,
    batch: &[OwnedWrap],
    now: DateTime<Utc>,
    done: &mut Rewrapped,
) -> Result<(), AuthError> {
    let storing = || query("wrap a vault anew");
    let mut tx = db.write().await.map_err(storing())?;
    let mut sum = done.clone();
    for wrap in batch {
        let name = table.wrap_name(&wrap.owner);
        let outcome = match keys.unwrap(&wrap.server.wrapped, &name) {
            Err(_) => {
                // Of a user or a space that was deleted meanwhile nothing is left to note.
                if !table.holds(tx.connection(), &wrap.owner).await.map_err(storing())? {
                    continue;
                }
                sum.note_unreadable(table, wrap);
                Outcome::Unreadable
            }
            Ok(key) => {
                let fresh = ServerWrap { wrapped: keys.wrap(&key, &name), kek_id: keys.id() };
                if !table.replace(tx.connection(), wrap, &fresh).await.map_err(storing())? {
                    sum.overtaken += 1;
                    continue;
                }
                sum.count(table);
                Outcome::Changed
            }
        };
        // A row of the audit tells a user about a key of theirs; a space's is nobody's alone.
        if table == Wraps::Vaults {
            let user_id = &wrap.owner;
            let entry = Entry { user_id, session_id: OPERATOR, space_id: None, action: Action::Rewrap, outcome };
            vault_audit::insert(tx.connection(), entry, now).await.map_err(storing())?;
        }
    }
    tx.commit().await.map_err(storing())?;
    *done = sum;
    Ok(())
}

fn query(doing: &'static str) -> impl FnOnce(sqlx::Error) -> AuthError {
    move |source| AuthError::Query { doing, source }
}
