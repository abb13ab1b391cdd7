//! The history, read shelf by shelf, and changes taken out of it.

use futures::TryStreamExt;
use sqlx::{Row, any::AnyRow};
use stack_http::Principal;

use super::{Statement, Store, chunks};
use crate::{compaction::Past, cursor::Cursor, incoming::read_stored, placing::Scope};

/// A scope and an app: changes lie together by these.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Shelf {
    pub(crate) scope: Scope,
    pub(crate) app_id: String,
}

/// Changes that one look into the history reads, and the bytes beyond which it ends early.
const LOOK: usize = 1000;
const LOOK_BYTES: usize = 8 * 1024 * 1024;

impl Store {
    /// The shelf after this one, in the order in which they lie.
    pub(crate) async fn shelf_after(&self, shelf: Option<&Shelf>) -> Result<Option<Shelf>, sqlx::Error> {
        let mut transaction = self.database.read_as(&Principal::Service).await?;
        let (scope, app_id) = shelf.map_or(("", ""), |shelf| (shelf.scope.as_str(), &shelf.app_id));
        let select = "SELECT scope, app_id FROM sync_changes WHERE (scope, app_id) > ($1, $2) \
                      ORDER BY scope, app_id LIMIT 1";
        let row = sqlx::query(select).bind(scope).bind(app_id).fetch_optional(transaction.connection()).await?;
        let found = |row: AnyRow| Ok(Shelf { scope: Scope::stored(row.try_get(0)?), app_id: row.try_get(1)? });
        row.map(found).transpose()
    }

    /// Some changes of a shelf behind a cursor, in commit order; none at its end.
    pub(crate) async fn past(&self, shelf: &Shelf, since: Cursor) -> Result<Vec<Past>, sqlx::Error> {
        let mut transaction = self.database.read_as(&Principal::Service).await?;
        let mut statement = Statement::new(
            self.dialect,
            "SELECT seq, table_name, record_id, user_id, body FROM sync_changes WHERE scope = ",
        );
        statement.parameter().push(" AND app_id = ").parameter().push(" AND seq > ").parameter();
        statement.push(&format!(" ORDER BY seq LIMIT {LOOK}"));
        let query = statement.query().bind(shelf.scope.as_str()).bind(shelf.app_id.as_str()).bind(since.nanos());
        let mut rows = query.fetch(transaction.connection());
        let (mut past, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.try_next().await? {
            let body: String = row.try_get(4)?;
            let unreadable = || sqlx::Error::Decode("a stored change".into());
            let (op, fields) = read_stored(&body).ok_or_else(unreadable)?;
            past.push(Past {
                cursor: Cursor::from_nanos(row.try_get(0)?),
                table: row.try_get(1)?,
                record_id: row.try_get(2)?,
                user_id: row.try_get(3)?,
                op,
                fields: fields.into_iter().map(|(name, field)| (name, field.at)).collect(),
            });
            bytes += body.len();
            if bytes > LOOK_BYTES {
                break;
            }
        }
        Ok(past)
    }

    /// Takes changes out of a shelf; how many there were. What is gone already is no error.
    pub(crate) async fn take_out(&self, shelf: &Shelf, cursors: &[Cursor]) -> Result<u64, sqlx::Error> {
        let mut transaction = self.database.write_as(&Principal::Service).await?;
        let mut gone = 0;
        for cursors in chunks(cursors) {
            let mut statement = Statement::new(self.dialect, "DELETE FROM sync_changes WHERE scope = ");
            statement
                .parameter()
                .push(" AND app_id = ")
                .parameter()
                .push(" AND seq IN (")
                .list(cursors.len())
                .push(")");
            let mut query = statement.query().bind(shelf.scope.as_str()).bind(shelf.app_id.as_str());
            for cursor in cursors {
                query = query.bind(cursor.nanos());
            }
            gone += query.execute(transaction.connection()).await?.rows_affected();
        }
        transaction.commit().await?;
        Ok(gone)
    }
}
