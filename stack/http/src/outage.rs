//! Faults of a database that are not the query's: it is out of reach, or it is full.
//!
//! Both pass without a restart. Whoever calls a service hears which of them it is and when to try again; nothing of a
//! write that met one is stored.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

/// What keeps a database from doing its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// It does not answer, or takes no more connections.
    Unreachable,
    /// There is no room for another row.
    Full,
}

/// SQLite's codes, of which the lowest byte says what went wrong and the others where.
mod sqlite {
    pub(super) const BUSY: u16 = 5;
    pub(super) const LOCKED: u16 = 6;
    pub(super) const IOERR: u16 = 10;
    pub(super) const FULL: u16 = 13;
    pub(super) const CANTOPEN: u16 = 14;
    /// A write that the system refused: SQLite says `FULL` of a full disk alone, and this of a quota and of a limit to
    /// the size of files.
    pub(super) const IOERR_WRITE: u16 = IOERR | 3 << 8;
}

impl Outage {
    /// The outage behind this error; none where the database answered and said no.
    #[must_use]
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Some(Self::Unreachable),
            sqlx::Error::Database(said) => Self::of_code(&said.code()?),
            _ => None,
        }
    }

    /// PostgreSQL's codes have five characters, SQLite's at most four.
    fn of_code(code: &str) -> Option<Self> {
        if let Ok(number) = code.parse::<u16>()
            && code.len() < 5
        {
            if number == sqlite::IOERR_WRITE {
                return Some(Self::Full);
            }
            return match number & 0xff {
                sqlite::FULL => Some(Self::Full),
                sqlite::BUSY | sqlite::LOCKED | sqlite::IOERR | sqlite::CANTOPEN => Some(Self::Unreachable),
                _ => None,
            };
        }
        match code {
            "53100" => Some(Self::Full),
            // Shut down by its administrator, crashed, not up yet, or closed to new connections.
            "57P01" | "57P02" | "57P03" | "55000" => Some(Self::Unreachable),
            // Connections that break; memory or connections that ran out.
            _ if code.starts_with("08") || code.starts_with("53") => Some(Self::Unreachable),
            _ => None,
        }
    }

    /// The status of an answer that says so.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
        }
    }

    /// Seconds until another try may find it over: a database is restarted sooner than somebody makes room.
    #[must_use]
    pub fn retry_after(self) -> u16 {
        match self {
            Self::Unreachable => 5,
            Self::Full => 60,
        }
    }

    /// Says when to try again.
    pub fn tell(self, headers: &mut HeaderMap) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(self.retry_after()));
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;
    use stack_test_database::TestDatabase;

    use super::*;
    use crate::Database;

    async fn open(fresh: &TestDatabase) -> Database {
        let database = Database::open(&fresh.url()).await.unwrap();
        sqlx::query("CREATE TABLE words (word TEXT NOT NULL)").execute(database.pool()).await.unwrap();
        database
    }

    #[tokio::test]
    async fn what_the_database_says_of_a_query_is_no_outage() {
        let fresh = TestDatabase::fresh();
        let database = open(&fresh).await;
        for wrong in ["SELECT nothing FROM nowhere", "INSERT INTO words VALUES (NULL)", "SELEKT"] {
            let error = sqlx::query(wrong).execute(database.pool()).await.unwrap_err();
            assert_eq!(Outage::of(&error), None, "{error}");
        }
    }

    #[tokio::test]
    async fn a_database_that_is_closed_is_out_of_reach() {
        let fresh = TestDatabase::fresh();
        let database = open(&fresh).await;
        database.close().await;
        let error = sqlx::query("SELECT 1").execute(database.pool()).await.unwrap_err();
        assert_eq!(Outage::of(&error), Some(Outage::Unreachable), "{error}");
    }

    /// SQLite is made to run out of pages; PostgreSQL's own words for a full disk are said by a statement.
    #[tokio::test]
    async fn a_full_database_refuses_keeps_what_it_has_and_takes_more_when_there_is_room() {
        let fresh = TestDatabase::fresh();
        let database = open(&fresh).await;
        let mut connection = database.pool().acquire().await.unwrap();
        let long = format!("INSERT INTO words VALUES ('{}')", "a".repeat(100_000));
        let full = if database.is_sqlite() {
            sqlx::query("PRAGMA max_page_count = 1").execute(&mut *connection).await.unwrap();
            long.clone()
        } else {
            "DO $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$".to_owned()
        };
        let error = sqlx::query(AssertSqlSafe(full)).execute(&mut *connection).await.unwrap_err();
        assert_eq!(Outage::of(&error), Some(Outage::Full), "{error}");
        if database.is_sqlite() {
            sqlx::query("PRAGMA max_page_count = 1000000").execute(&mut *connection).await.unwrap();
        }
        sqlx::query(AssertSqlSafe(long)).execute(&mut *connection).await.unwrap();
        let words: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM words").fetch_one(&mut *connection).await.unwrap();
        assert_eq!(words, 1);
    }

    /// On SQLite, which ends a transaction by itself where it finds no room. PostgreSQL leaves that to who began it.
    #[tokio::test]
    async fn a_transaction_that_found_no_room_is_in_no_ones_way() {
        let fresh = TestDatabase::fresh();
        let database = open(&fresh).await;
        for full in [true, false] {
            let mut transaction = database.write().await.unwrap();
            if database.is_sqlite() {
                let pages = format!("PRAGMA max_page_count = {}", if full { 1 } else { 1_000_000 });
                sqlx::query(AssertSqlSafe(pages)).execute(transaction.connection()).await.unwrap();
            }
            let long = sqlx::query("INSERT INTO words VALUES ($1)").bind("a".repeat(100_000));
            let stored = long.execute(transaction.connection()).await;
            assert_eq!(stored.is_err(), database.is_sqlite() && full, "{stored:?}");
        }
        for _ in 0..20 {
            database.write().await.unwrap().commit().await.unwrap();
        }
    }

    #[test]
    fn codes_of_either_database_are_told_apart() {
        use Outage::{Full, Unreachable};
        let expected = [
            ("13", Some(Full)),
            ("53100", Some(Full)),
            ("5", Some(Unreachable)),
            ("517", Some(Unreachable)),
            ("6", Some(Unreachable)),
            ("778", Some(Full)),
            ("266", Some(Unreachable)),
            ("14", Some(Unreachable)),
            ("57P01", Some(Unreachable)),
            ("57P03", Some(Unreachable)),
            ("08006", Some(Unreachable)),
            ("53300", Some(Unreachable)),
            ("2067", None),
            ("1", None),
            ("23505", None),
            ("40001", None),
            ("57014", None),
        ];
        for (code, outage) in expected {
            assert_eq!(Outage::of_code(code), outage, "{code}");
        }
    }
}
