//! One database layer for SQLite and PostgreSQL.
//!
//! Tables use `TEXT`, `BIGINT` and `DOUBLE PRECISION` alone and queries number their parameters (`$1`), which both
//! databases read alike; so each query is written once and runs on either.

use std::{sync::Arc, time::Duration};

use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection as _, any::AnyPoolOptions, migrate::MigrateError,
    pool::PoolConnection,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::principal::{self, Principal};

const CONNECTIONS: u32 = 8;
/// How long a caller waits for a connection before it hears that the database does not answer.
const ACQUIRE: Duration = Duration::from_secs(10);
/// A connection that came back this long ago was answered then. One that lay longer is asked whether its server is still
/// there before somebody gets it; asking each time costs as much as a small query.
const FRESH: Duration = Duration::from_secs(1);

/// What went wrong with the database as such; failed queries are [`sqlx::Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// It cannot be opened.
    #[error("cannot open the database {url}: {source}")]
    Open {
        /// Where it should be; passwords left out.
        url: String,
        /// What went wrong.
        source: sqlx::Error,
    },
    /// Its tables cannot be brought to this program's version.
    #[error("cannot bring the tables of {service} up to date: {source}")]
    Migrate {
        /// Whose tables.
        service: &'static str,
        /// What went wrong.
        source: MigrateError,
    },
    /// Its tables were made by a newer program.
    #[error(
        "the tables of {service} in {url} are newer than this program: they are at step {found}, it knows {known}; \
         nothing was written\n\
         help: use the version of the program that made them, or other tables: stack up --data DIR, or DATABASE_URL"
    )]
    Newer {
        /// Whose tables.
        service: &'static str,
        /// Where they are; passwords left out.
        url: String,
        /// The newest step that was run on them.
        found: i64,
        /// The newest step that this program knows.
        known: i64,
    },
}

/// A pool of connections.
#[derive(Clone)]
pub struct Database {
    pool: AnyPool,
    /// Where writes run. On SQLite a connection of its own: it throws away what it knows of the file when another one
    /// wrote, so a writer that is always the same reads each page once.
    writing: AnyPool,
    /// Where it is; passwords left out.
    shown: Arc<str>,
    /// SQLite has one writer at a time. Waiting for a lock of ours is fair and instant; waiting for SQLite's is a poll.
    writer: Option<Arc<Mutex<()>>>,
}

/// A transaction that may write. Dropped without [`WriteTransaction::commit`], it leaves nothing behind.
pub struct WriteTransaction {
    transaction: sqlx::Transaction<'static, Any>,
    /// Held on SQLite, to the end of the transaction.
    turn: Option<OwnedMutexGuard<()>>,
}

/// Where a principal's reads run.
pub struct ReadTransaction(Reader);

enum Reader {
    /// SQLite needs no transaction: each statement reads what is committed.
    Plain(PoolConnection<Any>),
    Scoped(sqlx::Transaction<'static, Any>),
}

impl Database {
    /// Opens `sqlite://path` (the file is made when missing) or `postgres://…`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        Self::open_with(url, is_sqlite(url)).await
    }

    /// As [`Database::open`], for a service that writes one transaction after the other on PostgreSQL too: always on the
    /// same connection, which has every statement prepared.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open_for_one_writer(url: &str) -> Result<Self, DatabaseError> {
        Self::open_with(url, true).await
    }

    async fn open_with(url: &str, one_writer: bool) -> Result<Self, DatabaseError> {
        sqlx::any::install_default_drivers();
        let sqlite = is_sqlite(url);
        let address = if sqlite && !url.contains('?') { format!("{url}?mode=rwc") } else { url.to_owned() };
        let shown = without_password(url);
        let open = |source| DatabaseError::Open { url: shown.clone(), source };
        let pool = options(CONNECTIONS, if sqlite { &READING } else { &[] }).connect(&address).await.map_err(open)?;
        let writing = if one_writer {
            options(1, if sqlite { &WRITING } else { &[] }).connect_lazy(&address).map_err(open)?
        } else {
            pool.clone()
        };
        Ok(Self { pool, writing, writer: sqlite.then(Arc::default), shown: shown.into() })
    }

    /// For queries on tables without row-level security. They run as the tables' owner, whom the policies of the others
    /// let see nothing.
    #[must_use]
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Where it is, as it may be shown: passwords left out.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether this is SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.writer.is_some()
    }

    /// Where this principal's reads run.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read_as(&self, principal: &Principal<'_>) -> Result<ReadTransaction, sqlx::Error> {
        if self.is_sqlite() {
            return Ok(ReadTransaction(Reader::Plain(self.pool.acquire().await?)));
        }
        let transaction = self.pool.begin_with(AssertSqlSafe(principal::beginning(principal))).await?;
        Ok(ReadTransaction(Reader::Scoped(transaction)))
    }

    /// Begins a transaction in which this principal may write, when it is its turn.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_as(&self, principal: &Principal<'_>) -> Result<WriteTransaction, sqlx::Error> {
        if self.is_sqlite() {
            return self.write().await;
        }
        let transaction = self.writing.begin_with(AssertSqlSafe(principal::beginning(principal))).await?;
        Ok(WriteTransaction { transaction, turn: None })
    }

    /// Begins a transaction that may write, when it is this one's turn. It runs as the tables' owner.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write(&self) -> Result<WriteTransaction, sqlx::Error> {
        let (turn, begin) = match &self.writer {
            // A deferred transaction that turns into a writer half-way fails at once when another one writes.
            Some(writer) => (Some(Arc::clone(writer).lock_owned().await), "BEGIN IMMEDIATE"),
            None => (None, "BEGIN"),
        };
        Ok(WriteTransaction { transaction: self.writing.begin_with(begin).await?, turn })
    }

    /// Ends every connection.
    pub async fn close(&self) {
        self.writing.close().await;
        self.pool.close().await;
    }
}

impl ReadTransaction {
    /// Where queries of this transaction run.
    pub fn connection(&mut self) -> &mut AnyConnection {
        match &mut self.0 {
            Reader::Plain(connection) => connection,
            Reader::Scoped(transaction) => transaction,
        }
    }
}

impl WriteTransaction {
    /// What follows has this principal's right instead of the one before: one transaction may carry several's writes.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn act_as(&mut self, principal: &Principal<'_>) -> Result<(), sqlx::Error> {
        if self.turn.is_some() { Ok(()) } else { principal::assume(&mut self.transaction, principal).await }
    }

    /// Where queries of this transaction run.
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// Makes the changes durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.transaction.commit().await
    }
}

/// WAL lets readers go on beside the writer. `synchronous = FULL` makes an acknowledged write survive a power cut.
const SQLITE: [&str; 4] = [
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
];
const SQLITE_WRITER: [&str; 2] = [
    // In KiB. Ids are random, so rows of one push lie all over an index: it has to fit, or each is read from the file anew.
    "PRAGMA cache_size = -32768",
    // Pages go from the log into the file when so many lie there: one that was written often goes once.
    "PRAGMA wal_autocheckpoint = 8000",
];

const READING: [&[&str]; 1] = [&SQLITE];
const WRITING: [&[&str]; 2] = [&SQLITE, &SQLITE_WRITER];

/// A pool of at most so many connections, each of which begins with these statements.
fn options(connections: u32, begins_with: &'static [&'static [&'static str]]) -> AnyPoolOptions {
    let options =
        AnyPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE).test_before_acquire(false);
    let options = options.before_acquire(|connection, lay| {
        Box::pin(async move {
            // A full disk makes SQLite end a transaction by itself. The driver then fails to end it, believes it open for
            // ever, and would begin no other one on this connection.
            if connection.is_in_transaction() {
                return Ok(false);
            }
            if lay.idle_for > FRESH {
                connection.ping().await?;
            }
            Ok(true)
        })
    });
    options.after_connect(move |connection, _| {
        Box::pin(async move {
            for statements in begins_with {
                for statement in *statements {
                    sqlx::query(*statement).execute(&mut *connection).await?;
                }
            }
            Ok(())
        })
    })
}

/// Whether this URL names a SQLite file.
pub(crate) fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The URL as it may be shown: without a password.
#[must_use]
pub fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            if parsed.set_password(None).is_ok() {
                parsed.into()
            } else {
                "(unprintable)".to_owned()
            }
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use stack_test_database::TestDatabase;

    use super::*;
    use crate::{Migration, Schema};

    const ROWS: Migration =
        Migration { version: 1, name: "rows", sql: "CREATE TABLE rows (id TEXT PRIMARY KEY, n BIGINT);" };
    const SCHEMA: Schema = Schema { service: "test", steps: &[ROWS] };

    async fn database(fresh: &TestDatabase) -> Database {
        let db = Database::open(&fresh.url()).await.unwrap();
        db.migrate(&SCHEMA).await.unwrap();
        db
    }

    async fn count(db: &Database) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM rows").fetch_one(db.pool()).await.unwrap()
    }

    #[tokio::test]
    async fn a_transaction_that_is_not_committed_leaves_nothing() {
        let fresh = TestDatabase::fresh();
        let db = database(&fresh).await;
        for commit in [false, true] {
            let mut tx = db.write().await.unwrap();
            let insert = sqlx::query("INSERT INTO rows (id, n) VALUES ($1, $2)").bind("a").bind(None::<i64>);
            insert.execute(tx.connection()).await.unwrap();
            if commit {
                tx.commit().await.unwrap();
            } else {
                drop(tx);
            }
            assert_eq!(count(&db).await, i64::from(commit));
        }
    }

    #[tokio::test]
    async fn writers_take_turns() {
        let fresh = TestDatabase::fresh();
        let db = database(&fresh).await;
        let writers = (0..40).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.write().await?;
                let insert = sqlx::query("INSERT INTO rows (id, n) VALUES ($1, $2)").bind(n.to_string()).bind(n);
                insert.execute(tx.connection()).await?;
                tx.commit().await
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(count(&db).await, 40);
    }

    #[test]
    fn passwords_stay_out_of_messages() {
        assert_eq!(without_password("postgres://u:secret@h/db"), "postgres://u@h/db");
        assert_eq!(without_password("sqlite:///tmp/x.db"), "sqlite:///tmp/x.db");
    }
}
