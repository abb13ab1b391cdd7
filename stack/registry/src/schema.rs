//! JSON Schemas of what tools take and give, made from the Rust types.
//!
//! Written for the reader at the other end: no references to follow, no Rust names, no number formats that only
//! Rust knows.

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};

/// The largest integer that every JSON reader holds exactly: 2^53 - 1.
pub(crate) const SAFE_INTEGER_MAX: i64 = 9_007_199_254_740_991;

pub(crate) fn of_input<T: JsonSchema>() -> Map<String, Value> {
    make::<T>(SchemaSettings::draft2020_12().for_deserialize())
}

pub(crate) fn of_output<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    // A default says how records of other programs are read, which is nothing about the answer.
    make::<T>(settings.with_transform(RecursiveTransform(|schema: &mut Schema| {
        schema.remove("default");
    })))
}

fn make<T: JsonSchema>(settings: SchemaSettings) -> Map<String, Value> {
    let settings = settings.with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    });
    let settings = settings.with_transform(RecursiveTransform(forget_rust));
    let mut schema = match settings.into_generator().into_root_schema_for::<T>().to_value() {
        Value::Object(schema) => schema,
        other => Map::from_iter([("not an object".to_owned(), other)]),
    };
    schema.remove("description");
    if schema.get("type") == Some(&json!("object")) {
        // A tool without arguments says so; some clients insist on the key.
        schema.entry("properties").or_insert_with(|| json!({}));
    }
    schema
}

/// Type names, serde's attributes and `uint32` mean nothing to a caller; doc comments of fields do.
fn forget_rust(schema: &mut Schema) {
    schema.remove("title");
    schema.remove("writeOnly");
    let of_rust = |format: &str| ["int", "uint", "float", "double"].iter().any(|start| format.starts_with(start));
    if schema.get("format").and_then(Value::as_str).is_some_and(of_rust) {
        schema.remove("format");
    }
}
