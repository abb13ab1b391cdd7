//! Pages of changes, and records as they are now.

use futures::TryStreamExt;
use serde_json::value::RawValue;
use sqlx::{AnyConnection, Row};
use stack_api::sync::PAGE;
use stack_http::Principal;

use super::{Dialect, Query, Statement, Store, write::fields_from};
use crate::{cursor::Cursor, merge::Fields, placing::Scope};

/// Bytes of one page, beyond which it ends early: a thousand changes may hold ten gigabytes.
const PAGE_BYTES: usize = 8 * 1024 * 1024;
/// Index ranges that one statement reads.
const BRANCHES: usize = 100;

/// Who writes: a client of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) user_id: String,
    pub(crate) client_id: String,
}

/// Which changes are asked for.
#[derive(Debug)]
pub(crate) struct PageQuery<'a> {
    pub(crate) app_id: &'a str,
    /// Who asks.
    pub(crate) caller: Principal<'a>,
    /// Those of the caller's scopes that are wanted.
    pub(crate) scopes: &'a [Scope],
    /// Empty for every collection.
    pub(crate) tables: &'a [String],
    /// Changes after this one.
    pub(crate) since: Cursor,
    /// Changes up to this one, which is committed, where not all are wanted.
    pub(crate) until: Option<Cursor>,
    /// Whose own writes are left out.
    pub(crate) except: Option<&'a Author>,
}

/// A change as it is stored.
#[derive(Debug)]
pub(crate) struct StoredChange {
    pub(crate) cursor: Cursor,
    pub(crate) table: String,
    /// The JSON that readers get.
    pub(crate) body: String,
}

impl StoredChange {
    /// The change, to be written into an answer as it is.
    pub(crate) fn as_json(&self) -> &RawValue {
        serde_json::from_str(&self.body).expect("only JSON is stored")
    }
}

/// Changes in commit order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) changes: Vec<StoredChange>,
    /// Every change asked for up to here is on this page.
    pub(crate) until: Cursor,
    /// Whether more are waiting behind it.
    pub(crate) has_more: bool,
}

/// A record as it is now.
#[derive(Debug)]
pub(crate) struct StoredRecord {
    pub(crate) id: String,
    pub(crate) scope: Scope,
    pub(crate) fields: Fields,
}

impl Store {
    /// The next page of changes.
    pub(crate) async fn page(&self, query: &PageQuery<'_>) -> Result<Page, sqlx::Error> {
        if let Some(until) = query.until.filter(|until| *until <= query.since) {
            return Ok(Page { changes: Vec::new(), until, has_more: false });
        }
        // The end is fixed before the rows are read: what commits meanwhile lies behind it.
        let mut transaction = self.database.read_as(&query.caller).await?;
        let committed = committed(transaction.connection()).await?;
        let end = query.until.map_or(committed, |until| until.min(committed));
        let mut changes = Vec::new();
        let mut horizon = None;
        for branches in query.branches().chunks(BRANCHES) {
            let stopped = self.read_branches(transaction.connection(), query, branches, end, &mut changes).await?;
            horizon = [horizon, stopped].into_iter().flatten().min();
        }
        if let Some(horizon) = horizon {
            changes.retain(|change| change.cursor <= horizon);
        }
        changes.sort_unstable_by_key(|change| change.cursor);
        let has_more = horizon.is_some() || changes.len() > PAGE;
        changes.truncate(PAGE);
        let last = changes.last().map(|change| change.cursor);
        Ok(Page { until: last.filter(|_| has_more).unwrap_or(end), changes, has_more })
    }

    /// Records that are not deleted, in the order of their creation, and a cursor: every change up to it is in them.
    pub(crate) async fn records(
        &self,
        caller: &Principal<'_>,
        app_id: &str,
        table: &str,
        scopes: &[Scope],
    ) -> Result<(Vec<StoredRecord>, Cursor), sqlx::Error> {
        let mut transaction = self.database.read_as(caller).await?;
        // The cursor comes first: what commits in between is on the list and comes again, instead of being skipped.
        let until = committed(transaction.connection()).await?;
        let mut statement =
            Statement::new(self.dialect, "SELECT record_id, scope, state FROM sync_records WHERE scope IN (");
        statement.list(scopes.len()).push(") AND app_id = ").parameter().push(" AND table_name = ").parameter();
        statement.push(" AND deleted = 0 ORDER BY created");
        let mut query = statement.query();
        for scope in scopes {
            query = query.bind(scope.as_str());
        }
        let rows = query.bind(app_id).bind(table).fetch_all(transaction.connection()).await?;
        let record = |row: sqlx::any::AnyRow| {
            let scope = Scope::stored(row.try_get(1)?);
            Ok(StoredRecord { id: row.try_get(0)?, scope, fields: fields_from(row.try_get(2)?)? })
        };
        let records: Result<_, sqlx::Error> = rows.into_iter().map(record).collect();
        Ok((records?, until))
    }

    /// Reads some index ranges in commit order. Where it stops early, it says behind which change.
    async fn read_branches(
        &self,
        connection: &mut AnyConnection,
        query: &PageQuery<'_>,
        branches: &[Branch<'_>],
        end: Cursor,
        changes: &mut Vec<StoredChange>,
    ) -> Result<Option<Cursor>, sqlx::Error> {
        let statement = query.statement(self.dialect, branches);
        let mut rows = query.bind(statement.query(), branches, end).fetch(connection);
        let mut bytes = 0;
        while let Some(row) = rows.try_next().await? {
            let cursor = Cursor::from_nanos(row.try_get(0)?);
            let change = StoredChange { cursor, table: row.try_get(1)?, body: row.try_get(2)? };
            bytes += change.body.len();
            changes.push(change);
            if bytes > PAGE_BYTES {
                return Ok(Some(cursor));
            }
        }
        Ok(None)
    }
}

/// The last cursor that was given. Everything up to it is committed.
pub(super) async fn committed(connection: &mut AnyConnection) -> Result<Cursor, sqlx::Error> {
    let last = sqlx::query_scalar("SELECT last FROM sync_clock WHERE id = 1").fetch_one(connection);
    Ok(Cursor::from_nanos(last.await?))
}

/// One range of an index: a scope and, where collections are named, one of them.
type Branch<'a> = (&'a Scope, Option<&'a str>);

impl PageQuery<'_> {
    fn branches(&self) -> Vec<Branch<'_>> {
        let of_scope = |scope| -> Vec<Branch<'_>> {
            if self.tables.is_empty() {
                vec![(scope, None)]
            } else {
                self.tables.iter().map(|table| (scope, Some(table.as_str()))).collect()
            }
        };
        self.scopes.iter().flat_map(of_scope).collect()
    }

    /// Each branch on its own reads no more of its index than a page; together they are merged in commit order.
    fn statement(&self, dialect: Dialect, branches: &[Branch<'_>]) -> Statement {
        let limit = format!(" ORDER BY seq LIMIT {}", PAGE + 1);
        let mut statement = Statement::new(dialect, "");
        for (position, (_, table)) in branches.iter().enumerate() {
            statement.push(if position > 0 { " UNION ALL " } else { "" });
            statement.push("SELECT seq, table_name, body FROM (SELECT seq, table_name, body FROM sync_changes");
            statement.push(" WHERE scope = ").parameter().push(" AND app_id = ").parameter();
            if table.is_some() {
                statement.push(" AND table_name = ").parameter();
            }
            statement.push(" AND seq > ").parameter().push(" AND seq <= ").parameter();
            if self.except.is_some() {
                statement.push(" AND NOT (user_id = ").parameter().push(" AND client_id = ").parameter().push(")");
            }
            statement.push(&limit).push(&format!(") AS branch{position}"));
        }
        statement.push(&limit);
        statement
    }

    fn bind<'q>(&self, mut query: Query<'q>, branches: &[Branch<'_>], end: Cursor) -> Query<'q> {
        for (scope, table) in branches {
            query = query.bind(scope.as_str()).bind(self.app_id);
            if let Some(table) = table {
                query = query.bind(*table);
            }
            query = query.bind(self.since.nanos()).bind(end.nanos());
            if let Some(author) = self.except {
                query = query.bind(author.user_id.as_str()).bind(author.client_id.as_str());
            }
        }
        query
    }
}
