//! Histories that are there before they are read: records and the changes to them, pushed as any client does.

use anyhow::bail;
use serde_json::json;
use stack_api::{collections::HABITS, routes, sync::EPOCH};
use url::Url;
use uuid::Uuid;

use crate::{
    connection::{Connection, post},
    users::User,
};

/// Rows of a pull: a page.
pub(crate) const ROWS: usize = 1000;
/// The app and the collection that pulls read.
pub(crate) const READ: &str = "bench-read";
/// The title that every record of a long history has in the end.
pub(crate) const CHANGED: &str = "Eine Seite lesen";
/// Records of a long history, and the changes to them.
const RECORDS: usize = 50;
const CHANGES: usize = 100_000;
const PUSH: usize = 500;

/// The body of a push.
pub(crate) fn push(client: &str, changes: &[String]) -> String {
    // By hand: a load that takes as long to be made as to be answered measures itself.
    let changes = changes.join(",");
    format!(r#"{{"clientId":"{client}","since":"2100-01-01T00:00:00Z","changes":[{changes}]}}"#)
}

/// A new record, in the shape of a habit.
pub(crate) fn insert(table: &str, id: &str, space: &str) -> String {
    format!(
        r##"{{"table":"{table}","id":"{id}","op":"insert","spaceId":"{space}","data":{{"id":"{id}","title":"Zehn Minuten lesen","icon":"star","color":"#6366f1","order":0,"isArchived":false,"createdAt":"{EPOCH}","updatedAt":"{EPOCH}","spaceId":"{space}"}}}}"##
    )
}

fn update(table: &str, id: &str, space: &str, at: usize) -> String {
    let at = format!(
        "2026-01-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        1 + at / 86_400_000,
        at / 3_600_000 % 24,
        at / 60_000 % 60,
        at / 1000 % 60,
        at % 1000
    );
    let fields = json!({ "order": { "value": at.len(), "at": at }, "title": { "value": CHANGED, "at": at } });
    json!({ "table": table, "id": id, "op": "update", "spaceId": space, "fields": fields }).to_string()
}

/// What is written before it is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum History {
    /// As many rows as a page has.
    Page,
    /// Many changes to few records: for the first user; a tenth of them for the others.
    Long,
}

impl History {
    /// Writes it for each of these users.
    pub(crate) async fn write(self, sync: &Url, users: &[User]) -> anyhow::Result<()> {
        for (number, user) in users.iter().enumerate() {
            match self {
                Self::Page => write(sync, user, (READ, READ), ROWS, ROWS).await?,
                Self::Long => {
                    let changes = if number == 0 { CHANGES } else { CHANGES / 10 };
                    write(sync, user, (HABITS.app_id, HABITS.table), RECORDS, changes).await?;
                }
            }
        }
        Ok(())
    }
}

/// As many records with as many changes in all.
async fn write(
    sync: &Url,
    user: &User,
    (app, table): (&str, &str),
    records: usize,
    changes: usize,
) -> anyhow::Result<()> {
    let ids: Vec<String> = (0..records).map(|_| Uuid::new_v4().to_string()).collect();
    let inserts = ids.iter().map(|id| insert(table, id, &user.space));
    let updates = (records..changes).map(|number| update(table, &ids[number % records], &user.space, number));
    let changes: Vec<String> = inserts.chain(updates).collect();
    let mut connection = Connection::open(sync).await?;
    let (path, client) = (routes::fill(routes::SYNC_PUSH, app), Uuid::new_v4().to_string());
    for changes in changes.chunks(PUSH) {
        let body = push(&client, changes);
        let answer = connection.call(post(sync, &path, Some(&user.token), body.into())).await?;
        if !answer.status.is_success() {
            bail!("a push was refused: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
    }
    Ok(())
}
