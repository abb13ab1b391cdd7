//! Whatever is sent: an answer that says what is wrong, and a session that goes on.

use serde_json::{Value, json};

use crate::rig::{list_tools, message, rig};

#[tokio::test]
async fn malformed_bodies_are_refused_and_the_session_goes_on() {
    let rig = rig().await;
    let (session, anna) = (rig.open_session("anna").await, rig.bearer("anna"));
    let deep = "[".repeat(200_000);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let arguments = format!(
        r#"{{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{{"name":"todo.create","arguments":{{"title":{nested}}}}}}}"#
    );
    let call = |title: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{{"name":"todo.create","arguments":{{"title":{title}}}}}}}"#
        )
        .into_bytes()
    };
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"7".to_vec(),
        b"{}".to_vec(),
        b"\xff\xfe".to_vec(),
        br#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#.to_vec(),
        br#"{"jsonrpc":"2.0","id":{},"method":"tools/list"}"#.to_vec(),
        deep.into_bytes(),
        nested.into_bytes(),
        arguments.into_bytes(),
        call(r#""\ud800""#),
        call("1e999"),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
        let request = rig.http.post(rig.endpoint()).header("authorization", &anna).header("mcp-session-id", &session);
        let request = request.header("accept", "application/json, text/event-stream");
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{shown}: {}", answer.status());
    }
    let headers = [("authorization", anna.as_str()), ("mcp-session-id", &session)];
    assert!(message(rig.post(&headers, list_tools()).await).await["result"]["tools"].is_array());
    assert!(rig.sync.pushed().is_empty());
}

#[tokio::test]
async fn odd_texts_come_back_as_they_were_written() {
    let rig = rig().await;
    let anna = rig.connect("anna").await;
    let odd = [
        "\u{0}",
        "\u{202e}abc",
        "🙂👩‍👩‍👧",
        "a\r\n\tb",
        "\u{feff}x",
        "\\u0000",
        "'; DROP TABLE tasks; --",
        "enc:1:x",
        "\u{10ffff}",
    ];
    for text in odd {
        anna.call("journal.add", json!({"content": text, "tags": [text]})).await;
        anna.call("todo.create", json!({"title": text})).await;
        anna.call("habits.create", json!({"title": text})).await;
    }
    let titles = async |tool: &str, many: &str, field: &str| {
        let listed = anna.call(tool, json!({})).await;
        let records = listed[many].as_array().unwrap().iter().map(|record| record[field].clone());
        records.collect::<Vec<Value>>()
    };
    assert_eq!(titles("todo.list", "tasks", "title").await, odd);
    assert_eq!(titles("habits.list", "habits", "title").await, odd);
}
