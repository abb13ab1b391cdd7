//! Language models as players, through the genai crate: Anthropic's Messages API and whatever speaks OpenAI's chat
//! completions.
//!
//! `conversation` is a day as the model lives it, turn by turn; `answer` is one turn, from request to whole answer,
//! tried again where that may help; `prompt` is what the model is told, `names` what tools are called before it.
//! The crate's part is the wire: requests, event streams, the differences between providers. It neither tries again
//! nor ends a stream that has gone quiet, and a result that says "this failed" it cannot express; that is done here.

mod answer;
mod config;
mod conversation;
mod names;
mod prompt;
mod retry;

use std::{sync::Arc, time::Duration};

use genai::{
    Client, ModelIden, ModelSpec, ServiceTarget,
    adapter::AdapterKind,
    chat::{CacheControl, ChatOptions},
    resolver::{AuthData, Endpoint},
};
use reqwest::redirect;
use secrecy::ExposeSecret;

use crate::metrics::Metrics;
pub(crate) use answer::{ModelError, Tokens};
pub use config::{ModelConfig, Patience, Provider};
pub(crate) use conversation::Conversation;

/// Longest answer, in tokens. A turn is a sentence and a few tool calls.
const ANSWER_TOKENS: u32 = 4096;
/// How long it may take to reach the model.
const CONNECT: Duration = Duration::from_secs(10);

/// One language model.
pub(crate) struct Model {
    name: String,
    config: ModelConfig,
    client: Client,
    target: ServiceTarget,
    metrics: Arc<Metrics>,
}

impl Model {
    pub(crate) fn new(config: ModelConfig, metrics: Arc<Metrics>) -> Self {
        // A redirect would take the key to another host: the client knows `Authorization` for a secret, not `x-api-key`.
        let http = reqwest::Client::builder().connect_timeout(CONNECT).redirect(redirect::Policy::none()).build();
        let client = Client::builder().with_reqwest(http.expect("the TLS back end is compiled in")).build();
        let kind = match config.provider {
            Provider::Anthropic => AdapterKind::Anthropic,
            Provider::OpenAi => AdapterKind::OpenAI,
        };
        // A server on one's own machine wants no key, but the crate wants some text.
        let key = config.key.as_ref().map_or("none", |key| key.expose_secret());
        let target = ServiceTarget {
            endpoint: Endpoint::from_owned(config.endpoint()),
            auth: AuthData::from_single(key),
            model: ModelIden::new(kind, config.model.clone()),
        };
        let client = client.expect("a client without resolvers is always built");
        Self { name: format!("{}:{}", config.provider.word(), config.model), config, client, target, metrics }
    }

    /// `provider:model`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it may be asked at all: the hosted services answer nobody without a key.
    pub(crate) fn has_key(&self) -> bool {
        self.config.key.is_some() || self.config.needs_no_key()
    }

    fn spec(&self) -> ModelSpec {
        ModelSpec::Target(self.target.clone())
    }

    fn options(&self) -> ChatOptions {
        let options = ChatOptions::default()
            .with_max_tokens(ANSWER_TOKENS)
            .with_capture_content(true)
            .with_capture_reasoning_content(true)
            .with_capture_tool_calls(true)
            .with_capture_usage(true);
        match self.config.provider {
            // Tools and system prompt are the same in each turn of a day: they are written to the cache once and read
            // from there. OpenAI does that unasked, and servers that speak like it may refuse the field.
            Provider::Anthropic => options.with_cache_control(CacheControl::Ephemeral),
            Provider::OpenAi => options,
        }
    }
}
