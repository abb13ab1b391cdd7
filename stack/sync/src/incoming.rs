//! What a client sends in a push: read, checked and brought into one form. Pure.
//!
//! Every fault is told with the number of its change; one fault refuses the whole push.

mod fault;
mod json_text;

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use stack_api::sync::{Change, EPOCH, FieldChange, Op, SCHEMA_VERSION};
use stack_http::clock::rfc3339;

pub(crate) use self::fault::{NAME_MAX, NameFault, PushFault, check_name};
use self::{
    fault::{ID_MAX, shown},
    json_text::{JsonFault, storable},
};
use crate::{
    cursor::Cursor,
    merge::{DELETED_AT, Fields},
};

/// A push, checked.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) since: Cursor,
    pub(crate) client_id: Option<String>,
    pub(crate) changes: Vec<Incoming>,
}

/// One change, checked, not yet placed.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) table: String,
    pub(crate) id: String,
    /// The space the client names, on the change or in the record.
    pub(crate) named_space: Option<String>,
    /// What it sets.
    pub(crate) fields: Fields,
    op: Op,
    data: Option<Box<RawValue>>,
    deleted_at: Option<String>,
    actor: Option<Box<RawValue>>,
    origin: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePush<'a> {
    client_id: Option<String>,
    since: Option<String>,
    #[serde(borrow)]
    changes: Option<Vec<&'a RawValue>>,
    schema_version: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct WireChange<'a> {
    table: Option<String>,
    id: Option<String>,
    op: Option<String>,
    space_id: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    fields: Option<&'a RawValue>,
    deleted_at: Option<String>,
    #[serde(borrow)]
    actor: Option<&'a RawValue>,
    origin: Option<String>,
    schema_version: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireField<'a> {
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    at: Option<String>,
    updated_at: Option<String>,
}

impl Push {
    /// Reads a push. `now` is the time of changes that bring none.
    pub(crate) fn read(body: &[u8], now: DateTime<Utc>) -> Result<Self, PushFault> {
        if is_list(body) {
            return Err(PushFault::Json("a push is an object".to_owned()));
        }
        let wire: WirePush<'_> = serde_json::from_slice(body).map_err(|e| PushFault::Json(e.to_string()))?;
        check_version(wire.schema_version)?;
        let client_id = wire.client_id.filter(|id| !id.is_empty());
        if let Some(id) = &client_id {
            check_name("clientId", id, NAME_MAX).map_err(PushFault::ClientId)?;
        }
        let since = wire.since.filter(|since| !since.is_empty()).unwrap_or_else(|| EPOCH.to_owned());
        let since = Cursor::parse(&since).ok_or(PushFault::Since(since))?;
        let changes = wire.changes.unwrap_or_default();
        let changes = changes.iter().enumerate().map(|(index, raw)| Incoming::read(raw, index, now));
        Ok(Self { since, client_id, changes: changes.collect::<Result<_, _>>()? })
    }
}

impl Incoming {
    fn read(raw: &RawValue, index: usize, now: DateTime<Utc>) -> Result<Self, PushFault> {
        let malformed = |reason: String| PushFault::Change { reason, index };
        if is_list(raw.get().as_bytes()) {
            return Err(malformed("a change is an object".to_owned()));
        }
        let wire: Option<WireChange<'_>> =
            serde_json::from_str(raw.get()).map_err(|e| malformed(without_position(&e)))?;
        let wire = wire.unwrap_or_default();
        check_version(wire.schema_version)?;
        let op = read_op(wire.op.unwrap_or_default(), index)?;
        let (table, id) = (wire.table.unwrap_or_default(), wire.id.unwrap_or_default());
        if table.is_empty() || id.is_empty() {
            return Err(PushFault::TableOrId { index });
        }
        let named =
            |what, name: &str, max| check_name(what, name, max).map_err(|fault| PushFault::Name { fault, index });
        named("table", &table, NAME_MAX)?;
        named("id", &id, ID_MAX)?;

        let unfit = |what: &str, fault: JsonFault| malformed(format!("{what}: {fault}"));
        let actor = wire.actor.map(|raw| stored(raw).map_err(|fault| unfit("actor", fault))).transpose()?;
        let mut change = Self {
            table,
            id,
            op,
            named_space: None,
            fields: Fields::new(),
            data: None,
            deleted_at: None,
            actor,
            origin: wire.origin,
        };
        match op {
            Op::Insert => (change.data, change.fields) = read_insert(wire.data, index)?,
            Op::Update => change.fields = read_update(wire.fields, wire.data.is_some(), index, now)?,
            Op::Delete => {
                let (at, field) = read_delete(wire.deleted_at, index, now)?;
                change.deleted_at = Some(at);
                change.fields = Fields::from([(DELETED_AT.to_owned(), field)]);
            }
        }
        change.named_space = wire.space_id.filter(|id| !id.is_empty()).or_else(|| space_in(&change.fields));
        if let Some(space_id) = &change.named_space {
            named("spaceId", space_id, NAME_MAX)?;
        }
        Ok(change)
    }

    /// The change as every reader will get it.
    pub(crate) fn to_wire(&self, event_id: &str, space_id: Option<&str>) -> String {
        let wire = Change::<&RawValue, &Fields> {
            event_id: event_id.to_owned(),
            schema_version: SCHEMA_VERSION,
            table: self.table.clone(),
            id: self.id.clone(),
            op: self.op,
            space_id: space_id.map(str::to_owned),
            data: self.data.as_deref(),
            fields: (self.op == Op::Update).then_some(&self.fields),
            deleted_at: self.deleted_at.clone(),
            actor: self.actor.clone(),
            origin: self.origin.clone(),
        };
        serde_json::to_string(&wire).expect("a change always serializes into memory")
    }
}

/// What a stored change does and sets: the inverse of [`Incoming::to_wire`].
pub(crate) fn read_stored(stored: &str) -> Option<(Op, Fields)> {
    let change: Change<&RawValue, Fields> = serde_json::from_str(stored).ok()?;
    let fields = match change.op {
        Op::Insert => read_insert(change.data, 0).ok()?.1,
        Op::Update => change.fields?,
        Op::Delete => Fields::from([(DELETED_AT.to_owned(), deletion(change.deleted_at?))]),
    };
    Some((change.op, fields))
}

fn read_op(op: String, index: usize) -> Result<Op, PushFault> {
    match op.as_str() {
        "insert" => Ok(Op::Insert),
        "update" => Ok(Op::Update),
        "delete" => Ok(Op::Delete),
        _ => Err(PushFault::Op { op, index }),
    }
}

/// An insert's data, and its fields under the time that the data itself names.
///
/// The time is `updatedAt`, else `createdAt`, else the beginning of time: it must be the same for every reader of this
/// change, and for the same insert sent again after a lost answer, so it can only come from the data.
fn read_insert(data: Option<&RawValue>, index: usize) -> Result<(Option<Box<RawValue>>, Fields), PushFault> {
    let malformed = |reason: String| PushFault::Change { reason, index };
    let data = match data {
        Some(raw) => stored(raw).map_err(|fault| malformed(format!("data: {fault}")))?,
        None => literal("{}"),
    };
    let values: IndexMap<String, Box<RawValue>> =
        serde_json::from_str(data.get()).map_err(|_| malformed("data is not an object".to_owned()))?;
    let at = ["updatedAt", "createdAt"].iter().find_map(|name| text_of(values.get(*name)?));
    let at = at.unwrap_or_else(|| EPOCH.to_owned());
    let stamp = |(name, value): (String, Box<RawValue>)| {
        check_field_name(&name, index)?;
        Ok((name, FieldChange { value, at: at.clone() }))
    };
    let fields = values.into_iter().map(stamp).collect::<Result<_, _>>()?;
    Ok((Some(data), fields))
}

/// An update's fields. A field without a value is set to `null`, one without a time is set now.
fn read_update(
    fields: Option<&RawValue>,
    has_data: bool,
    index: usize,
    now: DateTime<Utc>,
) -> Result<Fields, PushFault> {
    let malformed = |reason: &str| PushFault::Change { reason: reason.to_owned(), index };
    let Some(fields) = fields else {
        // Data beside no fields would be lost without a word.
        return if has_data { Err(malformed("an update has fields, not data")) } else { Ok(Fields::new()) };
    };
    let fields: IndexMap<String, &RawValue> =
        serde_json::from_str(fields.get()).map_err(|_| malformed("fields is not an object"))?;
    let read = |(name, raw): (String, &RawValue)| {
        check_field_name(&name, index)?;
        let field = read_field(raw, now).map_err(|reason| PushFault::Field { field: name.clone(), reason, index })?;
        Ok((name, field))
    };
    fields.into_iter().map(read).collect()
}

fn read_field(raw: &RawValue, now: DateTime<Utc>) -> Result<FieldChange, String> {
    let no_object = || "is not an object of value and at".to_owned();
    if is_list(raw.get().as_bytes()) {
        return Err(no_object());
    }
    let wire: Option<WireField<'_>> = serde_json::from_str(raw.get()).map_err(|_| no_object())?;
    let wire = wire.ok_or("is null instead of an object of value and at")?;
    let at = wire.at.or(wire.updated_at).filter(|at| !at.is_empty()).unwrap_or_else(|| rfc3339(now));
    if DateTime::parse_from_rfc3339(&at).is_err() {
        return Err(format!("has a time {:?} that is not RFC 3339", shown(&at)));
    }
    let value = wire.value.map_or_else(|| Ok(literal("null")), stored).map_err(|fault| format!("has a {fault}"))?;
    Ok(FieldChange { value, at })
}

fn read_delete(at: Option<String>, index: usize, now: DateTime<Utc>) -> Result<(String, FieldChange), PushFault> {
    let at = at.filter(|at| !at.is_empty()).unwrap_or_else(|| rfc3339(now));
    if DateTime::parse_from_rfc3339(&at).is_err() {
        return Err(PushFault::DeletedAt { deleted_at: at, index });
    }
    Ok((at.clone(), deletion(at)))
}

fn deletion(at: String) -> FieldChange {
    let value = serde_json::value::to_raw_value(&at).expect("a text always serializes into memory");
    FieldChange { value, at }
}

fn check_version(version: Option<i64>) -> Result<(), PushFault> {
    match version {
        Some(version) if version > i64::from(SCHEMA_VERSION) => Err(PushFault::SchemaVersion(version)),
        _ => Ok(()),
    }
}

fn check_field_name(name: &str, index: usize) -> Result<(), PushFault> {
    check_name("field name", name, usize::MAX).map_err(|fault| PushFault::Name { fault, index })
}

/// The space that a record itself says it belongs to.
fn space_in(fields: &Fields) -> Option<String> {
    text_of(&fields.get("spaceId")?.value).filter(|id| !id.is_empty())
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn stored(raw: &RawValue) -> Result<Box<RawValue>, JsonFault> {
    Ok(literal(&storable(raw.get())?))
}

fn literal(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).expect("valid JSON stays valid JSON")
}

/// Serde would take a list of a shape's values, in the order of its fields, for the shape.
fn is_list(json: &[u8]) -> bool {
    json.trim_ascii().starts_with(b"[")
}

/// A change's own position in the text says nothing to somebody who sees the push as a whole.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-20T12:00:00.000Z";

    fn read(body: &str) -> Result<Push, PushFault> {
        Push::read(body.as_bytes(), NOW.parse().unwrap())
    }

    fn read_change(change: &str) -> Result<Incoming, String> {
        let push = read(&format!(r#"{{"changes":[{change}]}}"#)).map_err(|fault| fault.to_string())?;
        Ok(push.changes.into_iter().next().unwrap())
    }

    fn stamps(change: &str) -> serde_json::Value {
        serde_json::to_value(read_change(change).unwrap().fields).unwrap()
    }

    #[test]
    fn faults_are_told_as_the_original_tells_them() {
        let check = |change: &str, expected: &str| assert_eq!(read_change(change).unwrap_err(), expected, "{change}");
        check(r#"{"table":"t","id":"1","op":"upsert"}"#, r#"invalid op "upsert" in change 0"#);
        check(r#"{"table":"t","id":"1"}"#, r#"invalid op "" in change 0"#);
        check("null", r#"invalid op "" in change 0"#);
        check(r#"{"op":"insert","id":"1"}"#, "missing table or id in change 0");
        check(r#"{"op":"insert","table":"t","id":""}"#, "missing table or id in change 0");
        assert_eq!(read(r#"{"schemaVersion":2}"#).unwrap_err().to_string(), "unsupported schemaVersion 2 (max 1)");
        assert!(read("{").unwrap_err().to_string().starts_with("invalid JSON: "));
    }

    #[test]
    fn faults_name_their_change_and_field() {
        let check = |change: &str, expected: &str| assert_eq!(read_change(change).unwrap_err(), expected, "{change}");
        let insert = |rest: &str| format!(r#"{{"op":"insert","table":"t","id":"1",{rest}}}"#);
        let update = |rest: &str| format!(r#"{{"op":"update","table":"t","id":"1",{rest}}}"#);
        check(&insert(r#""data":[]"#), "invalid JSON: data is not an object in change 0");
        check(&insert(r#""data":{"a\u0000":1}"#), "field name has a NUL in it in change 0");
        check(&insert(r#""data":{"a":1e999}"#), "invalid JSON: data: number out of range in change 0");
        check(&insert(r#""actor":1e999"#), "invalid JSON: actor: number out of range in change 0");
        check(&insert(r#""spaceId":7"#), "invalid JSON: invalid type: integer `7`, expected a string in change 0");
        check(&update(r#""data":{"a":1}"#), "invalid JSON: an update has fields, not data in change 0");
        check(&update(r#""fields":[]"#), "invalid JSON: fields is not an object in change 0");
        check(
            &update(r#""fields":{"x":null}"#),
            r#"field "x" is null instead of an object of value and at in change 0"#,
        );
        check(&update(r#""fields":{"x":3}"#), r#"field "x" is not an object of value and at in change 0"#);
        check(
            &update(r#""fields":{"x":{"value":1,"at":"soon"}}"#),
            r#"field "x" has a time "soon" that is not RFC 3339 in change 0"#,
        );
        check(&update(r#""fields":{"x":{"value":1e999}}"#), r#"field "x" has a number out of range in change 0"#);
        check(
            r#"{"op":"delete","table":"t","id":"1","deletedAt":"soon"}"#,
            r#"deletedAt "soon" is not an RFC 3339 time in change 0"#,
        );
        check(r#"{"op":"delete","table":"t\u0000","id":"1"}"#, "table has a NUL in it in change 0");
        check(r#"{"op":"delete","table":"t","id":"1\u0000"}"#, "id has a NUL in it in change 0");
        check(r#"{"op":"delete","table":"t","id":"1","spaceId":"\u0000"}"#, "spaceId has a NUL in it in change 0");
        let long = "x".repeat(1001);
        check(&format!(r#"{{"op":"delete","table":"t","id":"{long}"}}"#), "id is longer than 1000 bytes in change 0");
        check(&format!(r#"{{"op":"delete","table":"{long}","id":"1"}}"#), "table is longer than 200 bytes in change 0");
        let shortened = "x".repeat(60);
        check(
            &format!(r#"{{"op":"{long}","table":"t","id":"1"}}"#),
            &format!(r#"invalid op "{shortened}" in change 0"#),
        );
    }

    #[test]
    fn an_insert_is_stamped_by_its_own_data() {
        let insert = |data: serde_json::Value| json!({"op":"insert","table":"t","id":"1","data":data}).to_string();
        let at = |data| stamps(&insert(data))["title"]["at"].clone();
        assert_eq!(
            at(json!({"title":"x","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z"})),
            "2026-01-02T00:00:00Z"
        );
        assert_eq!(
            at(json!({"title":"x","createdAt":"2026-01-01T00:00:00Z","updatedAt":null})),
            "2026-01-01T00:00:00Z"
        );
        assert_eq!(at(json!({"title":"x"})), EPOCH);
        assert_eq!(stamps(r#"{"op":"insert","table":"t","id":"1"}"#), json!({}));
    }

    #[test]
    fn an_update_brings_its_own_times_under_either_name() {
        let fields = json!({
            "a": {"value": 1, "at": "2026-01-01T00:00:00Z"},
            "b": {"value": 2, "updatedAt": "2026-01-02T00:00:00+01:00"},
            "c": {"at": "2026-01-03T00:00:00Z"},
            "d": {"value": 4},
        });
        let change = json!({"op":"update","table":"t","id":"1","fields":fields}).to_string();
        let expected = json!({
            "a": {"value": 1, "at": "2026-01-01T00:00:00Z"},
            "b": {"value": 2, "at": "2026-01-02T00:00:00+01:00"},
            "c": {"value": null, "at": "2026-01-03T00:00:00Z"},
            "d": {"value": 4, "at": NOW},
        });
        assert_eq!(stamps(&change), expected);
        assert_eq!(stamps(r#"{"op":"update","table":"t","id":"1"}"#), json!({}));
    }

    #[test]
    fn a_delete_without_a_time_happens_now() {
        let delete = |at: &str| format!(r#"{{"op":"delete","table":"t","id":"1","deletedAt":{at}}}"#);
        assert_eq!(stamps(&delete("null")), json!({DELETED_AT: {"value": NOW, "at": NOW}}));
        let then = "2026-01-01T00:00:00Z";
        assert_eq!(stamps(&delete(&format!("{then:?}"))), json!({DELETED_AT: {"value": then, "at": then}}));
    }

    #[test]
    fn the_space_is_the_change_s_or_else_the_record_s() {
        let space = |change: serde_json::Value| read_change(&change.to_string()).unwrap().named_space;
        let check = |rest: serde_json::Value, expected: Option<&str>| {
            let mut change = json!({"table":"t","id":"1","op":"insert"});
            change.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            assert_eq!(space(change).as_deref(), expected, "{rest}");
        };
        check(json!({}), None);
        check(json!({"spaceId":""}), None);
        check(json!({"spaceId":"a","data":{"spaceId":"b"}}), Some("a"));
        check(json!({"data":{"spaceId":"b"}}), Some("b"));
        check(json!({"data":{"spaceId":7}}), None);
        check(json!({"op":"update","fields":{"spaceId":{"value":"c"}}}), Some("c"));
        check(json!({"op":"update","fields":{"spaceId":{"value":null}}}), None);
    }

    #[test]
    fn a_stored_change_sets_what_the_sent_one_set() {
        for change in [
            r#"{"op":"insert","table":"t","id":"1","data":{"z":9007199254740993,"a":{"y":1,"x":2},"updatedAt":"2026-01-01T00:00:00Z"}}"#,
            r#"{"op":"insert","table":"t","id":"1"}"#,
            r#"{"op":"update","table":"t","id":"1","fields":{"z":{"value":1.10},"a":{"value":null}}}"#,
            r#"{"op":"delete","table":"t","id":"1"}"#,
        ] {
            let change = read_change(change).unwrap();
            let text = |fields: &Fields| serde_json::to_string(fields).unwrap();
            let (op, stored) = read_stored(&change.to_wire("e1", None)).unwrap();
            assert_eq!((op, text(&stored)), (change.op, text(&change.fields)));
        }
    }

    #[test]
    fn a_change_goes_out_as_it_came_in() {
        let sent = r#"{"op":"insert","table":"t","id":"1","actor":{"b":1,"a":2},"origin":"agent","data":{"z":9007199254740993,"a":1.10}}"#;
        let wire = read_change(sent).unwrap().to_wire("e1", Some("s1"));
        let expected = r#"{"eventId":"e1","schemaVersion":1,"table":"t","id":"1","op":"insert","spaceId":"s1","data":{"z":9007199254740993,"a":1.10},"actor":{"b":1,"a":2},"origin":"agent"}"#;
        assert_eq!(wire, expected);
    }
}
