//! The Messages API: its rules and its streams.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{KEY, Reply, Request};

/// A block of an answer.
pub(crate) enum Block {
    Text(&'static str),
    /// Id, name, and the input as the model writes it.
    Tool(&'static str, &'static str, &'static str),
}

/// What is wrong with a request, as the real service would find it.
pub(crate) fn rules(request: &Request) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, rule: &str| {
        if !holds {
            faults.push(format!("{rule}: {}", request.body));
        }
    };
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    must(request.line == "POST /v1/messages HTTP/1.1", &request.line);
    must(header("x-api-key") == Some(KEY), "x-api-key is the key");
    must(header("anthropic-version") == Some("2023-06-01"), "anthropic-version is known");
    let body = &request.body;
    must(body["model"].as_str().is_some_and(|model| !model.is_empty()), "there is a model");
    must((1..=8192).contains(&body["max_tokens"].as_u64().unwrap_or(0)), "max_tokens is sensible");
    must(body["stream"] == json!(true), "a stream is asked for");
    let tools = body["tools"].as_array().cloned().unwrap_or_default();
    let allowed = |name: &str| {
        (1..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
    let names: HashSet<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    must(!tools.is_empty() && names.len() == tools.len(), "tools have names of their own");
    must(names.iter().all(|name| allowed(name)), "tools have allowed names");
    must(tools.iter().all(|tool| tool["input_schema"]["type"] == json!("object")), "inputs are objects");
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    must(messages.first().is_some_and(|message| message["role"] == "user"), "the user begins");
    for (n, message) in messages.iter().enumerate() {
        let blocks = blocks(message);
        let of = |kind: &str| -> Vec<&Value> { blocks.iter().filter(|block| block["type"] == *kind).collect() };
        must(!blocks.is_empty(), "no message is empty");
        must(of("text").iter().all(|text| !text["text"].as_str().unwrap_or("").trim().is_empty()), "no text is empty");
        must(of("tool_use").iter().all(|call| call["input"].is_object()), "a call's input is an object");
        // Messages of the user that follow each other count as one.
        let answers: Vec<Value> = messages[n + 1..]
            .iter()
            .take_while(|message| message["role"] == "user")
            .flat_map(self::blocks)
            .filter(|block| block["type"] == "tool_result")
            .collect();
        if message["role"] == "assistant" {
            let asked: Vec<&Value> = of("tool_use").iter().map(|call| &call["id"]).collect();
            let answered: Vec<&Value> = answers.iter().map(|result| &result["tool_use_id"]).collect();
            must(asked == answered, "each call has its result, in the next message");
            must(asked.iter().collect::<HashSet<_>>().len() == asked.len(), "ids are unique");
            let last = blocks.last().and_then(|block| block["text"].as_str()).unwrap_or("x");
            must(!last.ends_with(char::is_whitespace), "no white space ends an answer that goes on");
        } else {
            let results = of("tool_result").len();
            let before = n > 0 && messages[n - 1]["role"] == "assistant";
            must(results == 0 || before, "a result follows its call");
        }
    }
    faults
}

fn blocks(message: &Value) -> Vec<Value> {
    match &message["content"] {
        Value::String(text) => vec![json!({ "type": "text", "text": text })],
        Value::Array(blocks) => blocks.clone(),
        _ => Vec::new(),
    }
}

fn event(name: &str, mut data: Value) -> String {
    data["type"] = json!(name);
    format!("event: {name}\ndata: {data}\n\n")
}

/// The stream of a whole answer.
pub(crate) fn stream(blocks: &[Block], stop: &str) -> String {
    let mut text = event(
        "message_start",
        json!({ "message": { "id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m",
            "stop_reason": null, "stop_sequence": null, "usage": { "input_tokens": 20,
            "cache_creation_input_tokens": 1000, "cache_read_input_tokens": 300, "output_tokens": 1 } } }),
    );
    text += &event("ping", json!({}));
    for (index, block) in blocks.iter().enumerate() {
        text += &block_stream(index, block);
        text += &event("content_block_stop", json!({ "index": index }));
    }
    let delta = json!({ "delta": { "stop_reason": stop, "stop_sequence": null }, "usage": { "output_tokens": 15 } });
    text + &event("message_delta", delta) + &event("message_stop", json!({}))
}

/// A block without its end.
fn block_stream(index: usize, block: &Block) -> String {
    let start = |block: Value| event("content_block_start", json!({ "index": index, "content_block": block }));
    let delta = |delta: Value| event("content_block_delta", json!({ "index": index, "delta": delta }));
    let letters = |text: &str| text.chars().collect::<Vec<_>>();
    match block {
        Block::Text(said) => {
            let mut text = start(json!({ "type": "text", "text": "" }));
            for piece in letters(said).chunks(9) {
                text += &delta(json!({ "type": "text_delta", "text": String::from_iter(piece) }));
            }
            text
        }
        Block::Tool(id, name, input) => {
            let mut text = start(json!({ "type": "tool_use", "id": id, "name": name, "input": {} }));
            text += &delta(json!({ "type": "input_json_delta", "partial_json": "" }));
            for piece in letters(input).chunks(7) {
                text += &delta(json!({ "type": "input_json_delta", "partial_json": String::from_iter(piece) }));
            }
            text
        }
    }
}

/// A whole answer.
pub(crate) fn says(blocks: &[Block], stop: &str) -> Reply {
    Reply::Stream(stream(blocks, stop))
}

/// An answer in text that ends the turn.
pub(crate) fn text(said: &'static str) -> Reply {
    says(&[Block::Text(said)], "end_turn")
}

/// An answer that breaks off in the middle of a call.
pub(crate) fn torn() -> String {
    let whole = stream(&[Block::Tool("toolu_torn", "todo_create", r#"{"title":"Nie angelegt"}"#)], "tool_use");
    let end = whole.rfind("content_block_stop").unwrap() - 100;
    whole[..end].to_owned()
}

/// An error in the middle of a stream whose status was 200.
pub(crate) fn error_event(kind: &str) -> Reply {
    let start = torn();
    let whole = &start[..start.rfind("\n\n").unwrap() + 2];
    Reply::Stream(whole.to_owned() + &event("error", json!({ "error": { "type": kind, "message": "Overloaded" } })))
}

/// An answer that its longest length ends in the middle of a call: no block's end comes.
pub(crate) fn too_long(call: &Block) -> Reply {
    let delta = json!({ "delta": { "stop_reason": "max_tokens" }, "usage": { "output_tokens": 4096 } });
    let start = stream(&[], "x");
    let start = &start[..start.find("event: message_delta").unwrap()];
    Reply::Stream(
        start.to_owned() + &block_stream(0, call) + &event("message_delta", delta) + &event("message_stop", json!({})),
    )
}
