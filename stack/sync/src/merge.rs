//! Last write wins, field by field. Pure, and the same whatever the order in which changes arrive.
//!
//! A record is a map from field to value and time. Every change, whatever its operation, is a set of such fields: an
//! insert gives each field of its data the data's own time, an update names the times, a delete sets `deletedAt`. Each
//! field keeps the greatest entry it was ever given, in the order of [`compare`]; taking the greater one is commutative,
//! associative and idempotent, so changes may arrive in any order, twice, or long after.
//!
//! A clock that runs ahead is believed: an entry from the year 9999 wins until somebody writes a later one. Capping it
//! would make the winner hang on when a replica heard of it.

mod js_order;

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use stack_api::sync::FieldChange;

/// The field that marks a record deleted.
pub(crate) const DELETED_AT: &str = "deletedAt";

/// Fields of a record in the order in which they first appeared.
pub(crate) type Fields = IndexMap<String, FieldChange>;

/// Takes `changed` into `record`.
pub(crate) fn merge(record: &mut Fields, changed: &Fields) {
    for (name, field) in changed {
        match record.get_mut(name) {
            Some(known) if compare(name, field, known).is_gt() => known.clone_from(field),
            Some(_) => {}
            None => {
                record.insert(name.clone(), field.clone());
            }
        }
    }
}

/// Whether the record is deleted: `deletedAt` holds something.
///
/// Other fields change beneath a deletion without bringing the record back; a later `deletedAt` of `null` does.
pub(crate) fn is_deleted(record: &Fields) -> bool {
    record.get(DELETED_AT).is_some_and(holds_something)
}

/// Which of two entries of the field `name` wins: the later one. Of two at the same instant the deletion, then the greater
/// value, then, for values that JavaScript cannot tell apart, the greater text.
fn compare(name: &str, a: &FieldChange, b: &FieldChange) -> Ordering {
    let deletion = |field: &FieldChange| name == DELETED_AT && holds_something(field);
    let (left, right) = (a.value.get(), b.value.get());
    instant(&a.at)
        .cmp(&instant(&b.at))
        .then_with(|| deletion(a).cmp(&deletion(b)))
        .then_with(|| if left == right { Ordering::Equal } else { js_order::compare(left, right) })
        .then_with(|| left.cmp(right))
        .then_with(|| a.at.cmp(&b.at))
}

/// A text that is no time counts as the beginning of time: it loses against every real one.
pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).map_or(DateTime::UNIX_EPOCH, |moment| moment.to_utc())
}

fn holds_something(field: &FieldChange) -> bool {
    !matches!(field.value.get(), "null" | "false" | "0" | "\"\"")
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};
    use serde_json::value::RawValue;

    use super::*;

    fn field(value: &str, at: &str) -> FieldChange {
        FieldChange { value: RawValue::from_string(value.to_owned()).unwrap(), at: at.to_owned() }
    }

    fn fields(entries: &[(&str, &str, &str)]) -> Fields {
        entries.iter().map(|(name, value, at)| ((*name).to_owned(), field(value, at))).collect()
    }

    /// The record without the order of its fields.
    fn content(record: &Fields) -> Vec<(String, String, String)> {
        let mut content: Vec<_> =
            record.iter().map(|(n, f)| (n.clone(), f.value.get().to_owned(), f.at.clone())).collect();
        content.sort();
        content
    }

    fn merged<'a>(changes: impl IntoIterator<Item = &'a Fields>) -> Vec<(String, String, String)> {
        let mut record = Fields::new();
        changes.into_iter().for_each(|change| merge(&mut record, change));
        content(&record)
    }

    #[test]
    fn the_later_entry_wins_by_instant() {
        let check = |winner: (&str, &str), loser: (&str, &str)| {
            let [winner, loser] = [winner, loser].map(|(value, at)| field(value, at));
            assert_eq!(compare("title", &winner, &loser), Ordering::Greater, "{winner:?} {loser:?}");
            assert_eq!(compare("title", &loser, &winner), Ordering::Less, "{winner:?} {loser:?}");
        };
        check(("1", "2026-01-01T00:00:01Z"), ("2", "2026-01-01T00:00:00Z"));
        check(("1", "2026-01-01T00:00:00.000000002Z"), ("2", "2026-01-01T00:00:00.000000001Z"));
        check(("1", "2026-01-01T01:00:00+01:00"), ("2", "2025-12-31T23:59:59.999Z"));
        check(("1", "2026-01-01T00:00:00Z"), ("2", "2026-01-01T00:30:00+01:00"));
        check(("1", "9999-12-31T23:59:59Z"), ("2", "2026-01-01T00:00:00Z"));
        check(("1", "2026-01-01T00:00:00Z"), ("2", "not a time"));
        check(("\"b\"", "2026-01-01T00:00:00Z"), ("\"a\"", "2026-01-01T00:00:00.000Z"));
        check(("9007199254740993", "2026-01-01T00:00:00Z"), ("9007199254740992", "2026-01-01T00:00:00Z"));
    }

    #[test]
    fn a_deletion_holds_until_it_is_taken_back() {
        const T: &str = "2026-01-01T00:00:00Z";
        const LATER: &str = "2026-01-02T00:00:00Z";
        let check = |changes: &[&[(&str, &str, &str)]], deleted: bool| {
            let mut record = Fields::new();
            changes.iter().for_each(|change| merge(&mut record, &fields(change)));
            assert_eq!(is_deleted(&record), deleted, "{changes:?}");
        };
        let deletion: &[_] = &[(DELETED_AT, "\"2026-01-01T00:00:00Z\"", T)];
        check(&[&[("title", "1", T)]], false);
        check(&[deletion], true);
        check(&[deletion, &[("title", "1", LATER)]], true);
        check(&[deletion, &[(DELETED_AT, "null", LATER)]], false);
        check(&[&[(DELETED_AT, "null", T)], deletion], true);
        check(&[deletion, &[(DELETED_AT, "null", T)]], true);
    }

    fn change() -> impl Strategy<Value = Fields> {
        let name = prop::sample::select(vec!["title", "done", DELETED_AT]);
        let value =
            prop::sample::select(vec!["null", "1", "1.0", "\"a\"", "\"b\"", "{\"b\":1,\"a\":2}", "\"\u{1F642}\""]);
        let at = prop::sample::select(vec![
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:00:00.000000001Z",
            "2026-01-02T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "never",
        ]);
        prop::collection::vec((name, value, at), 1..4).prop_map(|entries| fields(&entries))
    }

    fn changes_twice_shuffled() -> impl Strategy<Value = (Vec<Fields>, Vec<usize>)> {
        prop::collection::vec(change(), 1..10).prop_flat_map(|changes| {
            let count = changes.len();
            let repeats = subsequence((0..count).collect::<Vec<_>>(), 0..=count);
            let order =
                repeats.prop_flat_map(move |again| Just((0..count).chain(again).collect::<Vec<_>>()).prop_shuffle());
            (Just(changes), order)
        })
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter((changes, order) in changes_twice_shuffled()) {
            prop_assert_eq!(merged(order.iter().map(|i| &changes[*i])), merged(&changes));
        }

        #[test]
        fn grouping_does_not_matter(a in change(), b in change(), c in change()) {
            let mut right = b.clone();
            merge(&mut right, &c);
            let mut left = a.clone();
            merge(&mut left, &b);
            prop_assert_eq!(merged([&a, &right]), merged([&left, &c]));
        }

        #[test]
        fn the_order_of_entries_is_total(name in "title|deletedAt", a in change(), b in change()) {
            for (a, b) in a.values().zip(b.values()) {
                prop_assert_eq!(compare(&name, a, b), compare(&name, b, a).reverse());
                let same = a.value.get() == b.value.get() && a.at == b.at;
                prop_assert_eq!(compare(&name, a, b).is_eq(), same);
            }
        }
    }
}
