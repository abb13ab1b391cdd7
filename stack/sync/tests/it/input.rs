//! Whatever is sent: an answer that makes sense, and a store that stays readable.

use serde_json::{Value, json};
use stack_api::sync::EPOCH;

use crate::rig::{Rig, in_space, task, titles};

#[tokio::test]
async fn big_numbers_and_the_order_of_keys_survive() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let data = r#"{"zebra":9007199254740993,"apfel":{"z":1,"a":[12345678901234567890,1.10,-0.0,1E+2]},"updatedAt":"2026-01-01T00:00:00Z"}"#;
    let fields = r#"{"zebra":{"value":18446744073709551617,"at":"2026-01-02T00:00:00Z"},"neu":{"value":{"y":1,"b":2},"at":"2026-01-02T00:00:00Z"}}"#;
    let body = format!(
        r#"{{"changes":[{{"table":"tasks","id":"t1","op":"insert","data":{data}}},
            {{"table":"tasks","id":"t1","op":"update","fields":{fields}}}]}}"#
    );
    assert_eq!(anna.send("todo", body).await.status, 200);
    let pulled = anna.get(&format!("/sync/todo/pull?collection=tasks&since={EPOCH}")).await.text;
    assert!(pulled.contains(data), "{pulled}");
    assert!(pulled.contains(fields), "{pulled}");
    let listed = anna.get("/sync/todo/records?collection=tasks").await.text;
    let folded = r#""data":{"zebra":18446744073709551617,"apfel":{"z":1,"a":[12345678901234567890,1.10,-0.0,1E+2]},"updatedAt":"2026-01-01T00:00:00Z","neu":{"y":1,"b":2}}"#;
    assert!(listed.contains(folded), "{listed}");
    let text = anna.stream("").await.next().await.unwrap().data;
    assert_eq!(text["changes"][0]["data"]["apfel"]["a"][0], json!(12_345_678_901_234_567_890_u64));
}

#[tokio::test]
async fn odd_texts_are_kept() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let odd = [
        "\u{0}",
        "\u{202e}abc",
        "🙂👩‍👩‍👧",
        "a\r\n\tb",
        "\u{feff}",
        "\\u0000",
        "'; DROP TABLE sync_changes; --",
        "\u{e000}\u{10ffff}",
    ];
    let changes: Vec<_> = odd.iter().enumerate().map(|(n, text)| task(&format!("t{n}"), text)).collect();
    anna.push(json!(changes)).await;
    assert_eq!(titles(&anna.records().await), odd);
    anna.push(json!([{"table": "täsks\u{202e}", "id": "'\"🙂", "op": "insert", "data": {"ключ": 1}}])).await;
    let path = "/sync/todo/records?collection=t%C3%A4sks%E2%80%AE";
    assert_eq!(anna.get(path).await.json()["records"][0]["id"], "'\"🙂");
}

#[tokio::test]
async fn half_a_surrogate_pair_becomes_the_replacement_character() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let body = r#"{"changes":[{"table":"tasks","id":"t1","op":"insert","data":{"title":"a\ud83db"}}]}"#;
    assert_eq!(anna.send("todo", body).await.status, 200);
    assert_eq!(titles(&anna.records().await), ["a\u{fffd}b"]);
}

/// Bodies that no well-meaning client sends: all of them are refused, none breaks the connection or the store.
#[tokio::test]
async fn malformed_pushes_are_refused_by_name() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let change = |rest: &str| format!(r#"{{"changes":[{{"table":"tasks","id":"t1","op":"update",{rest}}}]}}"#);
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let bodies: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "invalid JSON"),
        (b"null".to_vec(), "invalid JSON"),
        (b"[]".to_vec(), "invalid JSON"),
        (br#"["client",null,[],1]"#.to_vec(), "invalid JSON: a push is an object"),
        (br#"{"changes":[["tasks","t1","insert"]]}"#.to_vec(), "invalid JSON: a change is an object in change 0"),
        (
            change(r#""fields":{"x":[1,"2026-01-01T00:00:00Z",null]}"#).into_bytes(),
            r#"field "x" is not an object of value and at"#,
        ),
        (b"{\"changes\":[".to_vec(), "invalid JSON"),
        (b"{\"changes\":{}}".to_vec(), "invalid JSON"),
        (b"{\"changes\":[]} x".to_vec(), "invalid JSON"),
        (b"{\"since\":\"\xff\xfe\"}".to_vec(), "invalid JSON"),
        (br#"{"schemaVersion":"1"}"#.to_vec(), "invalid JSON"),
        (br#"{"schemaVersion":1e300}"#.to_vec(), "invalid JSON"),
        (br#"{"clientId":"\u0000"}"#.to_vec(), "clientId has a NUL in it"),
        (br#"{"clientId":"\ud800"}"#.to_vec(), "invalid JSON"),
        (deep.clone().into_bytes(), "invalid JSON"),
        (br#"{"changes":[null]}"#.to_vec(), r#"invalid op "" in change 0"#),
        (br#"{"changes":["x"]}"#.to_vec(), "invalid JSON"),
        (br#"{"changes":[{"table":"tasks","id":7,"op":"insert"}]}"#.to_vec(), "invalid JSON"),
        (br#"{"changes":[{"table":"tasks","id":"\udc00","op":"insert"}]}"#.to_vec(), "invalid JSON"),
        (change(r#""fields":{"x":null}"#).into_bytes(), r#"field "x" is null"#),
        (
            change(r#""fields":{"x":{"value":1,"at":"9999-99-99"}}"#).into_bytes(),
            r#"field "x" has a time "9999-99-99""#,
        ),
        (change(r#""fields":{"x":{"value":1,"at":7}}"#).into_bytes(), r#"field "x" is not an object"#),
        (change(&format!(r#""fields":{{"x":{{"value":{deep}}}}}"#)).into_bytes(), r#"field "x" has a value nested"#),
        (change(r#""fields":{"x":{"value":1e999}}"#).into_bytes(), r#"field "x" has a number out of range"#),
        (change(r#""fields":{"\u0000":{"value":1}}"#).into_bytes(), "field name has a NUL in it"),
        (change(r#""fields":7"#).into_bytes(), "invalid JSON: fields is not an object"),
        (change(r#""schemaVersion":9,"fields":{}"#).into_bytes(), "unsupported schemaVersion 9"),
    ];
    for (body, expected) in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
        let answer = anna.send("todo", body).await;
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text);
        assert!(answer.text.starts_with(expected), "{shown}: {}", answer.text);
    }
    assert!(anna.records().await.is_empty());
}

#[tokio::test]
async fn odd_paths_and_queries_are_refused() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    let long = "x".repeat(201);
    for path in [
        format!("/sync/a%00b/pull?collection=tasks&since={EPOCH}"),
        format!("/sync/todo/pull?collection=%00&since={EPOCH}"),
        format!("/sync/{long}/pull?collection=tasks&since={EPOCH}"),
        format!("/sync/todo/pull?collection={long}&since={EPOCH}"),
        format!("/sync/todo/pull?collection=a&collection=b&since={EPOCH}"),
        "/sync/todo/records?collection=%00".to_owned(),
        "/sync/todo/records?collection=tasks&space=%00".to_owned(),
        "/sync/todo/stream?collections=a,%00".to_owned(),
        "/sync/%FF%FE/records?collection=tasks".to_owned(),
    ] {
        let answer = anna.get(&path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
    }
    assert_eq!(anna.send("a%00b", "{}").await.refusal(), (400, "appId has a NUL in it"));
    let long_client = anna.in_client(&long).get(&format!("/sync/todo/pull?collection=tasks&since={EPOCH}")).await;
    assert_eq!(long_client.refusal(), (400, "X-Client-Id is longer than 200 bytes"));
}

#[tokio::test]
async fn the_longest_names_fit() {
    let rig = Rig::start().await;
    let anna = rig.person("anna");
    // Random, because PostgreSQL compresses what repeats before it measures.
    let name = |length: usize| -> String {
        std::iter::repeat_with(|| uuid::Uuid::new_v4().simple().to_string())
            .flat_map(|s| s.into_bytes())
            .take(length)
            .map(char::from)
            .collect()
    };
    let (app, table, id, space) = (name(200), name(200), name(1000), name(200));
    rig.share(&space, &[&anna]);
    let change = in_space(&space, json!({"table": table, "id": id, "op": "insert", "data": {name(5000): 1}}));
    let answer = anna.send(&app, json!({"changes": [change]}).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let listed = anna.get(&format!("/sync/{app}/records?collection={table}&space={space}")).await.json();
    assert_eq!(listed["records"][0]["id"], Value::String(id));
}
