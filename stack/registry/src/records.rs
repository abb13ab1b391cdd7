//! A space's records: read decrypted, written encrypted.
//!
//! Which fields are encrypted is the collection's to say; nothing here knows a module.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use futures::{FutureExt as _, future::BoxFuture};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};
use stack_api::{
    collections::Collection,
    mcp::AGENT_ORIGIN,
    sync::{FieldChange, NewChange, Op, Record},
};
use stack_crypto::{MasterKey, decrypt_field, encrypt_field};

use crate::{Fault, ToolContext, context::timestamp, shape::Changes};

/// Records that could be read, and how many could not.
pub(crate) struct Readable<T> {
    pub records: Vec<T>,
    pub unreadable: usize,
}

/// `{"ok": true}`: the write is stored.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Done {
    /// Always true; a failure is an error.
    ok: bool,
}

pub(crate) const DONE: Done = Done { ok: true };

/// For `serde(default)`.
pub(crate) fn fifty() -> usize {
    50
}

/// For `skip_serializing_if`.
pub(crate) fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The arguments of every `module.archive`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Archive {
    /// Id of the record, as the list gives it.
    #[schemars(with = "uuid::Uuid")]
    id: String,
    /// False brings the record back.
    #[serde(default = "yes")]
    archived: bool,
}

fn yes() -> bool {
    true
}

/// A cursor behind every change that there will be.
const NOTHING_SINCE: &str = "9999-12-31T23:59:59.999Z";

type Answer = BoxFuture<'static, Result<Done, Fault>>;

/// The handler of a `module.archive`.
pub(crate) fn archive(collection: &'static Collection, kind: &'static str) -> impl Fn(Archive, ToolContext) -> Answer {
    move |input, call| {
        async move {
            let record = call.find(collection, kind, &input.id).await?;
            let fields = Map::from_iter([("isArchived".to_owned(), Value::from(input.archived))]);
            call.set(collection, &record, fields).await?;
            Ok(DONE)
        }
        .boxed()
    }
}

/// The handler of a `module.update` that sets what it is given, and no more.
pub(crate) fn update<C: Changes + 'static>(
    collection: &'static Collection,
    kind: &'static str,
) -> impl Fn(C, ToolContext) -> Answer {
    move |changes, call| async move { call.update(collection, kind, &changes).await }.boxed()
}

impl ToolContext {
    /// Sets the fields that `changes` names; it is refused when it names none.
    pub(crate) async fn update<C: Changes>(
        &self,
        collection: &Collection,
        kind: &'static str,
        changes: &C,
    ) -> Result<Done, Fault> {
        let fields = match serde_json::to_value(changes).map_err(Fault::Answer)? {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        if fields.is_empty() {
            let schema = crate::schema::of_input::<C>();
            let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
            let names: Vec<_> = names.filter(|name| *name != "id").collect();
            let reason = format!("nothing to change; name at least one of {}", names.join(", "));
            return Err(Fault::argument("arguments", reason));
        }
        let record = self.find(collection, kind, changes.id()).await?;
        self.set(collection, &record, fields).await?;
        Ok(DONE)
    }

    /// How many records a collection has in this space.
    pub(crate) async fn count(&self, collection: &Collection) -> Result<usize, Fault> {
        Ok(self.stored(collection).await?.len())
    }

    /// Every record of a collection in this space. What cannot be decrypted is counted, not guessed.
    pub(crate) async fn read<T: DeserializeOwned>(&self, collection: &Collection) -> Result<Readable<T>, Fault> {
        let (key, stored) = futures::try_join!(self.key(collection), self.stored(collection))?;
        let total = stored.len();
        let mut keys = Vec::from_iter(key);
        let mut opened: Vec<_> = stored.iter().map(|record| decrypted(record, collection, &keys)).collect();
        // A program that knows no keys of spaces writes there under its user's own, as the original's do.
        if self.shared && !keys.is_empty() && opened.iter().any(Option::is_none) {
            keys.push(self.services.master_keys.own(&self.services.auth, self).await?);
            opened = stored.iter().map(|record| decrypted(record, collection, &keys)).collect();
        }
        let readable = opened.into_iter().flatten().filter_map(|record| serde_json::from_value(record).ok());
        let records: Vec<T> = readable.collect();
        Ok(Readable { unreadable: total - records.len(), records })
    }

    /// Stores a new record.
    pub(crate) async fn insert<T: Serialize>(
        &self,
        collection: &Collection,
        id: &str,
        record: &T,
    ) -> Result<(), Fault> {
        let key = self.key(collection).await?;
        let mut data = match serde_json::to_value(record).map_err(Fault::Answer)? {
            Value::Object(data) => data,
            _ => Map::new(),
        };
        encrypt(&mut data, collection, key.as_deref());
        data.insert("spaceId".to_owned(), Value::from(&*self.space_id));
        let change = NewChange { data: Some(Value::Object(data)), ..self.change(collection, id, Op::Insert) };
        self.push(collection, change).await
    }

    /// The record that a tool is to change, as it is stored.
    pub(crate) async fn find(&self, collection: &Collection, kind: &'static str, id: &str) -> Result<Record, Fault> {
        let found = self.stored(collection).await?.into_iter().find(|record| record.id == id);
        found.ok_or_else(|| Fault::NotFound { kind, id: id.to_owned() })
    }

    /// Sets fields of a record, later than its last change.
    pub(crate) async fn set(
        &self,
        collection: &Collection,
        record: &Record,
        mut fields: Map<String, Value>,
    ) -> Result<(), Fault> {
        let at = timestamp(after(record, self.now));
        fields.insert("updatedAt".to_owned(), Value::from(at.as_str()));
        if collection.encrypted_fields.iter().any(|field| fields.contains_key(*field)) {
            let key = self.key(collection).await?;
            encrypt(&mut fields, collection, key.as_deref());
        }
        let change = |value: &Value| FieldChange { value: to_raw(value), at: at.clone() };
        let fields = fields.iter().map(|(name, value)| (name.clone(), change(value))).collect::<BTreeMap<_, _>>();
        let change = NewChange { fields: Some(fields), ..self.change(collection, &record.id, Op::Update) };
        self.push(collection, change).await
    }

    async fn stored(&self, collection: &Collection) -> Result<Vec<Record>, Fault> {
        let sync = &self.services.sync;
        let answer =
            sync.records(self.token.expose_secret(), collection.app_id, collection.table, &self.space_id).await;
        Ok(answer.map_err(Fault::of_sync)?.records)
    }

    /// Plain collections need no key, so they also work where there is none to be had.
    async fn key(&self, collection: &Collection) -> Result<Option<Arc<MasterKey>>, Fault> {
        if collection.encrypted_fields.is_empty() {
            return Ok(None);
        }
        self.services.master_keys.of(&self.services.auth, self).await.map(Some)
    }

    fn change(&self, collection: &Collection, id: &str, op: Op) -> NewChange {
        NewChange {
            table: collection.table.to_owned(),
            id: id.to_owned(),
            op,
            space_id: Some(self.space_id.to_string()),
            data: None,
            fields: None,
            deleted_at: None,
            origin: Some(AGENT_ORIGIN.to_owned()),
        }
    }

    /// The answer's list of others' changes is of no use here: it is asked for from where there are none.
    async fn push(&self, collection: &Collection, change: NewChange) -> Result<(), Fault> {
        let token = self.token.expose_secret();
        self.services.sync.push(token, collection.app_id, NOTHING_SINCE, vec![change]).await.map_err(Fault::of_sync)?;
        Ok(())
    }
}

fn encrypt(data: &mut Map<String, Value>, collection: &Collection, key: Option<&MasterKey>) {
    for field in collection.encrypted_fields {
        if let Some(value) = data.get_mut(*field) {
            let key = key.expect("a collection with encrypted fields brings its key");
            *value = encrypt_field(key, value);
        }
    }
}

/// The record with its id; `None` when a field opens under none of the keys.
fn decrypted(record: &Record, collection: &Collection, keys: &[Arc<MasterKey>]) -> Option<Value> {
    let mut data = Map::new();
    for (name, raw) in &record.data {
        let mut value: Value = serde_json::from_str(raw.get()).ok()?;
        if collection.encrypted_fields.contains(&name.as_str()) {
            value = keys.iter().find_map(|key| decrypt_field(key, &value).ok())?;
        }
        data.insert(name.clone(), value);
    }
    data.insert("id".to_owned(), Value::from(record.id.as_str()));
    Some(Value::Object(data))
}

/// A moment after the record's last change, so that this one wins, even when a device whose clock is ahead wrote that.
fn after(record: &Record, now: DateTime<Utc>) -> DateTime<Utc> {
    let last = record.data.get("updatedAt").and_then(|raw| serde_json::from_str::<DateTime<Utc>>(raw.get()).ok());
    last.and_then(|last| last.checked_add_signed(TimeDelta::milliseconds(1))).map_or(now, |next| now.max(next))
}

fn to_raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).expect("a JSON value can be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(updated_at: &str) -> Record {
        let data = BTreeMap::from([("updatedAt".to_owned(), RawValue::from_string(updated_at.to_owned()).unwrap())]);
        Record { table: "t".into(), id: "r".into(), space_id: None, data }
    }

    #[test]
    fn a_change_is_dated_after_the_last_one() {
        let now: DateTime<Utc> = "2026-11-20T08:00:00Z".parse().unwrap();
        let check = |updated_at: &str, expected: &str| {
            assert_eq!(timestamp(after(&record(updated_at), now)), expected, "{updated_at}");
        };
        check(r#""2026-11-20T07:59:59.999Z""#, "2026-11-20T08:00:00.000Z");
        check(r#""2026-11-20T08:00:00.000Z""#, "2026-11-20T08:00:00.001Z");
        check(r#""2026-11-20T10:00:00+01:00""#, "2026-11-20T09:00:00.001Z");
        for unusable in ["null", "17", r#""yesterday""#] {
            check(unusable, "2026-11-20T08:00:00.000Z");
        }
    }
}
