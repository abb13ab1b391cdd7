//! Chat completions: their rules and their streams.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{KEY, Reply, Request};

/// What is wrong with a request, as the real service would find it.
pub(crate) fn rules(request: &Request) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, rule: &str| {
        if !holds {
            faults.push(format!("{rule}: {}", request.body));
        }
    };
    let bearer = request.headers.get("authorization").map(String::as_str);
    must(request.line == "POST /v1/chat/completions HTTP/1.1", &request.line);
    must(bearer == Some(&format!("Bearer {KEY}")), "the key is the bearer's");
    let body = &request.body;
    must(body["stream"] == json!(true) && body["stream_options"]["include_usage"] == json!(true), "usage is asked for");
    let tools = body["tools"].as_array().cloned().unwrap_or_default();
    let allowed = |tool: &Value| {
        let name = tool["function"]["name"].as_str().unwrap_or("");
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
    };
    must(!tools.is_empty() && tools.iter().all(|tool| tool["type"] == "function" && allowed(tool)), "tools are named");
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    must(messages.first().is_some_and(|message| message["role"] == "system"), "the system prompt begins");
    for (n, message) in messages.iter().enumerate() {
        let calls = message["tool_calls"].as_array().cloned().unwrap_or_default();
        let results: Vec<&Value> = messages[n + 1..].iter().take_while(|next| next["role"] == "tool").collect();
        if message["role"] == "assistant" {
            let asked: Vec<&Value> = calls.iter().map(|call| &call["id"]).collect();
            let answered: Vec<&Value> = results.iter().map(|result| &result["tool_call_id"]).collect();
            must(asked == answered, "each call has its result, right after it");
            must(asked.iter().collect::<HashSet<_>>().len() == asked.len(), "ids are unique");
            let arguments = |call: &Value| call["function"]["arguments"].as_str().unwrap_or("").to_owned();
            let is_object = |text: String| serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_object());
            must(calls.iter().all(|call| is_object(arguments(call))), "arguments are an object, as text");
            must(
                !calls.is_empty() || message["content"].as_str().is_some_and(|text| !text.is_empty()),
                "none is empty",
            );
        }
    }
    faults
}

fn data(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn delta(delta: Value, finish: Option<&str>) -> String {
    data(&json!({ "id": "c", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta,
        "finish_reason": finish }] }))
}

/// Calls (index, id, name, arguments), their arguments in pieces that come in turn, as parallel calls do.
pub(crate) fn calls(calls: &[(usize, &str, &str, &str)]) -> String {
    let mut text = delta(json!({ "role": "assistant", "content": null }), None);
    for (index, id, name, _) in calls {
        let function = json!({ "name": name, "arguments": "" });
        let call = json!({ "index": index, "id": id, "type": "function", "function": function });
        text += &delta(json!({ "tool_calls": [call] }), None);
    }
    let pieces: Vec<Vec<String>> = calls
        .iter()
        .map(|(.., arguments)| arguments.chars().collect::<Vec<_>>().chunks(5).map(String::from_iter).collect())
        .collect();
    for n in 0..pieces.iter().map(Vec::len).max().unwrap_or(0) {
        for ((index, ..), pieces) in calls.iter().zip(&pieces) {
            if let Some(piece) = pieces.get(n) {
                let call = json!({ "index": index, "function": { "arguments": piece } });
                text += &delta(json!({ "tool_calls": [call] }), None);
            }
        }
    }
    text + &end("tool_calls")
}

fn end(finish: &str) -> String {
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 120, "completion_tokens": 15, "total_tokens": 135,
        "prompt_tokens_details": { "cached_tokens": 100 } } });
    delta(json!({}), Some(finish)) + &data(&usage) + "data: [DONE]\n\n"
}

/// An answer in text.
pub(crate) fn text(said: &str, finish: &str) -> Reply {
    let mut text = String::new();
    for piece in said.chars().collect::<Vec<_>>().chunks(6) {
        text += &delta(json!({ "content": String::from_iter(piece) }), None);
    }
    Reply::Stream(text + &end(finish))
}

/// An error in the middle of a stream whose status was 200.
pub(crate) fn error_event() -> Reply {
    let error = json!({ "error": { "type": "server_error", "message": "The server had an error", "code": null } });
    Reply::Stream(delta(json!({ "content": "Ich" }), None) + &data(&error))
}
