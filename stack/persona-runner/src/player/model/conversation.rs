//! A day as a model lives it: what it is told, what it asks for, and the results that answer its calls.
//!
//! Providers hold a conversation to one rule above all: every call is answered by exactly one result, under the call's
//! id, in the message right after it. So whatever becomes of a call, also if it was never made, a result is given.

use std::collections::HashMap;

use genai::chat::{
    ChatMessage, ChatOptions, ChatRequest, ChatRole, ContentPart, MessageContent, Tool as ShownTool, ToolChoice,
    ToolResponse,
};
use serde_json::{Map, Value, json};

use super::{
    Model, Provider,
    answer::{Answer, Stop, Tokens},
    names::Names,
    prompt,
};
use crate::player::{Day, Exchange, PlayerError, TURNS_MAX, ToolCall};

/// How much of a tool's answer the model is shown, in characters.
const RESULT_SHOWN: usize = 16_000;
const NOT_MADE: &str = "Dieser Aufruf wurde nicht mehr gemacht: der Tag ist vorbei.";

/// One day's conversation with a model.
pub(crate) struct Conversation<'a> {
    model: &'a Model,
    names: Names,
    request: ChatRequest,
    options: ChatOptions,
    /// Ids of the calls that wait for their results.
    pending: Vec<String>,
    /// Exchanges of the day that the model has been told.
    told: usize,
    turns: usize,
    tokens: Tokens,
}

impl<'a> Conversation<'a> {
    pub(crate) fn begin(model: &'a Model, day: &Day) -> Self {
        let names = Names::of(day.tools.iter().map(|tool| tool.name.as_str()));
        let shown = day.tools.iter().filter_map(|tool| {
            let shown = ShownTool::new(names.shown(&tool.name)?.to_owned());
            Some(shown.with_description(&tool.description).with_schema(tool.input_schema.clone()))
        });
        let request = ChatRequest::from_system(prompt::system(&day.persona))
            .with_tools(shown)
            .append_message(ChatMessage::user(prompt::day(day)));
        let options = model.options();
        let (pending, tokens) = (Vec::new(), Tokens::default());
        Self { model, names, request, options, pending, told: 0, turns: 0, tokens }
    }

    /// What the day has cost so far.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens.total()
    }

    /// The next calls; none when the model has had enough, or its budget has.
    pub(crate) async fn next_calls(&mut self, so_far: &[Exchange]) -> Result<Vec<ToolCall>, PlayerError> {
        self.hear(so_far);
        while self.turns < TURNS_MAX && self.tokens.total() < self.model.config.tokens_a_day {
            self.turns += 1;
            let answer = self.ask(self.options.clone()).await?;
            let stop = answer.stop;
            if stop == Stop::Refused {
                // What was refused is not repeated to the model: it would refuse again.
                return if so_far.is_empty() { Err(PlayerError::Unwilling) } else { Ok(Vec::new()) };
            }
            let calls = self.keep(answer);
            match stop {
                _ if !calls.is_empty() => return Ok(calls),
                Stop::TooLong => self.say(prompt::SHORTER),
                Stop::Paused => {}
                Stop::Said | Stop::Refused => return Ok(Vec::new()),
            }
        }
        Ok(Vec::new())
    }

    /// The rating turn. The tools stay in the request, because what was cached begins with them and a conversation that
    /// holds calls must name its tools; none may be called.
    pub(crate) async fn rate(&mut self, so_far: &[Exchange], modules: &[String]) -> Result<String, PlayerError> {
        self.hear(so_far);
        self.say(&prompt::ratings(modules));
        let answer = self.ask(self.options.clone().with_tool_choice(ToolChoice::None)).await?;
        Ok(answer.content.joined_texts().unwrap_or_default())
    }

    async fn ask(&mut self, options: ChatOptions) -> Result<Answer, PlayerError> {
        let answer = self.model.ask(&self.request, &options).await;
        let answer = answer.map_err(|source| PlayerError::Model { model: self.model.name.clone(), source })?;
        self.tokens.add(answer.tokens);
        Ok(answer)
    }

    fn say(&mut self, text: &str) {
        self.push(ChatMessage::user(text));
    }

    fn push(&mut self, message: ChatMessage) {
        self.request.messages.push(message);
    }

    /// Tells the model what came of its calls.
    fn hear(&mut self, so_far: &[Exchange]) {
        let results = so_far.get(self.told..).unwrap_or_default();
        self.told = so_far.len();
        let pending = std::mem::take(&mut self.pending);
        let of = |(n, id): (usize, String)| match results.get(n).map(|exchange| &exchange.result) {
            Some(Ok(value)) => self.result(id, &value.to_string(), false),
            Some(Err(message)) => self.result(id, message, true),
            None => self.result(id, NOT_MADE, true),
        };
        let parts: Vec<ContentPart> = pending.into_iter().enumerate().map(of).collect();
        if !parts.is_empty() {
            self.push(ChatMessage::new(ChatRole::Tool, MessageContent::from_parts(parts)));
        }
    }

    fn result(&self, id: String, text: &str, failed: bool) -> ContentPart {
        let text = match text.char_indices().nth(RESULT_SHOWN) {
            Some((end, _)) => format!("{}\n[gekürzt: {} Zeichen]", &text[..end], text.chars().count()),
            None => text.to_owned(),
        };
        match (failed, self.model.config.provider) {
            (false, _) => ContentPart::ToolResponse(ToolResponse::new(id, text)),
            // The crate's result cannot say that it is a failure, so the block is written here as it goes out.
            (true, Provider::Anthropic) => ContentPart::from_custom(
                json!({ "type": "tool_result", "tool_use_id": id, "content": text, "is_error": true }),
                None,
            ),
            (true, Provider::OpenAi) => ContentPart::ToolResponse(ToolResponse::new(id, format!("Fehler: {text}"))),
        }
    }

    /// Puts the answer into the conversation as it must be sent back, and gives its calls.
    fn keep(&mut self, answer: Answer) -> Vec<ToolCall> {
        let (mut kept, mut calls) = (Vec::new(), Vec::new());
        let mut says_something = false;
        let parts = answer.content.into_parts();
        // Where a server's list of calls does not begin at 0, the crate puts unfinished copies of the call before it.
        let whole: HashMap<String, usize> =
            parts.iter().enumerate().filter_map(|(n, part)| Some((part.as_tool_call()?.call_id.clone(), n))).collect();
        for (n, part) in parts.into_iter().enumerate() {
            match part {
                ContentPart::Text(text) => {
                    // An empty text is refused, and so is white space at the end of an answer that is to go on.
                    let text = text.trim_end();
                    if !text.is_empty() {
                        says_something = true;
                        kept.push(ContentPart::from_text(text));
                    }
                }
                ContentPart::ToolCall(mut call) => {
                    let (input, garbled) = read_input(&call.fn_arguments);
                    // The call at which the answer was cut off is as good as not said.
                    let cut_off = garbled.is_some() && answer.stop == Stop::TooLong;
                    if cut_off || whole.get(&call.call_id) != Some(&n) {
                        continue;
                    }
                    calls.push(ToolCall { tool: self.names.meant(&call.fn_name), input: input.clone(), garbled });
                    self.pending.push(call.call_id.clone());
                    call.fn_arguments = Value::Object(input);
                    kept.push(ContentPart::ToolCall(call));
                }
                // Signed thoughts go back as they came.
                other => kept.push(other),
            }
        }
        if says_something || !calls.is_empty() {
            self.push(ChatMessage::assistant(MessageContent::from_parts(kept)));
        }
        calls
    }
}

/// The input as an object, or else an empty one and the text that the model wrote in its place.
fn read_input(arguments: &Value) -> (Map<String, Value>, Option<String>) {
    match arguments {
        Value::Object(input) => (input.clone(), None),
        Value::Null => (Map::new(), None),
        // The crate leaves what it could not parse as it came.
        Value::String(text) => (Map::new(), Some(text.clone())),
        other => (Map::new(), Some(other.to_string())),
    }
}
