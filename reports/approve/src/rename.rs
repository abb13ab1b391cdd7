//! Baselines that follow a flow, a step or a viewer to its new name.

use harness_baseline::Store;
use harness_model::SnapshotKey;

use crate::ApproveError;

/// Renames every baseline whose name begins with the parts of `from`: a flow, a flow and a step, or a whole name. All that
/// lies beside a baseline goes with it, so that git sees files that moved and keeps their history.
///
/// # Errors
/// When none is called so, or a new name is none or is taken. Nothing is moved then.
pub fn renamed(store: &Store, from: &str, to: &str) -> Result<Vec<(SnapshotKey, SnapshotKey)>, ApproveError> {
    let (old, new): (Vec<_>, Vec<_>) = (from.split('/').collect(), to.split('/').collect());
    if old.len() != new.len() {
        return Err(ApproveError::Parts { from: from.to_owned(), to: to.to_owned() });
    }
    let mut moves = Vec::new();
    for key in store.keys()?.keys {
        let name = key.to_string();
        let parts: Vec<_> = name.split('/').collect();
        if let Some(rest) = parts.strip_prefix(old.as_slice()) {
            let named: SnapshotKey = [new.as_slice(), rest].concat().join("/").parse()?;
            if store.has(&named) {
                return Err(harness_baseline::BaselineError::Taken { from: Box::new(key), to: Box::new(named) }.into());
            }
            moves.push((key, named));
        }
    }
    if moves.is_empty() {
        return Err(ApproveError::NoBaseline { name: from.to_owned() });
    }
    for (key, named) in &moves {
        store.rename(key, named)?;
    }
    Ok(moves)
}
