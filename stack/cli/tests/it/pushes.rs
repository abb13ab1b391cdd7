//! What tests push.

use serde_json::json;
use stack_api::sync::{NewChange, Op};

/// Later than anything here: an answer need not tell older changes.
pub(crate) const SINCE: &str = "2100-01-01T00:00:00.000Z";

/// A new task in a space.
pub(crate) fn task(id: &str, space: &str) -> NewChange {
    NewChange {
        table: "tasks".to_owned(),
        id: id.to_owned(),
        op: Op::Insert,
        space_id: Some(space.to_owned()),
        data: Some(json!({ "id": id, "spaceId": space, "title": "Brot" })),
        fields: None,
        deleted_at: None,
        origin: None,
    }
}
