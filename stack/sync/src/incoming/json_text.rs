//! A value as it is stored: the text that was sent, made safe for every later reader.
//!
//! Numbers and the order of keys stay as they are. Blanks between tokens go, so that a value is one line. Half a
//! surrogate pair, which no Unicode text can hold, becomes U+FFFD. Refused is what a reader's parser would choke on and
//! then lose the whole list over: nesting beyond [`DEPTH_MAX`] and numbers beyond what a double can hold.

/// Parsers commonly stop at 128 levels; a value lies a few levels deep in the answer that carries it.
const DEPTH_MAX: usize = 100;

/// What makes a value unfit to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonFault {
    #[error("value nested more than {DEPTH_MAX} levels deep")]
    TooDeep,
    #[error("number out of range")]
    NumberOutOfRange,
}

/// `json`, which must be valid JSON, in the form in which it is stored.
pub(crate) fn storable(json: &str) -> Result<String, JsonFault> {
    let bytes = json.as_bytes();
    let mut out = String::with_capacity(json.len());
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'"' => {
                at = copy_string(json, at, &mut out);
                continue;
            }
            b'-' | b'0'..=b'9' => end_of_number(bytes, at),
            b'[' | b'{' => {
                depth += 1;
                at + 1
            }
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
        let token = &json[at..end];
        if depth > DEPTH_MAX {
            return Err(JsonFault::TooDeep);
        }
        if end > at + 1 && !token.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err(JsonFault::NumberOutOfRange);
        }
        out.push_str(token);
        at = end;
    }
    Ok(out)
}

fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let inside = |b: &u8| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    bytes[start..].iter().position(|b| !inside(b)).map_or(bytes.len(), |length| start + length)
}

/// Copies the string that starts at `start` and says where it ends.
fn copy_string(json: &str, start: usize, out: &mut String) -> usize {
    const ESCAPE: usize = r"\u0000".len();
    let bytes = json.as_bytes();
    let (mut at, mut copied) = (start + 1, start);
    loop {
        match bytes.get(at) {
            Some(b'\\') => match unicode_escape(bytes, at) {
                Some(0xD800..=0xDBFF) if matches!(unicode_escape(bytes, at + ESCAPE), Some(0xDC00..=0xDFFF)) => {
                    at += 2 * ESCAPE;
                }
                Some(0xD800..=0xDFFF) => {
                    out.push_str(&json[copied..at]);
                    out.push_str(r"\ufffd");
                    at += ESCAPE;
                    copied = at;
                }
                _ => at += 2,
            },
            Some(b'"') | None => break,
            Some(_) => at += 1,
        }
    }
    let end = (at + 1).min(bytes.len());
    out.push_str(&json[copied..end]);
    end
}

fn unicode_escape(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?.strip_prefix(br"\u")?;
    u16::from_str_radix(str::from_utf8(escape).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn numbers_and_key_order_stay_and_blanks_go() {
        let check = |sent: &str, stored: &str| assert_eq!(storable(sent).as_deref(), Ok(stored), "{sent}");
        check(
            r#" { "z" : 9007199254740993 , "a" : [ 1.10 , -0 , 1E+3 ] } "#,
            r#"{"z":9007199254740993,"a":[1.10,-0,1E+3]}"#,
        );
        check("\"a b\\n \\\" c\"", "\"a b\\n \\\" c\"");
        check("123456789012345678901234567890", "123456789012345678901234567890");
        check("[true,\r\n\tfalse , null]", "[true,false,null]");
        check("\"🙂 \u{202e}ü\"", "\"🙂 \u{202e}ü\"");
    }

    #[test]
    fn only_half_a_surrogate_pair_is_replaced() {
        let check = |sent: &str, stored: &str| assert_eq!(storable(sent).as_deref(), Ok(stored), "{sent}");
        check(r#""\ud83d\ude42""#, r#""\ud83d\ude42""#);
        check(r#""\ud83d""#, r#""\ufffd""#);
        check(r#""a\ude42b""#, r#""a\ufffdb""#);
        check(r#""\ud83d\ud83d\ude42""#, r#""\ufffd\ud83d\ude42""#);
        check(r#""\\ud83d""#, r#""\\ud83d""#);
        check(r#"{"\udc00":"\u0000"}"#, r#"{"\ufffd":"\u0000"}"#);
    }

    #[test]
    fn what_a_reader_cannot_parse_is_refused() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(storable(&nested(100)), Ok(nested(100)));
        assert_eq!(storable(&nested(101)), Err(JsonFault::TooDeep));
        assert_eq!(storable(&"[".repeat(1_000_000)), Err(JsonFault::TooDeep));
        assert_eq!(storable(&"[0],".repeat(1000)), Ok("[0],".repeat(1000)), "beside each other is not deep");
        for huge in ["1e400", "-1e400", &"9".repeat(400)] {
            assert_eq!(storable(huge), Err(JsonFault::NumberOutOfRange), "{huge}");
        }
        assert_eq!(storable("1e-400").as_deref(), Ok("1e-400"));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..5)
                    .prop_map(|o| Value::Object(o.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_stored_text_is_the_compact_form_of_what_was_sent(value in value()) {
            let compact = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(storable(&serde_json::to_string_pretty(&value).unwrap()), Ok(compact.clone()));
            prop_assert_eq!(storable(&compact), Ok(compact));
        }
    }
}
