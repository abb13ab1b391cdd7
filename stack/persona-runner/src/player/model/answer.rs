//! One turn of a model: the request goes out, the stream comes in, and what is not a whole answer is asked for again.
//!
//! A stream that breaks off, whatever it held, is no answer: of its tool calls none has been made, so asking again
//! doubles nothing.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use chrono::Utc;
use futures::StreamExt;
use genai::chat::{ChatOptions, ChatRequest, ChatStreamEvent, MessageContent, StopReason, StreamEnd, Usage};
use reqwest::StatusCode;
use serde_json::Value;

use super::{Model, retry};

/// How much of a server's own words an error repeats, in characters.
const SHOWN: usize = 300;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    #[error("it answered {status}: {body}")]
    Refused { status: StatusCode, body: String, retry_after: Option<Duration> },
    #[error("it broke its answer off with {kind}: {message}")]
    Failed { kind: String, message: String },
    #[error("it does not answer, or its answer broke off: {0}")]
    Cut(String),
    #[error("it said nothing for {0:?}")]
    Quiet(Duration),
    #[error("its answer was not whole after {0:?}")]
    Slow(Duration),
    #[error("it cannot be asked: {0}")]
    Unaskable(String),
}

impl ModelError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Refused { status, .. } => retry::may_pass(*status),
            Self::Failed { kind, .. } => retry::type_may_pass(kind),
            Self::Cut(_) | Self::Quiet(_) | Self::Slow(_) => true,
            Self::Unaskable(_) => false,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Why an answer ended where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It said what it had to say, or waits for its tools.
    Said,
    /// It was too long.
    TooLong,
    /// The server made a pause; the answer goes on when it is sent back.
    Paused,
    /// The model, or a filter before it, will not.
    Refused,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) content: MessageContent,
    pub(crate) stop: Stop,
    pub(crate) tokens: Tokens,
}

/// Tokens, as they are paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Read by the model for the first time.
    pub(crate) input: u64,
    /// Read from the cache.
    pub(crate) cache_read: u64,
    /// Read and written to the cache.
    pub(crate) cache_write: u64,
    /// Written by the model.
    pub(crate) output: u64,
}

impl Tokens {
    pub(crate) fn total(self) -> u64 {
        self.input + self.cache_read + self.cache_write + self.output
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.input += other.input;
        self.cache_read += other.cache_read;
        self.cache_write += other.cache_write;
        self.output += other.output;
    }
}

impl From<Usage> for Tokens {
    /// The crate counts cached tokens among those of the prompt.
    fn from(usage: Usage) -> Self {
        let count = |tokens: Option<i32>| tokens.and_then(|tokens| u64::try_from(tokens).ok()).unwrap_or(0);
        let details = usage.prompt_tokens_details.unwrap_or_default();
        let (cache_read, cache_write) = (count(details.cached_tokens), count(details.cache_creation_tokens));
        Self {
            input: count(usage.prompt_tokens).saturating_sub(cache_read + cache_write),
            cache_read,
            cache_write,
            output: count(usage.completion_tokens),
        }
    }
}

impl Model {
    /// Asks until there is a whole answer, the server says a lasting no, or patience ends.
    pub(super) async fn ask(&self, request: &ChatRequest, options: &ChatOptions) -> Result<Answer, ModelError> {
        let patience = self.config.patience;
        let schedule = ExponentialBuilder::default()
            .with_min_delay(patience.first_pause)
            .with_max_delay(patience.longest_pause)
            .with_max_times(patience.repetitions)
            .with_jitter();
        let start = Instant::now();
        let ask = || async { self.ask_once(request, options).await };
        let answer = ask
            .retry(schedule)
            .when(ModelError::may_pass)
            .adjust(|error: &ModelError, scheduled| {
                retry::pause(scheduled, error.retry_after(), patience.longest_pause)
            })
            .notify(|error, pause| {
                self.metrics.model_asked_again();
                tracing::warn!(model = self.name, %error, ?pause, "asking the model again");
            })
            .await;
        let latency = start.elapsed();
        self.metrics.model_answer(answer.as_ref().ok().map(|answer| answer.tokens), latency);
        if let Ok(Answer { tokens, stop, .. }) = &answer {
            let ms = latency.as_millis();
            tracing::debug!(model = self.name, ms, ?stop, ?tokens, "the model answered");
        }
        answer
    }

    async fn ask_once(&self, request: &ChatRequest, options: &ChatOptions) -> Result<Answer, ModelError> {
        let longest = self.config.patience.answer;
        let answer = tokio::time::timeout(longest, self.listen(request, options)).await;
        answer.unwrap_or(Err(ModelError::Slow(longest)))
    }

    async fn listen(&self, request: &ChatRequest, options: &ChatOptions) -> Result<Answer, ModelError> {
        let answer = self.client.exec_chat_stream(self.spec(), request.clone(), Some(options)).await;
        let mut stream = answer.map_err(|error| ModelError::Unaskable(shown(&error.to_string())))?.stream;
        let quiet = self.config.patience.quiet;
        loop {
            match tokio::time::timeout(quiet, stream.next()).await {
                Err(_) => return Err(ModelError::Quiet(quiet)),
                Ok(None) => return Err(ModelError::Cut("the stream ended before the answer did".to_owned())),
                Ok(Some(Err(error))) => return Err(error_of(error)),
                Ok(Some(Ok(ChatStreamEvent::End(end)))) => return Ok(answer_of(end)),
                Ok(Some(Ok(_))) => {}
            }
        }
    }
}

fn answer_of(end: StreamEnd) -> Answer {
    let stop = match end.captured_stop_reason {
        Some(StopReason::MaxTokens(_)) => Stop::TooLong,
        Some(StopReason::ContentFilter(_)) => Stop::Refused,
        Some(StopReason::Other(reason)) if reason == "pause_turn" => Stop::Paused,
        _ => Stop::Said,
    };
    Answer {
        content: end.captured_content.unwrap_or_default(),
        stop,
        tokens: end.captured_usage.map(Tokens::from).unwrap_or_default(),
    }
}

/// The crate packs what the server said: a refusal into the error of the stream, an error event as it came.
fn error_of(error: genai::Error) -> ModelError {
    match error {
        genai::Error::WebStream { error, cause, .. } => match error.downcast_ref::<genai::Error>() {
            Some(genai::Error::HttpError { status, body, headers, .. }) => ModelError::Refused {
                status: *status,
                body: shown(body),
                retry_after: retry::retry_after(headers, Utc::now()),
            },
            _ => ModelError::Cut(shown(&innermost(&*error, cause))),
        },
        genai::Error::ChatResponse { body, .. } => {
            // Anthropic's event holds the error under a key, OpenAI's was taken out of it.
            let error = body.get("error").unwrap_or(&body);
            let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or("unknown error").to_owned();
            ModelError::Failed { kind: text("type"), message: shown(&text("message")) }
        }
        // A stream of something else than the API's events: a proxy's page, or the end of a line that was cut.
        error => ModelError::Cut(shown(&error.to_string())),
    }
}

/// The innermost error says what happened; the outer ones repeat the address.
fn innermost(error: &(dyn std::error::Error + 'static), text: String) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let inner = cause.to_string();
    if inner.is_empty() { text } else { inner }
}

fn shown(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect()
}
