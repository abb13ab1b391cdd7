//! Pushes: several in one transaction, each whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AnyConnection, Row};
use stack_http::Clock;
use uuid::Uuid;

use super::{
    Dialect, Statement, Store, chunks,
    rows::{Cell, Rows},
};
use crate::{
    cursor::Cursor,
    merge::{Fields, is_deleted},
    placing::Scope,
    shelf::{Entry, Job, Placed, RecordKey, Refused, Shelf},
};

/// A push that is stored.
#[derive(Debug)]
pub(crate) struct Written {
    /// Cursor of its last change; everything up to it is committed.
    pub(crate) until: Cursor,
    /// What it changed, for those who listen.
    pub(crate) touched: BTreeSet<(Scope, String)>,
}

impl Store {
    /// Stores pushes in one transaction. A refused push leaves nothing behind and does not disturb the others.
    ///
    /// The transaction first locks the row from which it takes its cursors. Whatever it reads afterwards is committed,
    /// and nobody commits between its cursors.
    pub(crate) async fn write(&self, jobs: &[Job], clock: Clock) -> Result<Vec<Result<Written, Refused>>, sqlx::Error> {
        let Some(first) = jobs.first() else { return Ok(Vec::new()) };
        let mut transaction = self.database.write_as(&first.reach.principal()).await?;
        let total = jobs.iter().map(|job| job.changes.len()).sum();
        let mut before = reserve(transaction.connection(), clock, total).await?;
        let mut answers = Vec::with_capacity(jobs.len());
        // PostgreSQL holds each push to its author's right; to SQLite all are one.
        let all = self.database.is_sqlite();
        for (position, group) in jobs.chunk_by(|a, b| all || a.reach == b.reach).enumerate() {
            if position > 0 {
                transaction.act_as(&group[0].reach.principal()).await?;
            }
            self.write_group(transaction.connection(), group, &mut before, &mut answers).await?;
        }
        if answers.iter().any(Result::is_ok) {
            transaction.commit().await?;
        }
        Ok(answers)
    }

    /// Applies some pushes to what is stored. `before` is the last cursor that was given.
    async fn write_group(
        &self,
        connection: &mut AnyConnection,
        jobs: &[Job],
        before: &mut Cursor,
        answers: &mut Vec<Result<Written, Refused>>,
    ) -> Result<(), sqlx::Error> {
        let mut shelf = load(&mut *connection, self.dialect, jobs).await?;
        let mut accepted = Vec::new();
        for job in jobs {
            answers.push(shelf.apply(job, *before).map(|placed| {
                *before = placed.last().map_or(*before, |change| change.cursor);
                let touched = placed.iter().map(|p| (p.scope.clone(), p.change.table.clone())).collect();
                accepted.extend(placed);
                Written { until: *before, touched }
            }));
        }
        put(connection, self.dialect, &accepted, &shelf).await
    }
}

/// Locks the clock and takes `count` cursors: those after the returned one.
pub(super) async fn reserve(connection: &mut AnyConnection, clock: Clock, count: usize) -> Result<Cursor, sqlx::Error> {
    let count = i64::try_from(count).expect("a body of ten megabytes holds fewer changes");
    let now = Cursor::at(clock.now()).nanos();
    let advance =
        "UPDATE sync_clock SET last = (CASE WHEN last < $1 THEN $1 ELSE last END) + $2 WHERE id = 1 RETURNING last";
    let last: i64 = sqlx::query_scalar(advance).bind(now).bind(count).fetch_one(connection).await?;
    Ok(Cursor::from_nanos(last - count))
}

/// The stored records that the pushes may be about, each in the scopes that its author sees.
async fn load<'a>(connection: &mut AnyConnection, dialect: Dialect, jobs: &[Job]) -> Result<Shelf<'a>, sqlx::Error> {
    let mut shelf = Shelf::default();
    let mut wanted = BTreeMap::<&[Scope], BTreeSet<Name<'_>>>::new();
    for job in jobs {
        let names = job.changes.iter().map(|change| (job.app_id.as_str(), change.table.as_str(), change.id.as_str()));
        wanted.entry(job.reach.scopes()).or_default().extend(names);
    }
    for (scopes, names) in wanted {
        let names: Vec<_> = names.into_iter().collect();
        for names in chunks(&names) {
            load_records(connection, dialect, scopes, names, &mut shelf).await?;
        }
    }
    Ok(shelf)
}

/// App, collection and id of a record.
type Name<'a> = (&'a str, &'a str, &'a str);

async fn load_records(
    connection: &mut AnyConnection,
    dialect: Dialect,
    scopes: &[Scope],
    names: &[Name<'_>],
    shelf: &mut Shelf<'_>,
) -> Result<(), sqlx::Error> {
    // CROSS JOIN makes SQLite look the records up by name instead of walking through all of them.
    let mut statement = Statement::new(
        dialect,
        "SELECT r.app_id, r.table_name, r.record_id, r.scope, r.created, r.state FROM (VALUES ",
    );
    statement.rows(names.len(), 3).push(
        ") AS wanted CROSS JOIN sync_records AS r WHERE r.app_id = wanted.column1 \
         AND r.table_name = wanted.column2 AND r.record_id = wanted.column3 AND r.scope IN (",
    );
    statement.list(scopes.len()).push(")");
    let mut query = statement.query();
    for (app_id, table, id) in names {
        query = query.bind(*app_id).bind(*table).bind(*id);
    }
    for scope in scopes {
        query = query.bind(scope.as_str());
    }
    for row in query.fetch_all(connection).await? {
        let key = RecordKey {
            app_id: row.try_get(0)?,
            table: row.try_get(1)?,
            id: row.try_get(2)?,
            scope: Scope::stored(row.try_get(3)?),
        };
        shelf.put(key, Cursor::from_nanos(row.try_get(4)?), fields_from(row.try_get(5)?)?);
    }
    Ok(())
}

type Touched<'a> = (&'a RecordKey, &'a Entry<'a>, Cursor);

/// Writes the changes and what they come to, a piece of both with one question: each takes as long as several rows.
async fn put(
    connection: &mut AnyConnection,
    dialect: Dialect,
    placed: &[Placed<'_>],
    shelf: &Shelf<'_>,
) -> Result<(), sqlx::Error> {
    let touched: Vec<_> = shelf.touched().collect();
    let (mut changes, mut records) = (chunks(placed), chunks(&touched));
    loop {
        let (changes, records) = (changes.next().map(changed), records.next().map(recorded));
        if changes.is_none() && records.is_none() {
            return Ok(());
        }
        // SQLite takes several statements at a time, PostgreSQL one that has another within.
        let [before, between] = match dialect {
            _ if changes.is_none() || records.is_none() => ["", ""],
            Dialect::Sqlite => ["", "; "],
            Dialect::Postgres => ["WITH changes AS (", ") "],
        };
        let mut statement = Statement::new(dialect, before);
        if let Some(changes) = &changes {
            changes_into(&mut statement, changes);
        }
        statement.push(between);
        if let Some(records) = &records {
            records_into(&mut statement, records);
        }
        let mut query = statement.query();
        for rows in [changes, records].into_iter().flatten() {
            query = rows.bind(dialect, query);
        }
        query.execute(&mut *connection).await?;
    }
}

fn changes_into(statement: &mut Statement, changes: &Rows<'_, 8>) {
    changes.insert_into(statement, "sync_changes");
}

fn records_into(statement: &mut Statement, records: &Rows<'_, 8>) {
    records.insert_into(statement, "sync_records");
    statement.push(
        " ON CONFLICT (app_id, table_name, record_id, scope) \
         DO UPDATE SET updated = excluded.updated, deleted = excluded.deleted, state = excluded.state",
    );
}

fn changed<'a>(placed: &'a [Placed<'_>]) -> Rows<'a, 8> {
    let row = |Placed { cursor, scope, job, change }: &'a Placed<'_>| {
        let body = change.to_wire(&Uuid::new_v4().to_string(), scope.space_id());
        [
            Cell::from(scope.as_str()),
            job.app_id.as_str().into(),
            cursor.nanos().into(),
            change.table.as_str().into(),
            change.id.as_str().into(),
            job.user_id.as_str().into(),
            job.client_id.as_str().into(),
            body.into(),
        ]
    };
    let columns = ["scope", "app_id", "seq", "table_name", "record_id", "user_id", "client_id", "body"];
    Rows { columns, rows: placed.iter().map(row).collect() }
}

fn recorded<'a>(touched: &'a [Touched<'_>]) -> Rows<'a, 8> {
    let row = |(key, entry, updated): &'a Touched<'_>| {
        [
            Cell::from(key.app_id.as_str()),
            key.table.as_str().into(),
            key.id.as_str().into(),
            key.scope.as_str().into(),
            entry.created.nanos().into(),
            updated.nanos().into(),
            i64::from(is_deleted(&entry.fields)).into(),
            text_of(&entry.fields).into(),
        ]
    };
    let columns = ["app_id", "table_name", "record_id", "scope", "created", "updated", "deleted", "state"];
    Rows { columns, rows: touched.iter().map(row).collect() }
}

/// A record's state as it is stored.
pub(super) fn text_of(fields: &Fields) -> String {
    serde_json::to_string(fields).expect("fields always serialize into memory")
}

/// The state that [`text_of`] wrote.
pub(super) fn fields_from(state: String) -> Result<Fields, sqlx::Error> {
    serde_json::from_str(&state).map_err(|e| sqlx::Error::Decode(e.into()))
}
