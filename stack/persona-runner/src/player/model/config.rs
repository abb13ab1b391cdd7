//! Which model plays, where it is, and how long one waits for it.

use std::time::Duration;

use secrecy::SecretString;
use stack_client::is_loopback;
use url::Url;

/// Whose way of speaking a model's server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Anthropic's Messages API.
    Anthropic,
    /// OpenAI's chat completions, which many servers speak.
    OpenAi,
}

impl Provider {
    /// The word in settings, reports and tick ids.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
        }
    }

    /// Where the hosted service is.
    ///
    /// # Panics
    /// Never: the addresses are written here.
    #[must_use]
    pub fn hosted_at(self) -> Url {
        let url = match self {
            Self::Anthropic => "https://api.anthropic.com",
            Self::OpenAi => "https://api.openai.com/v1",
        };
        Url::parse(url).expect("a URL that is written here is one")
    }
}

/// A language model that plays.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    /// How its server is spoken to.
    pub provider: Provider,
    /// Where its server is, in the form that the provider's own clients take: without `/v1` for Anthropic, with it for
    /// OpenAI.
    pub base_url: Url,
    /// Opens the server. Without it nobody plays, but on a server that is not the provider's own.
    pub key: Option<SecretString>,
    /// The model's id.
    pub model: String,
    /// Tokens, read and written, after which a day's main turn ends. The rating turn comes on top.
    pub tokens_a_day: u64,
    /// How long it is waited for.
    pub patience: Patience,
}

impl ModelConfig {
    /// With a trailing slash and the API's version, as the wire crate takes it.
    pub(crate) fn endpoint(&self) -> String {
        let base = self.base_url.as_str().trim_end_matches('/');
        match self.provider {
            Provider::Anthropic if !base.ends_with("/v1") => format!("{base}/v1/"),
            Provider::Anthropic | Provider::OpenAi => format!("{base}/"),
        }
    }

    pub(crate) fn needs_no_key(&self) -> bool {
        self.base_url.host() != self.provider.hosted_at().host()
    }

    /// A key in clear text goes to this machine alone.
    pub(crate) fn would_show_its_key(&self) -> bool {
        self.key.is_some() && self.base_url.scheme() != "https" && !is_loopback(&self.base_url)
    }
}

/// How long a model is waited for, and how often it is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Between two events of an answer.
    pub quiet: Duration,
    /// For a whole answer.
    pub answer: Duration,
    /// Before the first repetition; each pause is twice the one before, and lengthened by chance.
    pub first_pause: Duration,
    /// The longest pause, also where the server asks for a longer one: then the day is given up.
    pub longest_pause: Duration,
    /// Repetitions of one question.
    pub repetitions: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(60),
            answer: Duration::from_secs(240),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            repetitions: 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(provider: Provider, base: &str) -> ModelConfig {
        ModelConfig {
            provider,
            base_url: Url::parse(base).unwrap(),
            key: Some("key".into()),
            model: "m".into(),
            tokens_a_day: 1,
            patience: Patience::default(),
        }
    }

    #[test]
    fn base_urls_are_taken_in_the_form_of_each_providers_own_clients() {
        let check = |provider, base: &str, expected: &str| assert_eq!(model(provider, base).endpoint(), expected);
        check(Provider::Anthropic, "https://api.anthropic.com", "https://api.anthropic.com/v1/");
        check(Provider::Anthropic, "https://proxy.test/claude/", "https://proxy.test/claude/v1/");
        check(Provider::Anthropic, "https://proxy.test/v1", "https://proxy.test/v1/");
        check(Provider::OpenAi, "https://api.openai.com/v1", "https://api.openai.com/v1/");
        check(Provider::OpenAi, "http://localhost:11434/v1/", "http://localhost:11434/v1/");
    }

    #[test]
    fn a_key_leaves_this_machine_encrypted_or_not_at_all() {
        let check = |base: &str, shown: bool| {
            assert_eq!(model(Provider::OpenAi, base).would_show_its_key(), shown, "{base}");
        };
        check("http://localhost:11434/v1", false);
        check("https://models.test/v1", false);
        check("http://models.test/v1", true);
    }
}
