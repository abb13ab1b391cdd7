//! The sync protocol: what a client pushes and pulls.
//!
//! A value travels as [`RawValue`], the bytes as they were sent: numbers beyond 2^53 and the order of keys survive.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Newest schema of a change that this server reads.
pub const SCHEMA_VERSION: u32 = 1;
/// Largest body of a push, in bytes.
pub const BODY_MAX: usize = 10 * 1024 * 1024;
/// Rows of one pull; more rows say `hasMore`.
pub const PAGE: usize = 1000;
/// The header in which a caller names itself so that its own writes are left out.
pub const CLIENT_ID_HEADER: &str = "x-client-id";
/// The cursor before everything.
pub const EPOCH: &str = "1970-01-01T00:00:00.000Z";

/// What a change does to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Sets every field of `data`.
    Insert,
    /// Sets the named fields.
    Update,
    /// Marks the record deleted.
    Delete,
}

impl Op {
    /// The word stored in the database and sent on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// A field's new value and when it was set.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    /// The value as sent.
    pub value: Box<RawValue>,
    /// RFC 3339; the later one wins.
    #[schemars(extend("format" = "date-time"))]
    #[serde(alias = "updatedAt")]
    pub at: String,
}

/// One change of one record, as the server sends it.
///
/// Readers keep to the defaults, which hold each value as the text that was sent. The server itself writes other forms of
/// `data` and `fields` that keep the order of the keys too.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", bound(deserialize = "Data: Deserialize<'de>, Fields: Deserialize<'de>"))]
#[schemars(rename = "Change")]
pub struct Change<Data = BTreeMap<String, Box<RawValue>>, Fields = BTreeMap<String, FieldChange>> {
    /// Id of the change itself.
    pub event_id: String,
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Collection, such as `tasks`.
    pub table: String,
    /// Id of the record.
    pub id: String,
    /// What happened.
    pub op: Op,
    /// The space it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub space_id: Option<String>,
    /// The whole record; with an insert.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub data: Option<Data>,
    /// The changed fields; with an update.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fields: Option<Fields>,
    /// When; with a delete.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted_at: Option<String>,
    /// Who wrote it, in the client's own words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor: Option<Box<RawValue>>,
    /// Which kind of writer: `user`, `agent` …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<String>,
}

/// One change of one record, as a client sends it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewChange {
    /// Collection, such as `tasks`.
    #[schemars(length(min = 1))]
    pub table: String,
    /// Id of the record, chosen by the client.
    #[schemars(length(min = 1))]
    pub id: String,
    /// What to do.
    pub op: Op,
    /// The space it belongs to; the caller must be a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space_id: Option<String>,
    /// The whole record; with an insert.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub data: Option<serde_json::Value>,
    /// The changed fields; with an update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<String, FieldChange>>,
    /// When; with a delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    pub deleted_at: Option<String>,
    /// Which kind of writer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// `POST /sync/{appId}`, as a client sends it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PushRequest {
    /// The caller's name for itself.
    pub client_id: String,
    /// The cursor of its last answer.
    #[schemars(extend("format" = "date-time"))]
    pub since: String,
    /// Stored all or none.
    pub changes: Vec<NewChange>,
}

/// `GET /sync/{appId}/pull`: what its query says.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct PullQuery {
    /// Collection, such as `tasks`.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub collection: String,
    /// The cursor of the last answer, or any RFC 3339 time.
    #[serde(default)]
    #[schemars(extend("format" = "date-time"))]
    pub since: String,
}

/// `GET /sync/{appId}/records`: what its query says.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct RecordsQuery {
    /// Collection, such as `tasks`.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub collection: String,
    /// One space alone; without it all that the caller sees.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub space: String,
}

/// `GET /sync/{appId}/stream`: what its query says.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct StreamQuery {
    /// Collections with commas between them; all of them when empty.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub collections: String,
    /// The cursor from which changes are sent; the beginning when empty. `Last-Event-ID` goes before it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    #[schemars(extend("format" = "date-time"))]
    pub since: String,
}

/// `GET /sync/stream`: what its query says.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct SharedStreamQuery {
    /// Collections with their cursors: `app/collection@cursor`, with commas between them.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub follow: String,
}

/// The answer of push and pull.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", bound(deserialize = "C: Deserialize<'de>"))]
#[schemars(rename = "SyncResponse")]
pub struct SyncResponse<C = Change> {
    /// Changes the caller has not seen, in commit order.
    pub server_changes: Vec<C>,
    /// The same list under the name that the original's tool registry reads.
    #[serde(default)]
    pub changes: Vec<C>,
    /// Always empty: last-write-wins leaves no conflict.
    pub conflicts: Vec<serde_json::Value>,
    /// The cursor for the next call.
    #[schemars(extend("format" = "date-time"))]
    pub synced_until: String,
    /// Whether more rows wait behind the cursor.
    #[serde(default)]
    pub has_more: bool,
}

/// One record of `GET /sync/{appId}/records`: its state with all changes applied.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Record")]
pub struct Record<Data = BTreeMap<String, Box<RawValue>>> {
    /// Collection.
    pub table: String,
    /// Id of the record.
    pub id: String,
    /// The space it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub space_id: Option<String>,
    /// Every field's winning value.
    pub data: Data,
}

/// `GET /sync/{appId}/records?collection=&space=`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RecordsResponse")]
pub struct RecordsResponse<R = Record> {
    /// Records that are not deleted, in the order of their creation.
    pub records: Vec<R>,
    /// The cursor at which this state was read.
    #[schemars(extend("format" = "date-time"))]
    pub synced_until: String,
}

/// The data of a `changes` event on `GET /sync/{appId}/stream` and `GET /sync/stream`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "StreamEvent")]
pub struct StreamEvent<C = Change> {
    /// App of the collection. The original sends none: there a stream is one app's.
    #[serde(default)]
    pub app_id: String,
    /// Collection.
    pub table: String,
    /// New changes.
    pub changes: Vec<C>,
    /// The cursor behind them.
    #[schemars(extend("format" = "date-time"))]
    pub synced_until: String,
    /// Whether more rows wait behind the cursor.
    pub has_more: bool,
}

/// The answer of `DELETE /internal/users/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedUser {
    /// Always true; failures are error texts.
    pub ok: bool,
    /// Changes that the user had written and that are gone.
    pub changes: u64,
}

/// The answer of `DELETE /internal/spaces/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedSpace {
    /// Always true; failures are error texts.
    pub ok: bool,
    /// Changes that the space held and that are gone.
    pub changes: u64,
}

/// The answer of `POST /internal/compact`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Compacted {
    /// Always true; failures are error texts.
    pub ok: bool,
    /// Changes that nobody needs any more and that are gone.
    pub changes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_time_is_read_under_both_names_and_written_as_at() {
        for text in [r#"{"value":1,"at":"t"}"#, r#"{"value":1,"updatedAt":"t"}"#] {
            let field: FieldChange = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&field).unwrap(), r#"{"value":1,"at":"t"}"#);
        }
    }

    #[test]
    fn an_answer_without_the_alias_and_without_more_is_read() {
        let answer = r#"{"serverChanges":[],"conflicts":[],"syncedUntil":"1970-01-01T00:00:00.000Z"}"#;
        let answer: SyncResponse = serde_json::from_str(answer).unwrap();
        assert!(answer.changes.is_empty() && !answer.has_more);
    }
}
