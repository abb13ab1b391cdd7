//! Names and times in paths, queries and headers.

use crate::{
    cursor::Cursor,
    incoming::{NAME_MAX, check_name},
    refusal::Refusal,
};

/// Collections that one stream may name.
const COLLECTIONS_MAX: usize = 100;

/// A name that the database can be asked for.
pub(super) fn name(what: &'static str, text: String) -> Result<String, Refusal> {
    check_name(what, &text, NAME_MAX).map_err(Refusal::Name)?;
    Ok(text)
}

/// `a,b , c`: the names of collections; empty for none.
pub(super) fn collections(list: &str) -> Result<Vec<String>, Refusal> {
    let named = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut names = named.map(|part| name("collection", part.to_owned())).collect::<Result<Vec<_>, _>>()?;
    names.sort();
    names.dedup();
    if names.len() > COLLECTIONS_MAX { Err(Refusal::TooManyCollections(COLLECTIONS_MAX)) } else { Ok(names) }
}

/// A cursor.
pub(super) fn cursor(what: &'static str, text: &str) -> Result<Cursor, Refusal> {
    Cursor::parse(text).ok_or_else(|| Refusal::Time { what, text: text.chars().take(60).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_are_separated_by_commas() {
        let check = |list: &str, expected: &[&str]| assert_eq!(collections(list).unwrap(), expected, "{list:?}");
        check("", &[]);
        check(" , ,", &[]);
        check("tasks", &["tasks"]);
        check("tasks, labels,tasks ,", &["labels", "tasks"]);
        let many = |count: usize| collections(&(0..count).map(|n| format!("c{n},")).collect::<String>());
        assert!(many(100).is_ok());
        assert_eq!(many(101).unwrap_err().to_string(), "more than 100 collections");
        assert_eq!(collections("a\0b").unwrap_err().to_string(), "collection has a NUL in it");
    }
}
