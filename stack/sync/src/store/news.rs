//! Where there is something new, without what it is.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;
use stack_http::Principal;

use super::{Statement, Store, read::committed};
use crate::{cursor::Cursor, placing::Scope};

/// Collections by their app.
pub(crate) type News = BTreeMap<String, BTreeSet<String>>;

/// The apps of a scope, each found by one look into the index: its rows are sorted by scope, app and cursor.
const EACH_APP: [&str; 3] = [
    "WITH RECURSIVE apps (app_id) AS (SELECT MIN(app_id) FROM sync_changes WHERE scope = ",
    " UNION ALL SELECT (SELECT MIN(app_id) FROM sync_changes WHERE scope = ",
    " AND app_id > apps.app_id) FROM apps WHERE apps.app_id IS NOT NULL)",
];

impl Store {
    /// The last cursor that was given.
    pub(crate) async fn committed(&self, caller: &Principal<'_>) -> Result<Cursor, sqlx::Error> {
        committed(self.database.read_as(caller).await?.connection()).await
    }

    /// Collections with changes behind `since`, of one app or of all; and the cursor up to which that is so.
    pub(crate) async fn news(
        &self,
        caller: &Principal<'_>,
        app_id: Option<&str>,
        scopes: &[Scope],
        since: Cursor,
    ) -> Result<(News, Cursor), sqlx::Error> {
        let mut transaction = self.database.read_as(caller).await?;
        let until = committed(transaction.connection()).await?;
        let mut news = News::new();
        for scope in scopes {
            let mut statement = Statement::new(self.dialect, "");
            match app_id {
                Some(_) => {
                    statement.push("WITH apps (app_id) AS (SELECT CAST(").parameter().push(" AS TEXT))");
                }
                None => {
                    statement.push(EACH_APP[0]).parameter().push(EACH_APP[1]).parameter().push(EACH_APP[2]);
                }
            }
            statement.push(
                " SELECT DISTINCT c.app_id, c.table_name FROM apps CROSS JOIN sync_changes AS c WHERE c.scope = ",
            );
            statement.parameter().push(" AND c.app_id = apps.app_id AND c.seq > ").parameter();
            statement.push(" AND c.seq <= ").parameter();
            let query = statement.query();
            let query = match app_id {
                Some(app_id) => query.bind(app_id),
                None => query.bind(scope.as_str()).bind(scope.as_str()),
            };
            let query = query.bind(scope.as_str()).bind(since.nanos()).bind(until.nanos());
            for row in query.fetch_all(transaction.connection()).await? {
                news.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?);
            }
        }
        Ok((news, until))
    }
}
