//! `vault_audit`: one row for each time somebody asked for a vault.

use chrono::{DateTime, Utc};
use sqlx::AnyExecutor;

use super::{millis, new_id};

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    /// Whether there is a vault.
    Status,
    /// To make the vault.
    Init,
    /// For the master key.
    Key,
    /// For a new master key.
    Rotate,
    /// To set the recovery wrap.
    SetRecovery,
    /// To clear the recovery wrap.
    ClearRecovery,
    /// To forget the server's wrap.
    EnterZeroKnowledge,
    /// To wrap the key for the server again.
    LeaveZeroKnowledge,
    /// For the key of a shared space.
    SpaceKey,
    /// By the operator: to wrap the key under another key-encryption key.
    Rewrap,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// What was asked for was given.
    Given,
    /// The vault was made, and its key given.
    Made,
    /// Only what the recovery code opens was given.
    Locked,
    /// The vault was changed as asked.
    Changed,
    /// The vault's mode does not allow it; nothing was changed.
    Refused,
    /// There is no vault.
    Missing,
    /// There is one, but it does not open.
    Unreadable,
}

/// Who asked for what, and what came of it.
pub(crate) struct Entry<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) session_id: &'a str,
    /// Of which space the key is, where it is a space's.
    pub(crate) space_id: Option<&'a str>,
    pub(crate) action: Action,
    pub(crate) outcome: Outcome,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Init => "init",
            Self::Key => "key",
            Self::Rotate => "rotate",
            Self::SetRecovery => "set-recovery",
            Self::ClearRecovery => "clear-recovery",
            Self::EnterZeroKnowledge => "enter-zero-knowledge",
            Self::LeaveZeroKnowledge => "leave-zero-knowledge",
            Self::SpaceKey => "space-key",
            Self::Rewrap => "rewrap",
        }
    }
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Made => "made",
            Self::Locked => "locked",
            Self::Changed => "changed",
            Self::Refused => "refused",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Stores an entry.
pub(crate) async fn insert<'c>(
    db: impl AnyExecutor<'c>,
    entry: Entry<'_>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let insert = sqlx::query(
        "INSERT INTO vault_audit (id, user_id, session_id, space_id, action, outcome, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    let insert = insert.bind(new_id()).bind(entry.user_id).bind(entry.session_id).bind(entry.space_id);
    let insert = insert.bind(entry.action.as_str());
    insert.bind(entry.outcome.as_str()).bind(millis(now)).execute(db).await.map(drop)
}
