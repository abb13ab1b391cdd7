//! The database: what was pushed, in commit order, and what it comes to.
//!
//! Every query names the scopes that its caller may see. All SQL is read by SQLite and PostgreSQL alike, but for how
//! parameters are marked and rows are given. Lists of values are sent in chunks, so that a push of a hundred changes is a
//! handful of statements.

mod compact;
mod erase;
mod news;
mod read;
mod rows;
mod schema;
mod write;

use stack_http::{Database, DatabaseError};

pub use self::schema::SCHEMA;
pub(crate) use self::{
    compact::Shelf,
    news::News,
    read::{Author, Page, PageQuery},
    write::Written,
};

/// The service's tables.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    dialect: Dialect,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub(crate) async fn open(url: &str) -> Result<Self, DatabaseError> {
        let database = Database::open_for_one_writer(url).await?;
        database.migrate(&SCHEMA).await?;
        let dialect = if database.is_sqlite() { Dialect::Sqlite } else { Dialect::Postgres };
        Ok(Self { database, dialect })
    }

    /// The database itself, for who asks whether it is there.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// How many rows one statement carries. A few fixed sizes, so that each statement is prepared once and then only run.
const CHUNKS: [usize; 5] = [200, 100, 20, 5, 1];

/// Splits `items` into [`CHUNKS`].
fn chunks<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = CHUNKS.into_iter().find(|size| *size <= items.len())?;
        let (chunk, rest) = items.split_at(size);
        items = rest;
        Some(chunk)
    })
}

/// Whose SQL a statement is.
#[derive(Debug, Clone, Copy)]
enum Dialect {
    /// Parameters are marked `$1`.
    Postgres,
    /// They are marked `?`: SQLite takes `$1` for a name and walks through all names for each, which a thousand make slow.
    Sqlite,
}

/// A statement that is put together from constant pieces and parameters.
struct Statement {
    sql: String,
    dialect: Dialect,
    parameters: usize,
}

impl Statement {
    fn new(dialect: Dialect, sql: &str) -> Self {
        Self { sql: sql.to_owned(), dialect, parameters: 0 }
    }

    fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// The next parameter, which the caller binds in the same order.
    fn parameter(&mut self) -> &mut Self {
        self.parameters += 1;
        match self.dialect {
            Dialect::Sqlite => self.sql.push('?'),
            Dialect::Postgres => self.sql.push_str(&format!("${}", self.parameters)),
        }
        self
    }

    /// `count` parameters with commas between them.
    fn list(&mut self, count: usize) -> &mut Self {
        for position in 0..count {
            if position > 0 {
                self.push(", ");
            }
            self.parameter();
        }
        self
    }

    /// `rows` rows of `columns` parameters.
    fn rows(&mut self, rows: usize, columns: usize) -> &mut Self {
        for row in 0..rows {
            self.push(if row > 0 { ", (" } else { "(" }).list(columns).push(")");
        }
        self
    }

    /// The query. It carries no value: those are bound.
    fn query<'q>(self) -> Query<'q> {
        sqlx::query(sqlx::AssertSqlSafe(self.sql))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_marked_in_order() {
        let check = |dialect, expected: &str| {
            let mut statement = Statement::new(dialect, "a IN (");
            statement.list(2).push(") VALUES ").rows(2, 2).push(" LIMIT ").parameter();
            assert_eq!(statement.sql, expected);
        };
        check(Dialect::Postgres, "a IN ($1, $2) VALUES ($3, $4), ($5, $6) LIMIT $7");
        check(Dialect::Sqlite, "a IN (?, ?) VALUES (?, ?), (?, ?) LIMIT ?");
    }

    #[test]
    fn a_list_is_cut_into_few_sizes() {
        let sizes = |count: usize| chunks(&vec![0; count]).map(<[_]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(0), [0_usize; 0]);
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(100), [100]);
        assert_eq!(sizes(333), [200, 100, 20, 5, 5, 1, 1, 1]);
        let items: Vec<_> = (0..1000).collect();
        assert_eq!(chunks(&items).flatten().copied().collect::<Vec<_>>(), items);
    }
}
