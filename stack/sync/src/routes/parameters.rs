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

/// A collection and how far a client has read it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) app_id: String,
    pub(super) collection: String,
    pub(super) cursor: Cursor,
}

/// `todo/tasks@2026-11-20T08:00:00Z,notes/notes@…`: at least one.
pub(super) fn followed(list: &str) -> Result<Vec<Place>, Refusal> {
    let places = list.split(',').map(place).collect::<Result<Vec<_>, _>>()?;
    if places.len() > COLLECTIONS_MAX { Err(Refusal::TooManyCollections(COLLECTIONS_MAX)) } else { Ok(places) }
}

fn place(text: &str) -> Result<Place, Refusal> {
    let malformed = || Refusal::Follow(text.chars().take(60).collect());
    let (place, since) = text.trim().rsplit_once('@').ok_or_else(malformed)?;
    let (app_id, collection) = place.split_once('/').ok_or_else(malformed)?;
    Ok(Place {
        app_id: name("appId", app_id.to_owned())?,
        collection: name("collection", collection.to_owned())?,
        cursor: cursor("since", since)?,
    })
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

    #[test]
    fn a_place_is_an_app_a_collection_and_a_cursor() {
        let places = followed("todo/tasks@2026-11-20T08:00:00Z, notes/notes@1970-01-01T00:00:00.000Z").unwrap();
        let told: Vec<_> = places.iter().map(|p| (p.app_id.as_str(), p.collection.as_str())).collect();
        assert_eq!(told, [("todo", "tasks"), ("notes", "notes")]);
        for malformed in ["", "todo", "todo/tasks", "tasks@1970-01-01T00:00:00Z", "todo/tasks@1970-01-01T00:00:00Z,"] {
            let told = followed(malformed).unwrap_err().to_string();
            assert!(told.starts_with("invalid follow "), "{malformed}: {told}");
        }
        let told = followed("todo/tasks@soon").unwrap_err().to_string();
        assert_eq!(told, "invalid since \"soon\": not an RFC 3339 time");
        let many: Vec<_> = (0..101).map(|n| format!("todo/c{n}@1970-01-01T00:00:00Z")).collect();
        assert_eq!(followed(&many.join(",")).unwrap_err().to_string(), "more than 100 collections");
    }
}
