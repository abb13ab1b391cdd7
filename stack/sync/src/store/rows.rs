//! Rows that a statement stores, in the form that each database takes fastest: SQLite a parameter for each value,
//! PostgreSQL all of them as one JSON text. It plans a statement anew for its parameters, and a thousand of them take it
//! longer than their rows.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::{Dialect, Query, Statement};

/// A value of a row.
pub(super) enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

/// Rows for these columns of a table.
pub(super) struct Rows<'a, const N: usize> {
    pub(super) columns: [&'static str; N],
    pub(super) rows: Vec<[Cell<'a>; N]>,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
        }
    }
}

impl<const N: usize> Rows<'_, N> {
    /// Appends what stores these rows in `table`.
    pub(super) fn insert_into(&self, statement: &mut Statement, table: &str) {
        let columns = self.columns.join(", ");
        statement.push("INSERT INTO ").push(table).push(" (").push(&columns).push(") ");
        match statement.dialect {
            Dialect::Sqlite => {
                statement.push("VALUES ").rows(self.rows.len(), N);
            }
            Dialect::Postgres => {
                statement.push("SELECT ").push(&columns).push(" FROM json_populate_recordset(NULL::").push(table);
                statement.push(", ").parameter().push("::json)");
            }
        }
    }

    /// Binds what [`Rows::insert_into`] left open.
    pub(super) fn bind<'q>(self, dialect: Dialect, mut query: Query<'q>) -> Query<'q> {
        match dialect {
            Dialect::Sqlite => {
                for cell in self.rows.into_iter().flatten() {
                    query = match cell {
                        Cell::Text(text) => query.bind(text.into_owned()),
                        Cell::Number(number) => query.bind(number),
                    };
                }
                query
            }
            Dialect::Postgres => query.bind(serde_json::to_string(&self).expect("rows always serialize into memory")),
        }
    }
}

/// A list of objects with the columns' names.
impl<const N: usize> Serialize for Rows<'_, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|cells| Object { columns: &self.columns, cells }))
    }
}

struct Object<'a> {
    columns: &'a [&'static str],
    cells: &'a [Cell<'a>],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().zip(self.cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_given_rows_in_its_own_form() {
        let rows = Rows { columns: ["id", "n"], rows: vec![["a\"b".into(), 1.into()], ["c".into(), 2.into()]] };
        let said = |dialect| {
            let mut statement = Statement::new(dialect, "");
            rows.insert_into(&mut statement, "t");
            statement.sql
        };
        assert_eq!(said(Dialect::Sqlite), "INSERT INTO t (id, n) VALUES (?, ?), (?, ?)");
        let one = "INSERT INTO t (id, n) SELECT id, n FROM json_populate_recordset(NULL::t, $1::json)";
        assert_eq!(said(Dialect::Postgres), one);
        assert_eq!(serde_json::to_string(&rows).unwrap(), r#"[{"id":"a\"b","n":1},{"id":"c","n":2}]"#);
    }
}
