//! Whoever reads at whatever time ends alike, with compaction and without.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::value::RawValue;
use stack_api::sync::FieldChange;

use super::*;
use crate::merge::{DELETED_AT, Fields, merge};

/// A change in the log of a made-up server.
#[derive(Debug, Clone)]
struct Logged {
    cursor: Cursor,
    record: u8,
    user: u8,
    client: u8,
    op: Op,
    fields: Fields,
}

impl Logged {
    fn past(&self) -> Past {
        Past {
            cursor: self.cursor,
            table: "tasks".to_owned(),
            record_id: self.record.to_string(),
            user_id: self.user.to_string(),
            op: self.op,
            fields: self.fields.iter().map(|(name, field)| (name.clone(), field.at.clone())).collect(),
        }
    }
}

fn overtaken(log: &[Logged]) -> Vec<Cursor> {
    let mut history = History::default();
    log.iter().for_each(|change| history.read(change.past()));
    history.overtaken()
}

/// A client's copy of all records, and how far it has read.
#[derive(Debug, Clone)]
struct Replica {
    user: u8,
    client: u8,
    cursor: Cursor,
    records: BTreeMap<u8, Fields>,
}

impl Replica {
    fn new(user: u8, client: u8) -> Self {
        Self { user, client, cursor: Cursor::START, records: BTreeMap::new() }
    }

    fn apply(&mut self, change: &Logged) {
        merge(self.records.entry(change.record).or_default(), &change.fields);
    }

    /// Reads at most `page` changes behind its cursor, its own left out, as a pull does.
    fn pull(&mut self, log: &[Logged], end: Cursor, page: usize) {
        let own = |change: &Logged| change.user == self.user && change.client == self.client;
        let behind: Vec<_> =
            log.iter().filter(|change| change.cursor > self.cursor && change.cursor <= end && !own(change)).collect();
        let read = &behind[..behind.len().min(page)];
        self.cursor = if behind.len() > page { read[page - 1].cursor } else { end };
        read.iter().for_each(|change| self.apply(change));
    }

    fn content(&self) -> BTreeMap<u8, BTreeMap<String, String>> {
        let fields =
            |fields: &Fields| fields.iter().map(|(n, f)| (n.clone(), format!("{}@{}", f.value, f.at))).collect();
        self.records.iter().map(|(id, record)| (*id, fields(record))).collect()
    }
}

#[derive(Debug, Clone)]
enum Event {
    Write { replica: usize, record: u8, op: Op, entries: Vec<(&'static str, u8, u8)> },
    Pull { replica: usize, page: usize },
    Compact,
}

fn event() -> impl Strategy<Value = Event> {
    let name = prop::sample::select(vec!["title", "done", DELETED_AT]);
    let op = prop::sample::select(vec![Op::Insert, Op::Update, Op::Update, Op::Update, Op::Delete]);
    let entries = prop::collection::vec((name, 0..3_u8, 0..6_u8), 0..4);
    prop_oneof![
        5 => (0..4_usize, 0..3_u8, op, entries)
            .prop_map(|(replica, record, op, entries)| Event::Write { replica, record, op, entries }),
        3 => (0..4_usize, 1..5_usize).prop_map(|(replica, page)| Event::Pull { replica, page }),
        1 => Just(Event::Compact),
    ]
}

fn fields(op: Op, entries: &[(&'static str, u8, u8)]) -> Fields {
    let field = |value: u8, at: u8| FieldChange {
        value: RawValue::from_string(value.to_string()).unwrap(),
        at: format!("2026-01-01T00:00:0{at}Z"),
    };
    match op {
        // One time for all of an insert's fields; a deletion sets one field.
        Op::Insert => {
            let at = entries.first().map_or(0, |(_, _, at)| *at);
            entries.iter().map(|(name, value, _)| ((*name).to_owned(), field(*value, at))).collect()
        }
        Op::Update => entries.iter().map(|(name, value, at)| ((*name).to_owned(), field(*value, *at))).collect(),
        Op::Delete => {
            let (_, value, at) = entries.first().copied().unwrap_or_default();
            Fields::from([(DELETED_AT.to_owned(), field(value, at))])
        }
    }
}

/// Two users with two clients each live through the events; at the end everybody reads all, and so does a newcomer.
fn live(events: &[Event], compacts: bool) -> (Vec<Replica>, Vec<Logged>) {
    let mut replicas = vec![Replica::new(0, 0), Replica::new(0, 1), Replica::new(1, 0), Replica::new(1, 1)];
    let (mut log, mut end) = (Vec::<Logged>::new(), Cursor::START);
    for event in events {
        match event {
            Event::Write { replica, record, op, entries } => {
                end = Cursor::from_nanos(end.nanos() + 1);
                let writer = &mut replicas[*replica];
                let (user, client, fields) = (writer.user, writer.client, fields(*op, entries));
                let change = Logged { cursor: end, record: *record, user, client, op: *op, fields };
                writer.apply(&change);
                log.push(change);
            }
            Event::Pull { replica, page } => replicas[*replica].pull(&log, end, *page),
            Event::Compact if compacts => {
                let gone = overtaken(&log);
                log.retain(|change| !gone.contains(&change.cursor));
            }
            Event::Compact => {}
        }
    }
    replicas.push(Replica::new(2, 0));
    replicas.iter_mut().for_each(|replica| replica.pull(&log, end, usize::MAX));
    (replicas, log)
}

fn without(log: &[Logged], user: u8) -> Replica {
    let mut left = Replica::new(9, 0);
    log.iter().filter(|change| change.user != user).for_each(|change| left.apply(change));
    left
}

proptest! {
    #[test]
    fn a_replica_that_reads_at_any_times_ends_as_without_compaction(events in prop::collection::vec(event(), 0..60)) {
        let ((plain, whole), (compacted, shortened)) = (live(&events, false), live(&events, true));
        let everything = plain.last().unwrap().content();
        for (with, without) in compacted.iter().zip(&plain) {
            prop_assert_eq!(with.content(), without.content());
            prop_assert_eq!(with.content(), everything.clone());
        }
        for user in [0, 1] {
            prop_assert_eq!(without(&shortened, user).content(), without(&whole, user).content(), "a user erased");
        }
    }

    #[test]
    fn nobody_hears_of_an_update_before_its_insert(events in prop::collection::vec(event(), 0..60)) {
        let ((_, whole), (_, shortened)) = (live(&events, false), live(&events, true));
        let inserts = |log: &[Logged]| log.iter().filter(|change| change.op == Op::Insert).map(|c| c.cursor).collect::<Vec<_>>();
        prop_assert_eq!(inserts(&shortened), inserts(&whole));
    }
}

/// Operation, user, and fields as name and second.
type Sketch = (Op, u8, &'static [(&'static str, u8)]);

/// Those that go, by position.
fn check(changes: &[Sketch], expected: &[usize]) {
    let log: Vec<_> = changes
        .iter()
        .zip(1..)
        .map(|((op, user, entries), nanos)| {
            let entries: Vec<_> = entries.iter().map(|(name, at)| (*name, *at, *at)).collect();
            let cursor = Cursor::from_nanos(nanos);
            Logged { cursor, record: 0, user: *user, client: 0, op: *op, fields: fields(*op, &entries) }
        })
        .collect();
    let mut gone: Vec<_> = overtaken(&log).iter().map(|cursor| usize::try_from(cursor.nanos()).unwrap() - 1).collect();
    gone.sort_unstable();
    assert_eq!(gone, expected, "{changes:?}");
}

#[test]
fn a_change_goes_when_each_of_its_fields_was_set_later() {
    use Op::{Delete, Insert, Update};
    check(&[(Update, 0, &[("a", 1)]), (Update, 0, &[("a", 2)]), (Update, 0, &[("a", 3)])], &[0, 1]);
    check(&[(Update, 0, &[("a", 3)]), (Update, 0, &[("a", 2)])], &[1]);
    check(&[(Update, 0, &[("a", 1), ("b", 1)]), (Update, 0, &[("a", 2)])], &[]);
    check(&[(Update, 0, &[("a", 1), ("b", 1)]), (Update, 0, &[("a", 2)]), (Update, 0, &[("b", 2)])], &[0]);
    check(&[(Insert, 0, &[("a", 1)]), (Update, 0, &[("a", 2)])], &[]);
    check(&[(Update, 0, &[("a", 1)]), (Insert, 0, &[("a", 2)])], &[0]);
    check(&[(Update, 0, &[("a", 1)]), (Update, 1, &[("a", 2)])], &[]);
    check(&[(Update, 0, &[("a", 1)]), (Update, 0, &[("a", 1)]), (Update, 0, &[("a", 1)])], &[]);
    check(&[(Update, 0, &[("a", 1)]), (Update, 0, &[("a", 1)]), (Update, 0, &[("a", 2)])], &[0, 1]);
    check(&[(Delete, 0, &[(DELETED_AT, 1)]), (Update, 0, &[("a", 2)])], &[]);
    check(&[(Delete, 0, &[(DELETED_AT, 1)]), (Delete, 0, &[(DELETED_AT, 2)])], &[0]);
    check(&[(Update, 0, &[]), (Update, 0, &[("a", 2)])], &[]);
}
