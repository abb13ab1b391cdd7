//! What is left when a user or a space is deleted: nothing the user wrote, nothing the space held.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{AnyConnection, Row};
use stack_http::{Clock, Principal};

use super::{Store, write};
use crate::{
    incoming::read_stored,
    merge::{Fields, is_deleted, merge},
    placing::Scope,
};

/// A collection in a scope.
type Place = (String, String, String);

impl Store {
    /// Removes every change that the user wrote, wherever, and says how many those were.
    ///
    /// Records that are the user's alone go. A record of a shared space becomes what the other members wrote to it, and
    /// goes too when that is nothing.
    pub(crate) async fn erase(&self, user_id: &str, clock: Clock) -> Result<u64, sqlx::Error> {
        let mut transaction = self.database.write_as(&Principal::Service).await?;
        let connection = transaction.connection();
        // Keeps pushes away until the records are right again.
        write::reserve(connection, clock, 0).await?;
        let own = Scope::user(user_id);
        let shared = shared_records(connection, user_id, &own).await?;
        let delete = sqlx::query("DELETE FROM sync_changes WHERE user_id = $1").bind(user_id);
        let changes = delete.execute(&mut *connection).await?.rows_affected();
        let delete = sqlx::query("DELETE FROM sync_records WHERE scope = $1").bind(own.as_str());
        delete.execute(&mut *connection).await?;
        for (place, ids) in &shared {
            fold_again(connection, place, ids).await?;
        }
        transaction.commit().await?;
        Ok(changes)
    }

    /// Removes every change and record of a space, whoever wrote it, and says how many changes those were.
    pub(crate) async fn erase_space(&self, space_id: &str, clock: Clock) -> Result<u64, sqlx::Error> {
        let mut transaction = self.database.write_as(&Principal::Service).await?;
        let connection = transaction.connection();
        // Keeps pushes away, so that none adds to the space between the two deletions.
        write::reserve(connection, clock, 0).await?;
        let scope = Scope::space(space_id);
        let delete = sqlx::query("DELETE FROM sync_changes WHERE scope = $1").bind(scope.as_str());
        let changes = delete.execute(&mut *connection).await?.rows_affected();
        let delete = sqlx::query("DELETE FROM sync_records WHERE scope = $1").bind(scope.as_str());
        delete.execute(&mut *connection).await?;
        transaction.commit().await?;
        Ok(changes)
    }
}

/// The records outside the user's own scope to which the user wrote.
async fn shared_records(
    connection: &mut AnyConnection,
    user_id: &str,
    own: &Scope,
) -> Result<BTreeMap<Place, BTreeSet<String>>, sqlx::Error> {
    let select = "SELECT DISTINCT scope, app_id, table_name, record_id FROM sync_changes \
                  WHERE user_id = $1 AND scope <> $2";
    let rows = sqlx::query(select).bind(user_id).bind(own.as_str()).fetch_all(connection).await?;
    let mut records = BTreeMap::<Place, BTreeSet<String>>::new();
    for row in rows {
        let place = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        records.entry(place).or_default().insert(row.try_get(3)?);
    }
    Ok(records)
}

/// Makes records anew from the changes that are left of them.
async fn fold_again(
    connection: &mut AnyConnection,
    (scope, app_id, table): &Place,
    ids: &BTreeSet<String>,
) -> Result<(), sqlx::Error> {
    let select = "SELECT record_id, body FROM sync_changes \
                  WHERE scope = $1 AND app_id = $2 AND table_name = $3 ORDER BY seq";
    let query = sqlx::query(select).bind(scope.as_str()).bind(app_id.as_str()).bind(table.as_str());
    let mut left = HashMap::<String, Fields>::new();
    for row in query.fetch_all(&mut *connection).await? {
        let id: String = row.try_get(0)?;
        if ids.contains(&id) {
            let (_, fields) =
                read_stored(row.try_get(1)?).ok_or_else(|| sqlx::Error::Decode("a stored change".into()))?;
            merge(left.entry(id).or_default(), &fields);
        }
    }
    for id in ids {
        let query = match left.get(id) {
            Some(fields) => sqlx::query(
                "UPDATE sync_records SET deleted = $5, state = $6 \
                 WHERE scope = $1 AND app_id = $2 AND table_name = $3 AND record_id = $4",
            )
            .bind(scope.as_str())
            .bind(app_id.as_str())
            .bind(table.as_str())
            .bind(id.as_str())
            .bind(i64::from(is_deleted(fields)))
            .bind(write::text_of(fields)),
            None => sqlx::query(
                "DELETE FROM sync_records WHERE scope = $1 AND app_id = $2 AND table_name = $3 AND record_id = $4",
            )
            .bind(scope.as_str())
            .bind(app_id.as_str())
            .bind(table.as_str())
            .bind(id.as_str()),
        };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
