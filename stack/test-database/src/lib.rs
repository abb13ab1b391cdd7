//! A database for one test: fresh, empty, gone afterwards.
//!
//! A SQLite file, or a database on the PostgreSQL server that `TEST_POSTGRES_URL` names (an administrator's address,
//! such as `postgres://postgres@localhost/postgres`). There the tests' owner is a role of its own that is no superuser:
//! a superuser passes by every policy, and tests that run as one prove nothing about them.
//!
//! For tests alone; never a normal dependency.

mod full;
mod line;

use std::{env, fs, path::Path, thread};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

pub use line::Line;

/// Names the PostgreSQL server of the tests.
pub const VARIABLE: &str = "TEST_POSTGRES_URL";
/// Owns the tests' databases.
const OWNER: &str = "beholder_test_owner";

/// A database that goes when this does.
#[derive(Debug)]
pub struct TestDatabase {
    folder: TempDir,
    /// On PostgreSQL: the administrator's address and the database's name.
    server: Option<(Url, String)>,
}

impl TestDatabase {
    /// Makes one.
    ///
    /// # Panics
    /// When it cannot be made: there is no test without.
    #[must_use]
    pub fn fresh() -> Self {
        let folder = TempDir::new().expect("a folder for temporary files is there");
        let server = env::var(VARIABLE).ok().filter(|url| !url.is_empty()).map(|url| {
            let admin = Url::parse(&url).unwrap_or_else(|e| panic!("{VARIABLE} is no URL: {e}"));
            let name = format!("test_{}", Uuid::new_v4().simple());
            administer(&admin, make(&admin, &name));
            (admin, name)
        });
        Self { folder, server }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.server {
            None => format!("sqlite://{}", self.folder.path().join("test.db").display()),
            Some((admin, name)) => {
                let mut url = at(admin, name);
                url.set_username(OWNER).expect("a PostgreSQL address has room for a user");
                url.into()
            }
        }
    }

    /// Whether it is on PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// A folder for the test's other files; a SQLite database lies there too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything that is stored, as it rests: the bytes of SQLite's files, or every table's rows as text.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn stored(&self) -> Vec<u8> {
        match &self.server {
            None => {
                let entries = fs::read_dir(self.folder()).expect("the folder is there");
                let read = |entry: Result<fs::DirEntry, _>| {
                    fs::read(entry.expect("the folder can be read").path()).expect("so can its files")
                };
                entries.flat_map(read).collect()
            }
            Some((admin, name)) => {
                let all = vec!["SELECT database_to_xml(true, false, '')::text".to_owned()];
                administer(&at(admin, name), all).into_bytes()
            }
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.server {
            administer(admin, vec![format!("DROP DATABASE {name} WITH (FORCE)")]);
        }
    }
}

/// Tests run beside each other, in several processes: whoever is second finds the owner made.
fn make(admin: &Url, name: &str) -> Vec<String> {
    let password = admin.password().map(|word| format!("PASSWORD '{}'", word.replace('\'', "''"))).unwrap_or_default();
    vec![
        format!(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN \
             CREATE ROLE {OWNER} LOGIN CREATEROLE {password}; END IF; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ),
        format!("CREATE DATABASE {name} OWNER {OWNER}"),
    ]
}

fn at(admin: &Url, name: &str) -> Url {
    let mut url = admin.clone();
    url.set_path(name);
    url
}

/// Runs statements as the administrator, and gives what the last of them answered. On a thread of its own: a test that
/// ends has no runtime that could wait.
fn administer(at: &Url, statements: Vec<String>) -> String {
    let options = PgConnectOptions::from_url(at).unwrap_or_else(|e| panic!("{VARIABLE}: {e}"));
    let work = async move {
        let mut connection = PgConnection::connect_with(&options).await?;
        let mut answer = None;
        for statement in statements {
            let row: Option<(String,)> =
                sqlx::query_as(AssertSqlSafe(statement)).fetch_optional(&mut connection).await?;
            answer = row;
        }
        connection.close().await?;
        Ok::<_, sqlx::Error>(answer.map(|(text,)| text).unwrap_or_default())
    };
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a thread can have a runtime").block_on(work)
    };
    let done = thread::scope(|scope| scope.spawn(run).join()).expect("the work does not panic");
    done.unwrap_or_else(|e| panic!("the PostgreSQL server that {VARIABLE} names refuses: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_test_has_its_own_which_is_gone_afterwards() {
        sqlx::any::install_default_drivers();
        let open = async |url: &str| {
            let url = if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url.to_owned() };
            sqlx::AnyConnection::connect(&url).await
        };
        let (one, other) = (TestDatabase::fresh(), TestDatabase::fresh());
        for database in [&one, &other] {
            let mut connection = open(&database.url()).await.unwrap();
            sqlx::query("CREATE TABLE words (word TEXT)").execute(&mut connection).await.unwrap();
            sqlx::query("INSERT INTO words VALUES ('findable')").execute(&mut connection).await.unwrap();
            assert!(String::from_utf8_lossy(&database.stored()).contains("findable"));
        }
        let url = one.url();
        drop(one);
        assert!(open(&url).await.is_err(), "{url} is still there");
        assert!(open(&other.url()).await.is_ok());
    }
}
