//! Arguments against a schema, and what is wrong with them in words that name the field and the reason.

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind, paths::LocationSegment};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{ArgumentFault, Fault, error::shortened, nearest::nearest};

/// Faults told at most; a caller who got more wrong reads the schema again anyway.
const TOLD: usize = 10;

pub(crate) fn validator(schema: &Map<String, Value>) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&Value::Object(schema.clone()))
}

/// Everything that is wrong, in the order of the fields.
pub(crate) fn faults(validator: &Validator, schema: &Map<String, Value>, given: &Value) -> Vec<ArgumentFault> {
    validator.iter_errors(given).flat_map(|error| told(&error, schema)).take(TOLD).collect()
}

/// Arguments as a Rust type. What fits the schema fits the type, which has the same source; the rare value that does
/// not (a number beyond 64 bits) is told without its place.
pub(crate) fn read<T: DeserializeOwned>(given: Value) -> Result<T, Fault> {
    serde_json::from_value(given).map_err(|error| Fault::argument("arguments", error.to_string()))
}

/// JSON Schema counts `5.0` as an integer and models write it, but Rust reads it as none.
pub(crate) fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(whole_numbers).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, whole_numbers(field))).collect(),
        Value::Number(number) => Value::Number(whole(&number).map_or(number, Into::into)),
        other => other,
    }
}

fn whole(number: &serde_json::Number) -> Option<i64> {
    const EXACT: f64 = crate::schema::SAFE_INTEGER_MAX as f64;
    let float = number.as_f64().filter(|_| number.is_f64())?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53: nothing is cut off")]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

/// One schema error may name several fields.
fn told(error: &ValidationError<'_>, schema: &Map<String, Value>) -> Vec<ArgumentFault> {
    let place = place(error);
    let one = |field: String, reason: String| vec![ArgumentFault { field, reason }];
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known: Vec<&str> = schema_at(schema, error)
                .and_then(|schema| schema.get("properties")?.as_object())
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect();
            unexpected
                .iter()
                .map(|name| ArgumentFault {
                    field: inside(&place, &shortened(name)),
                    reason: unknown_field(name, &known),
                })
                .collect()
        }
        ValidationErrorKind::Required { property } => {
            one(inside(&place, property.as_str().unwrap_or_default()), "is missing".to_owned())
        }
        kind => one(if place.is_empty() { "arguments".to_owned() } else { place }, reason(kind, error)),
    }
}

/// The part of the schema that describes the value which the error is about.
fn schema_at<'a>(schema: &'a Map<String, Value>, error: &ValidationError<'_>) -> Option<&'a Map<String, Value>> {
    error.instance_path().segments().try_fold(schema, |schema, segment| match segment {
        LocationSegment::Property(name) => schema.get("properties")?.get(&*name)?.as_object(),
        LocationSegment::Index(_) => schema.get("items")?.as_object(),
    })
}

fn unknown_field(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("no such field; did you mean {meant}?"),
        None if known.is_empty() => "no such field; the tool takes none".to_owned(),
        None => format!("no such field; there are {}", known.join(", ")),
    }
}

fn reason(kind: &ValidationErrorKind, error: &ValidationError<'_>) -> String {
    let given = error.instance();
    let length = || given.as_str().map_or(0, |text| text.chars().count());
    match kind {
        ValidationErrorKind::MaxLength { limit } => format!("has {} characters; at most {limit} are allowed", length()),
        ValidationErrorKind::MinLength { limit: 1 } => "must not be empty".to_owned(),
        ValidationErrorKind::MinLength { limit } => format!("has {} characters; at least {limit} are needed", length()),
        ValidationErrorKind::Maximum { limit } => format!("is {}; at most {limit} is allowed", shown(given)),
        ValidationErrorKind::Minimum { limit } => format!("is {}; at least {limit} is needed", shown(given)),
        ValidationErrorKind::Pattern { pattern } => format!("is {}, which does not match {pattern}", shown(given)),
        ValidationErrorKind::Format { format } => format!("is {}, which is not {}", shown(given), form(format)),
        ValidationErrorKind::Enum { options } => {
            let words: Vec<_> = options.as_array().into_iter().flatten().map(bare).collect();
            format!("is {}; allowed are {}", shown(given), words.join(", "))
        }
        ValidationErrorKind::Type { kind } => format!("is {}; must be {}", type_of(given), types(kind)),
        // The validator's own words, without the value, which may be long.
        _ => error.masked().to_string(),
    }
}

fn form(format: &str) -> String {
    match format {
        "date" => "a date such as 2026-11-20".to_owned(),
        "date-time" => "an RFC 3339 time such as 2026-11-20T08:00:00Z".to_owned(),
        "uuid" => "a UUID".to_owned(),
        other => format!("of the format {other}"),
    }
}

fn types(kind: &jsonschema::error::TypeKind) -> String {
    match kind {
        jsonschema::error::TypeKind::Single(one) => with_article(one.as_str()),
        jsonschema::error::TypeKind::Multiple(several) => {
            several.iter().map(|one| with_article(one.as_str())).collect::<Vec<_>>().join(" or ")
        }
    }
}

fn type_of(value: &Value) -> String {
    with_article(match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number with a fraction",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    })
}

fn with_article(word: &str) -> String {
    match word {
        "null" => word.to_owned(),
        "integer" => "a whole number".to_owned(),
        _ if word.starts_with(['a', 'o']) => format!("an {word}"),
        _ => format!("a {word}"),
    }
}

fn shown(value: &Value) -> String {
    shortened(&value.to_string())
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `tags[2]` for the JSON pointer `/tags/2`.
fn place(error: &ValidationError<'_>) -> String {
    error.instance_path().segments().fold(String::new(), |place, segment| match segment {
        LocationSegment::Property(name) => inside(&place, &name),
        LocationSegment::Index(index) => format!("{place}[{index}]"),
    })
}

fn inside(place: &str, field: &str) -> String {
    if place.is_empty() { field.to_owned() } else { format!("{place}.{field}") }
}
