//! What a database says when it is full.

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use crate::TestDatabase;

/// SQLite is allowed no more pages than it has. A server's disk cannot be filled by a test: what PostgreSQL says then is
/// said by a statement.
const ON_SQLITE: [&str; 3] =
    ["CREATE TABLE grows (word TEXT)", "PRAGMA max_page_count = 1", "INSERT INTO grows VALUES (hex(zeroblob(100000)))"];
const ON_POSTGRES: [&str; 1] = [
    "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
];

impl TestDatabase {
    /// What this database says of a write for which there is no room.
    ///
    /// # Panics
    /// When there is room after all.
    pub async fn full(&self) -> sqlx::Error {
        sqlx::any::install_default_drivers();
        let url = if self.is_postgres() { self.url() } else { format!("{}?mode=rwc", self.url()) };
        let mut connection = AnyConnection::connect(&url).await.expect("the database is there");
        let statements = if self.is_postgres() { &ON_POSTGRES[..] } else { &ON_SQLITE };
        let (last, before) = statements.split_last().expect("there are statements");
        for statement in before {
            sqlx::query(AssertSqlSafe(*statement)).execute(&mut connection).await.expect("there is room yet");
        }
        let refused = sqlx::query(AssertSqlSafe(*last)).execute(&mut connection).await;
        refused.expect_err("there is no room")
    }
}
