//! Histories that are there before they are read: records and the changes to them, pushed as any client does.

use anyhow::bail;
use serde_json::{Value, json};
use stack_api::{collections::Collection, routes, sync::EPOCH};
use url::Url;
use uuid::Uuid;

use crate::{
    connection::{Connection, post},
    users::User,
};

/// Records of a long history, and the changes to them.
const RECORDS: usize = 50;
const CHANGES: usize = 100_000;
const PUSH: usize = 500;

/// The body of a push.
pub(crate) fn push(client: &str, changes: Vec<Value>) -> String {
    json!({ "clientId": client, "since": "2100-01-01T00:00:00Z", "changes": changes }).to_string()
}

/// A new record, in the shape of a habit.
pub(crate) fn insert(table: &str, id: &str, space: &str) -> Value {
    let data = json!({
        "id": id, "title": "Zehn Minuten lesen", "icon": "star", "color": "#6366f1", "order": 0,
        "isArchived": false, "createdAt": EPOCH, "updatedAt": EPOCH, "spaceId": space,
    });
    json!({ "table": table, "id": id, "op": "insert", "spaceId": space, "data": data })
}

fn update(table: &str, id: &str, space: &str, at: usize) -> Value {
    let at = format!(
        "2026-01-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        1 + at / 86_400_000,
        at / 3_600_000 % 24,
        at / 60_000 % 60,
        at / 1000 % 60,
        at % 1000
    );
    let fields =
        json!({ "order": { "value": at.len(), "at": at }, "title": { "value": "Eine Seite lesen", "at": at } });
    json!({ "table": table, "id": id, "op": "update", "spaceId": space, "fields": fields })
}

/// As many records with as many changes in all.
pub(crate) async fn write(
    sync: &Url,
    user: &User,
    app: &str,
    table: &str,
    records: usize,
    changes: usize,
) -> anyhow::Result<()> {
    let ids: Vec<String> = (0..records).map(|_| Uuid::new_v4().to_string()).collect();
    let inserts = ids.iter().map(|id| insert(table, id, &user.space));
    let updates = (records..changes).map(|number| update(table, &ids[number % records], &user.space, number));
    let changes: Vec<Value> = inserts.chain(updates).collect();
    let mut connection = Connection::open(sync).await?;
    let (path, client) = (routes::fill(routes::SYNC_PUSH, app), Uuid::new_v4().to_string());
    for changes in changes.chunks(PUSH) {
        let body = push(&client, changes.to_vec());
        let answer = connection.call(post(sync, &path, Some(&user.token), body.into())).await?;
        if !answer.status.is_success() {
            bail!("a push was refused: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
    }
    Ok(())
}

/// A long history for the first user, one of a tenth for the others.
pub(crate) async fn write_long(sync: &Url, users: &[User], collection: &Collection) -> anyhow::Result<()> {
    for (number, user) in users.iter().enumerate() {
        let changes = if number == 0 { CHANGES } else { CHANGES / 10 };
        write(sync, user, collection.app_id, collection.table, RECORDS, changes).await?;
    }
    Ok(())
}
