//! JSON as JavaScript's `JSON.stringify` writes it.
//!
//! Two writers that encrypt the same value under the same key and nonce must get the same bytes. `serde_json` differs
//! from ECMA-262 in two places: the text of a floating-point number, and the order of integer-like keys.

use std::io;

use serde::Serialize;
use serde_json::{
    Map, Serializer, Value,
    ser::{CompactFormatter, Formatter},
};

/// `value` as `JSON.stringify(value)` would write it.
///
/// Integers beyond 2^53, which a JavaScript number cannot hold, keep their digits.
#[must_use]
pub fn to_js_json(value: &Value) -> String {
    let mut out = Vec::new();
    in_property_order(value)
        .serialize(&mut Serializer::with_formatter(&mut out, JsNumbers))
        .expect("a JSON value always serializes into memory");
    String::from_utf8(out).expect("serde_json writes UTF-8")
}

/// Number::toString of ECMA-262 for floats; everything else as `serde_json` has it.
struct JsNumbers;

impl Formatter for JsNumbers {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        CompactFormatter.write_string_fragment(writer, fragment)
    }
}

/// OrdinaryOwnPropertyKeys of ECMA-262: integer indices ascending, then the other keys as they came.
fn in_property_order(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(in_property_order).collect(),
        Value::Object(map) => {
            let mut indices: Vec<(u32, &String)> = map.keys().filter_map(|k| Some((array_index(k)?, k))).collect();
            indices.sort_unstable();
            let others = map.keys().filter(|k| array_index(k).is_none());
            let keys = indices.into_iter().map(|(_, key)| key).chain(others);
            Value::Object(keys.map(|k| (k.clone(), in_property_order(&map[k]))).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_in_javascript() {
        for (json, expected) in [
            ("1.0", "1"),
            ("1e21", "1e+21"),
            ("1e-7", "1e-7"),
            ("-0.0", "0"),
            ("0.1", "0.1"),
            ("123456789012345680000.0", "123456789012345680000"),
            ("9007199254740993", "9007199254740993"),
            (r#"{"b":1,"10":2,"9":3,"01":4,"a":5}"#, r#"{"9":3,"10":2,"b":1,"01":4,"a":5}"#),
            (r#""ü\u0000\u001f\n\"\\/""#, r#""ü\u0000\u001f\n\"\\/""#),
            ("[ [ ], { } ]", "[[],{}]"),
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert_eq!(to_js_json(&value), expected, "for {json}");
        }
    }
}
