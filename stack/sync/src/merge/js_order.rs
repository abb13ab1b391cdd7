//! The order of two values by the text that `JSON.stringify` makes of them, in UTF-16 units.
//!
//! A browser decides ties with `JSON.stringify(a) > JSON.stringify(b)`; this is the same comparison without a browser.
//! It is an order for deciding, not a way to write values: as in JavaScript, digits beyond 2^53 do not count.

use std::cmp::Ordering;

use serde_json::Value;

/// How `a` compares with `b`, both JSON texts.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    match (serde_json::from_str(a), serde_json::from_str(b)) {
        (Ok(a), Ok(b)) => stringify(&a).encode_utf16().cmp(stringify(&b).encode_utf16()),
        _ => a.cmp(b),
    }
}

fn stringify(value: &Value) -> String {
    match value {
        Value::Number(number) => number_text(number.as_f64().unwrap_or_default()),
        Value::Array(items) => format!("[{}]", join(items.iter().map(stringify))),
        Value::Object(map) => {
            // JavaScript lists integer-like keys first, ascending.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| array_index(key).map_or((true, 0), |index| (false, index)));
            let pairs = entries.into_iter().map(|(key, value)| format!("{}:{}", quoted(key), stringify(value)));
            format!("{{{}}}", join(pairs))
        }
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) => value.to_string(),
    }
}

fn number_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { ryu_js::Buffer::new().format(number).to_owned() }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

fn array_index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok()?;
    (index != u32::MAX && index.to_string() == key).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right-hand texts are what a browser's console answers to `JSON.stringify(JSON.parse(…))`.
    #[test]
    fn values_are_written_as_a_browser_writes_them() {
        let check = |sent: &str, written: &str| {
            assert_eq!(stringify(&serde_json::from_str(sent).unwrap()), written, "{sent}");
        };
        check("1.0", "1");
        check("-0", "0");
        check("1e21", "1e+21");
        check("1e-7", "1e-7");
        check("100000000000000000000", "100000000000000000000");
        check("9007199254740993", "9007199254740992");
        check(r#""\u00fc\u0001\/\n""#, "\"ü\\u0001/\\n\"");
        check(r#"{"b":1,"10":2,"a":[null,true],"9":3,"01":4}"#, r#"{"9":3,"10":2,"b":1,"a":[null,true],"01":4}"#);
    }

    #[test]
    fn texts_compare_in_utf_16_units() {
        let check = |a: &str, b: &str, order| assert_eq!(compare(a, b), order, "{a} {b}");
        check("\"a\"", "\"b\"", Ordering::Less);
        check("1.0", "1", Ordering::Equal);
        check("10", "9", Ordering::Less);
        check("null", "\"x\"", Ordering::Greater);
        // By code point U+FFFD comes first; as UTF-16 the surrogates of U+1F642 do.
        check("\"🙂\"", "\"\u{fffd}\"", Ordering::Less);
    }
}
