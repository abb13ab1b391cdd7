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
        vaults::{self, ServerWrap, WrappedVault},
    },
};

/// Vaults of one transaction. SQLite's other writers wait for as long.
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
    /// Vaults that were looked at and are another's matter by now: their users changed them meanwhile.
    pub overtaken: u64,
    /// Users whose vaults open under neither key, with the name of the key that wrapped them.
    pub unreadable: Vec<(String, String)>,
}

/// Wraps all signing keys and vaults of a database under the current key. With `dry_run` it only opens them.
/// `progress` hears after each batch what was done so far.
///
/// # Errors
/// When the database fails, or a signing key opens under neither key. Vaults that do not are told, and the others done.
pub async fn rewrap(
    db: &Database,
    keys: &Keyring,
    clock: Clock,
    dry_run: bool,
    mut progress: impl FnMut(&Rewrapped),
) -> Result<Rewrapped, AuthError> {
    let mut done = Rewrapped { signing_keys: rewrap_signing_keys(db, keys, dry_run).await?, ..Rewrapped::default() };
    let mut after = String::new();
    loop {
        let batch = vaults::not_under(db.pool(), &keys.id(), &after, BATCH).await.map_err(query("read the vaults"))?;
        let Some(last) = batch.last() else { return Ok(done) };
        after.clone_from(&last.user_id);
        if dry_run {
            for vault in &batch {
                match keys.unwrap(&vault.server.wrapped, &vault.user_id) {
                    Ok(_) => done.vaults += 1,
                    Err(_) => done.note_unreadable(vault),
                }
            }
        } else {
            rewrap_batch(db, keys, &batch, clock.now(), &mut done).await?;
        }
        progress(&done);
    }
}

impl Rewrapped {
    fn note_unreadable(&mut self, vault: &WrappedVault) {
        self.unreadable.push((vault.user_id.clone(), vault.server.kek_id.clone()));
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
    batch: &[WrappedVault],
    now: DateTime<Utc>,
    done: &mut Rewrapped,
) -> Result<(), AuthError> {
    let storing = || query("wrap a vault anew");
    let mut tx = db.write().await.map_err(storing())?;
    let mut sum = done.clone();
    for vault in batch {
        let user_id = &vault.user_id;
        let outcome = match keys.unwrap(&vault.server.wrapped, user_id) {
            Err(_) => {
                // Of a user who was deleted meanwhile nothing is left to note.
                if vaults::of(tx.connection(), user_id).await.map_err(storing())?.is_none() {
                    continue;
                }
                sum.note_unreadable(vault);
                Outcome::Unreadable
            }
            Ok(key) => {
                let fresh = ServerWrap { wrapped: keys.wrap(&key, user_id), kek_id: keys.id() };
                let replaced = vaults::replace_wrap(tx.connection(), user_id, &vault.server, &fresh).await;
                if !replaced.map_err(storing())? {
                    sum.overtaken += 1;
                    continue;
                }
                sum.vaults += 1;
                Outcome::Changed
            }
        };
        let entry = Entry { user_id, session_id: OPERATOR, action: Action::Rewrap, outcome };
        vault_audit::insert(tx.connection(), entry, now).await.map_err(storing())?;
    }
    tx.commit().await.map_err(storing())?;
    *done = sum;
    Ok(())
}

fn query(doing: &'static str) -> impl FnOnce(sqlx::Error) -> AuthError {
    move |source| AuthError::Query { doing, source }
}
