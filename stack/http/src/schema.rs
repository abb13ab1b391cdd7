//! A service's tables: the steps that make them, which of these a database has, and the running of the others.
//!
//! A database that is newer than the program is refused before anything is written to it: what an older program writes
//! into newer tables, the newer one may not be able to read.

use std::time::Duration;

use sqlx::{
    Any, AnyConnection, AssertSqlSafe, Connection as _, SqlSafeStr,
    migrate::{Migrate as _, MigrateDatabase as _, MigrateError, MigrationType},
};

use crate::{
    Database,
    database::{DatabaseError, is_sqlite, without_password},
    principal,
};

/// One step of a schema. Never changed once released: the next step follows it.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Ascending number.
    pub version: i64,
    /// What it does.
    pub name: &'static str,
    /// Statements that both databases read. What only PostgreSQL has stands between the lines `-- postgresql only` and
    /// `-- both again`.
    pub sql: &'static str,
}

/// The tables of one service; several services may share a database.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Whose they are.
    pub service: &'static str,
    /// What makes them, oldest step first.
    pub steps: &'static [Migration],
}

/// A step that was run.
#[derive(Debug, Clone, Copy)]
pub struct StepDone {
    /// The step.
    pub step: Migration,
    /// How long its statements took.
    pub took: Duration,
}

impl Schema {
    /// The steps that the database at this URL lacks. Only looks: a SQLite file that is not there is not made.
    ///
    /// # Errors
    /// When it cannot be read, or is newer than this program.
    pub async fn pending(&self, url: &str) -> Result<Vec<Migration>, DatabaseError> {
        sqlx::any::install_default_drivers();
        let shown = without_password(url);
        let unopened = |source| DatabaseError::Open { url: shown.clone(), source };
        if is_sqlite(url) && !Any::database_exists(url).await.map_err(unopened)? {
            return Ok(self.steps.to_vec());
        }
        let mut connection = AnyConnection::connect(url).await.map_err(unopened)?;
        let missing = self.missing(&mut connection, &shown, is_sqlite(url)).await;
        // What was read stays true even when the goodbye fails.
        let _closed_anyway = connection.close().await;
        missing
    }

    /// The steps that this database lacks.
    async fn missing(
        &self,
        connection: &mut AnyConnection,
        shown: &str,
        sqlite: bool,
    ) -> Result<Vec<Migration>, DatabaseError> {
        let failed = |source| DatabaseError::Migrate { service: self.service, source };
        let table = self.table();
        let there = if sqlite {
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
        } else {
            "SELECT COUNT(to_regclass($1))"
        };
        let there: i64 = sqlx::query_scalar(there)
            .bind(&table)
            .fetch_one(&mut *connection)
            .await
            .map_err(|source| failed(MigrateError::Execute(source)))?;
        if there == 0 {
            return Ok(self.steps.to_vec());
        }
        let applied = connection.list_applied_migrations(&table).await.map_err(failed)?;
        let known = self.steps.last().map_or(0, |step| step.version);
        if let Some(newest) = applied.iter().map(|step| step.version).max().filter(|newest| *newest > known) {
            return Err(DatabaseError::Newer { service: self.service, url: shown.to_owned(), found: newest, known });
        }
        for done in &applied {
            match self.steps.iter().find(|step| step.version == done.version) {
                None => return Err(failed(MigrateError::VersionMissing(done.version))),
                Some(step) if prepared(step, sqlite).checksum != done.checksum => {
                    return Err(failed(MigrateError::VersionMismatch(done.version)));
                }
                Some(_) => {}
            }
        }
        let missing = self.steps.iter().filter(|step| applied.iter().all(|done| done.version != step.version));
        Ok(missing.copied().collect())
    }

    /// Where the steps that were run are noted.
    fn table(&self) -> String {
        format!("{}_migrations", self.service)
    }
}

impl Database {
    /// Brings one service's tables up to date and tells which steps that took.
    ///
    /// # Errors
    /// When a step fails, which leaves those before it done and nothing of itself; or when the database is newer than
    /// this program, which leaves it untouched.
    pub async fn migrate(&self, schema: &Schema) -> Result<Vec<StepDone>, DatabaseError> {
        let failed = |source| DatabaseError::Migrate { service: schema.service, source };
        let mut connection = self.pool().acquire().await.map_err(|source| failed(MigrateError::Execute(source)))?;
        if schema.missing(&mut connection, self.shown(), self.is_sqlite()).await?.is_empty() {
            return Ok(Vec::new());
        }
        if !self.is_sqlite() {
            let made = principal::make_roles(&mut connection).await;
            made.map_err(|source| failed(MigrateError::Execute(source)))?;
        }
        // One program at a time: whoever waited here may find nothing left to do.
        connection.lock().await.map_err(failed)?;
        let done = self.run_missing(&mut connection, schema).await;
        connection.unlock().await.map_err(failed)?;
        done
    }

    async fn run_missing(
        &self,
        connection: &mut AnyConnection,
        schema: &Schema,
    ) -> Result<Vec<StepDone>, DatabaseError> {
        let failed = |source| DatabaseError::Migrate { service: schema.service, source };
        let table = schema.table();
        connection.ensure_migrations_table(&table).await.map_err(failed)?;
        let mut done = Vec::new();
        for step in schema.missing(connection, self.shown(), self.is_sqlite()).await? {
            let took = connection.apply(&table, &prepared(&step, self.is_sqlite())).await.map_err(failed)?;
            done.push(StepDone { step, took });
        }
        Ok(done)
    }
}

/// A step as the driver runs it.
fn prepared(step: &Migration, sqlite: bool) -> sqlx::migrate::Migration {
    let sql = AssertSqlSafe(for_this(step.sql, sqlite)).into_sql_str();
    sqlx::migrate::Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
}

const POSTGRES_ONLY: &str = "-- postgresql only";
const BOTH_AGAIN: &str = "-- both again";

/// A step's statements for one of the two databases.
fn for_this(sql: &str, sqlite: bool) -> String {
    let mut theirs = false;
    let mut kept = String::with_capacity(sql.len());
    for line in sql.split_inclusive('\n') {
        match line.trim() {
            POSTGRES_ONLY => theirs = true,
            BOTH_AGAIN => theirs = false,
            _ if theirs && sqlite => {}
            _ => kept.push_str(line),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use stack_test_database::TestDatabase;

    use super::*;

    const ROWS: Migration = Migration { version: 1, name: "rows", sql: "CREATE TABLE rows (id TEXT PRIMARY KEY);" };
    const MORE: Migration = Migration { version: 2, name: "more", sql: "CREATE TABLE more (id TEXT PRIMARY KEY);" };
    const BROKEN: Migration =
        Migration { version: 2, name: "broken", sql: "CREATE TABLE half (id TEXT); CREATE TABLE rows (id TEXT);" };
    const OLD: Schema = Schema { service: "test", steps: &[ROWS] };
    const NEW: Schema = Schema { service: "test", steps: &[ROWS, MORE] };

    fn names(steps: &[Migration]) -> Vec<&str> {
        steps.iter().map(|step| step.name).collect()
    }

    async fn tables(db: &Database) -> i64 {
        let count = if db.is_sqlite() {
            "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('rows', 'more', 'half')"
        } else {
            "SELECT COUNT(*) FROM pg_tables WHERE tablename IN ('rows', 'more', 'half')"
        };
        sqlx::query_scalar(count).fetch_one(db.pool()).await.unwrap()
    }

    #[tokio::test]
    async fn each_step_runs_once_and_is_told() {
        let fresh = TestDatabase::fresh();
        let url = fresh.url();
        assert_eq!(names(&NEW.pending(&url).await.unwrap()), ["rows", "more"]);
        let db = Database::open(&url).await.unwrap();
        let steps = |done: Vec<StepDone>| done.iter().map(|done| done.step.name).collect::<Vec<_>>();
        assert_eq!(steps(db.migrate(&OLD).await.unwrap()), ["rows"]);
        assert_eq!(names(&NEW.pending(&url).await.unwrap()), ["more"]);
        assert_eq!(steps(db.migrate(&NEW).await.unwrap()), ["more"]);
        assert!(db.migrate(&NEW).await.unwrap().is_empty());
        assert!(NEW.pending(&url).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn looking_makes_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none.db");
        let url = format!("sqlite://{}", path.display());
        assert_eq!(names(&NEW.pending(&url).await.unwrap()), ["rows", "more"]);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused_in_words_that_lead_on() {
        let fresh = TestDatabase::fresh();
        let db = Database::open(&fresh.url()).await.unwrap();
        db.migrate(&NEW).await.unwrap();
        for error in [db.migrate(&OLD).await.unwrap_err(), OLD.pending(&fresh.url()).await.unwrap_err()] {
            assert!(matches!(error, DatabaseError::Newer { found: 2, known: 1, .. }), "{error}");
            assert!(error.to_string().contains("nothing was written\nhelp: "), "{error}");
        }
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_nothing_and_can_be_run_again() {
        let fresh = TestDatabase::fresh();
        let db = Database::open(&fresh.url()).await.unwrap();
        let broken = Schema { service: "test", steps: &[ROWS, BROKEN] };
        let error = db.migrate(&broken).await.unwrap_err().to_string();
        assert!(error.contains("cannot bring the tables of test up to date"), "{error}");
        assert_eq!(tables(&db).await, 1, "the first step is done, the second left nothing");
        db.migrate(&NEW).await.expect("the lock is free and nothing is half done");
        assert_eq!(tables(&db).await, 2);
    }

    #[tokio::test]
    async fn a_step_that_was_changed_afterwards_is_refused() {
        const OTHER: Migration = Migration { sql: "CREATE TABLE other (id TEXT);", ..ROWS };
        let fresh = TestDatabase::fresh();
        let db = Database::open(&fresh.url()).await.unwrap();
        db.migrate(&OLD).await.unwrap();
        let error = db.migrate(&Schema { service: "test", steps: &[OTHER, MORE] }).await.unwrap_err();
        assert!(error.to_string().contains("has been modified"), "{error}");
        assert_eq!(tables(&db).await, 1);
    }

    #[test]
    fn a_step_has_parts_for_one_database_alone() {
        let sql = "A;\n-- postgresql only\nB;\n  -- both again\nC;";
        assert_eq!(for_this(sql, true), "A;\nC;");
        assert_eq!(for_this(sql, false), "A;\nB;\nC;");
    }
}
