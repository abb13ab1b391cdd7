//! Tools of the newest version that ask back: instead of a result they name what they need, and the client calls again
//! with it.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, InputRequests, InputRequiredResult,
        InputResponses,
    },
    service::RequestContext,
};
use serde_json::{Value, json};

use crate::{tools::capabilities, wire};

/// The client carries the state of a call between its rounds; this seals it. Fixed, as nothing here is secret.
const KEY: &[u8] = b"a key for a server that only the conformance suite calls";

/// What the tool says this time, if it is one of those that ask back.
pub(crate) fn answer(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let given = Given { responses: request.input_responses.as_ref(), state: request.request_state.as_deref() };
    let name = || elicitation("What is your name?", "name", "string");
    let sample = |question: &str, tokens: u32| {
        let message = json!({"role": "user", "content": {"type": "text", "text": question}});
        json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": tokens}})
    };
    let roots = || json!({"method": "roots/list", "params": {}});
    Some(match &*request.name {
        "test_streaming_elicitation" | "test_input_required_result_elicitation" => {
            match given.content("user_name", "name").and_then(Value::as_str) {
                Some(name) => done(&format!("Hello, {name}!")),
                None => needs(json!({"user_name": name()}), None),
            }
        }
        "test_input_required_result_sampling" => match given.response("capital_question") {
            Some(answer) => done(answer["content"]["text"].as_str().unwrap_or_default()),
            None => needs(json!({"capital_question": sample("What is the capital of France?", 100)}), None),
        },
        "test_input_required_result_list_roots" => match given.response("client_roots") {
            Some(answer) => done(&format!("Roots: {}", answer["roots"])),
            None => needs(json!({"client_roots": roots()}), None),
        },
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            let confirm = || json!({"confirm": elicitation("Please confirm", "ok", "boolean")});
            given.round(|state| match (state, given.response("confirm")) {
                (Some("confirming"), Some(_)) => done("state-ok"),
                _ => needs(confirm(), Some("confirming")),
            })
        }
        "test_input_required_result_multiple_inputs" => given.round(|state| {
            let asked = json!({"user_name": name(), "greeting": sample("Generate a greeting", 50),
                "client_roots": roots()});
            let all = ["user_name", "greeting", "client_roots"].iter().all(|key| given.response(key).is_some());
            if state == Some("asked") && all { done("All three are here.") } else { needs(asked, Some("asked")) }
        }),
        "test_input_required_result_multi_round" => given.round(|state| {
            let step1 = json!({"step1": elicitation("Step 1: What is your name?", "name", "string")});
            let step2 = json!({"step2": elicitation("Step 2: What is your favorite color?", "color", "string")});
            match state {
                Some("1") if given.response("step1").is_some() => needs(step2, Some("2")),
                Some("2") if given.response("step2").is_some() => done("Both steps are done."),
                Some("2") => needs(step2, Some("2")),
                _ => needs(step1, Some("1")),
            }
        }),
        "test_input_required_result_capabilities" => {
            let able = capabilities(context);
            let mut asked = serde_json::Map::new();
            if able.elicitation {
                asked.insert("user_name".to_owned(), name());
            }
            if able.sampling {
                asked.insert("capital_question".to_owned(), sample("What is the capital of France?", 100));
            }
            let answered = asked.keys().all(|key| given.response(key).is_some());
            if answered { done("The client gave what it can.") } else { needs(asked.into(), None) }
        }
        _ => return None,
    })
}

/// A question to the user with one field.
pub(crate) fn elicitation(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
    json!({"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}})
}

/// What the client brought along from the round before.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) responses: Option<&'a InputResponses>,
    pub(crate) state: Option<&'a str>,
}

impl<'a> Given<'a> {
    fn response(self, key: &str) -> Option<&'a Value> {
        self.responses?.get(key).filter(|response| response.is_object())
    }

    /// A field of what the user filled in.
    pub(crate) fn content(self, key: &str, field: &str) -> Option<&'a Value> {
        self.response(key)?.get("content")?.get(field)
    }

    /// Hands the state on, once it is known to be ours.
    fn round(
        self,
        answer: impl FnOnce(Option<&str>) -> Result<CallToolResponse, ErrorData>,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.state {
            None => answer(None),
            Some(sealed) => match open(sealed) {
                Some(state) => answer(Some(&state)),
                None => Err(ErrorData::invalid_params("requestState is not as this server gave it", None)),
            },
        }
    }
}

fn done(text: &str) -> Result<CallToolResponse, ErrorData> {
    Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
}

fn needs(requests: Value, state: Option<&str>) -> Result<CallToolResponse, ErrorData> {
    let requests: InputRequests = wire(requests)?;
    Ok(InputRequiredResult::new(Some(requests), state.map(seal)).into())
}

fn seal(state: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), state.as_bytes());
    format!("{state}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn open(sealed: &str) -> Option<String> {
    let (state, tag) = sealed.split_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, KEY), state.as_bytes(), &tag).ok()?;
    Some(state.to_owned())
}
