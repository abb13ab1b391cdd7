//! The tables: one module each, holding every query on it, and the steps that bring them to this program's version.
//!
//! Queries read alike on SQLite and PostgreSQL. They decide nothing: which caller may run one is the routes' matter.

pub(crate) mod invitations;
pub(crate) mod login_failures;
pub(crate) mod members;
pub(crate) mod persona_actions;
pub(crate) mod persona_feedback;
pub(crate) mod personas;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod space_keys;
pub(crate) mod spaces;
pub(crate) mod users;
pub(crate) mod vault_audit;
pub(crate) mod vaults;
pub(crate) mod wraps;

use chrono::{DateTime, Utc};
use stack_http::{Migration, Schema};
use uuid::Uuid;

/// The service's tables.
pub const SCHEMA: Schema = Schema { service: "auth", steps: MIGRATIONS };

/// Oldest first.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "accounts", sql: include_str!("../migrations/0001_accounts.sql") },
    Migration { version: 2, name: "vaults", sql: include_str!("../migrations/0002_vaults.sql") },
    Migration { version: 3, name: "personas", sql: include_str!("../migrations/0003_personas.sql") },
    Migration { version: 4, name: "invitations", sql: include_str!("../migrations/0004_invitations.sql") },
    Migration { version: 5, name: "vault modes", sql: include_str!("../migrations/0005_vault_modes.sql") },
    Migration { version: 6, name: "persona claims", sql: include_str!("../migrations/0006_persona_claims.sql") },
    Migration { version: 7, name: "space keys", sql: include_str!("../migrations/0007_space_keys.sql") },
];

/// A new opaque id.
pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// A moment as it is stored: milliseconds since 1970.
pub(crate) fn millis(moment: DateTime<Utc>) -> i64 {
    moment.timestamp_millis()
}

/// A stored moment.
pub(crate) fn moment(millis: i64) -> Result<DateTime<Utc>, sqlx::Error> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| unreadable(format!("{millis} ms is no moment")))
}

/// A stored moment that may be missing.
pub(crate) fn optional_moment(millis: Option<i64>) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    millis.map(moment).transpose()
}

/// A stored value that this program cannot have written.
pub(crate) fn unreadable(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}
