//! What can be wrong with a push, in the words in which its sender reads it.

use stack_api::sync::SCHEMA_VERSION;

/// Longest name of a collection, app, client or space, in bytes; a database index has room for no more.
pub(crate) const NAME_MAX: usize = 200;
/// Longest id of a record, in bytes.
pub(super) const ID_MAX: usize = 1000;
/// How much of a name an error repeats, in characters.
const SHOWN: usize = 60;

/// Why a push was not taken. The texts of the first five are the original's.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum PushFault {
    #[error("invalid JSON: {0}")]
    Json(String),
    #[error("unsupported schemaVersion {0} (max {SCHEMA_VERSION})")]
    SchemaVersion(i64),
    #[error("invalid op {:?} in change {index}", shown(op))]
    Op { op: String, index: usize },
    #[error("missing table or id in change {index}")]
    TableOrId { index: usize },
    #[error("invalid JSON: {reason} in change {index}")]
    Change { reason: String, index: usize },
    #[error("invalid since {:?}: not an RFC 3339 time", shown(.0))]
    Since(String),
    #[error("{0}")]
    ClientId(NameFault),
    #[error("{fault} in change {index}")]
    Name { fault: NameFault, index: usize },
    #[error("field {:?} {reason} in change {index}", shown(field))]
    Field { field: String, reason: String, index: usize },
    #[error("deletedAt {:?} is not an RFC 3339 time in change {index}", shown(deleted_at))]
    DeletedAt { deleted_at: String, index: usize },
}

/// What a name must not be.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum NameFault {
    #[error("{what} has a NUL in it")]
    Nul { what: &'static str },
    #[error("{what} is longer than {max} bytes")]
    TooLong { what: &'static str, max: usize },
}

/// A name that both databases can store and index.
pub(crate) fn check_name(what: &'static str, name: &str, max: usize) -> Result<(), NameFault> {
    if name.contains('\0') {
        Err(NameFault::Nul { what })
    } else if name.len() > max {
        Err(NameFault::TooLong { what, max })
    } else {
        Ok(())
    }
}

/// The part of a name that an error repeats.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(SHOWN).collect()
}
