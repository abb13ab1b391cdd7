//! Which player the environment names: a script, or a language model with its address, its key and its budget.

use stack_persona_runner::{ModelConfig, Patience, PlayerConfig, Provider};
use url::Url;

/// The environment variables that choose the player.
#[derive(Debug, Clone, Default)]
pub struct PlayerEnv {
    /// `PERSONA_PLAYER`: `scripted`, `anthropic` or `openai`.
    pub player: Option<String>,
    /// `PERSONA_SCRIPT_SEED`: another number makes the scripted player choose otherwise.
    pub script_seed: Option<String>,
    /// `PERSONA_MODEL`: the model's id.
    pub model: Option<String>,
    /// `PERSONA_DAY_TOKENS`: tokens after which a day's main turn ends.
    pub day_tokens: Option<String>,
    /// `ANTHROPIC_API_KEY`.
    pub anthropic_key: Option<String>,
    /// `ANTHROPIC_BASE_URL`: a server in the place of Anthropic's; without `/v1`.
    pub anthropic_url: Option<String>,
    /// `OPENAI_API_KEY`.
    pub openai_key: Option<String>,
    /// `OPENAI_BASE_URL`: a server in the place of OpenAI's; with `/v1`.
    pub openai_url: Option<String>,
}

/// The model that plays where none is named: small, and good enough for a day of eight calls.
const ANTHROPIC_MODEL: &str = "claude-haiku-4-5";
/// Fifteen turns that each read some ten thousand tokens stay below it.
const DAY_TOKENS: u64 = 200_000;

impl PlayerEnv {
    /// Reads the process's environment through `get`.
    pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            player: get("PERSONA_PLAYER"),
            script_seed: get("PERSONA_SCRIPT_SEED"),
            model: get("PERSONA_MODEL"),
            day_tokens: get("PERSONA_DAY_TOKENS"),
            anthropic_key: get("ANTHROPIC_API_KEY"),
            anthropic_url: get("ANTHROPIC_BASE_URL"),
            openai_key: get("OPENAI_API_KEY"),
            openai_url: get("OPENAI_BASE_URL"),
        }
    }

    /// The player. A key alone chooses none: it may stand in the environment for another program, and a model costs
    /// money.
    pub(crate) fn choose(self, faults: &mut Vec<String>) -> PlayerConfig {
        let mut number = |name: &str, value: Option<String>, default: u64| match value.map(|text| (text.parse(), text))
        {
            None => default,
            Some((Ok(number), _)) => number,
            Some((Err(_), text)) => {
                faults.push(format!("{name} is `{text}`; it must be a whole number from 0 up"));
                default
            }
        };
        let seed = number("PERSONA_SCRIPT_SEED", self.script_seed, 0);
        let tokens_a_day = number("PERSONA_DAY_TOKENS", self.day_tokens, DAY_TOKENS);
        let scripted = PlayerConfig::Scripted { seed };
        let (provider, key, url, url_name, model) = match self.player.as_deref() {
            None | Some("scripted") => return scripted,
            Some("anthropic") => {
                let model = self.model.or_else(|| Some(ANTHROPIC_MODEL.to_owned()));
                (Provider::Anthropic, self.anthropic_key, self.anthropic_url, "ANTHROPIC_BASE_URL", model)
            }
            Some("openai") => (Provider::OpenAi, self.openai_key, self.openai_url, "OPENAI_BASE_URL", self.model),
            Some(other) => {
                faults.push(format!("PERSONA_PLAYER is `{other}`; it may be `scripted`, `anthropic` or `openai`"));
                return scripted;
            }
        };
        let base_url = match url.map(|text| (Url::parse(&text), text)) {
            None => provider.hosted_at(),
            Some((Ok(url), _)) if url.has_host() => url,
            Some((_, text)) => {
                faults.push(format!("{url_name} is `{text}`; it must be a URL such as `{}`", provider.hosted_at()));
                return scripted;
            }
        };
        let Some(model) = model else {
            faults.push("PERSONA_MODEL must name a model for PERSONA_PLAYER=openai".to_owned());
            return scripted;
        };
        let patience = Patience::default();
        let key = key.map(Into::into);
        PlayerConfig::Model(Box::new(ModelConfig { provider, base_url, key, model, tokens_a_day, patience }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The player in a few words, or the faults.
    fn chosen(env: PlayerEnv) -> String {
        let mut faults = Vec::new();
        let player = env.choose(&mut faults);
        match player {
            _ if !faults.is_empty() => faults.join("; "),
            PlayerConfig::Scripted { seed } => format!("scripted {seed}"),
            PlayerConfig::Model(model) => {
                let key = if model.key.is_some() { "key" } else { "no key" };
                format!("{} {} {} {key} {}", model.provider.word(), model.base_url, model.model, model.tokens_a_day)
            }
            _ => "another".to_owned(),
        }
    }

    fn named(player: &str) -> PlayerEnv {
        PlayerEnv { player: Some(player.to_owned()), ..PlayerEnv::default() }
    }

    #[test]
    fn a_key_alone_chooses_no_model() {
        let env = PlayerEnv { anthropic_key: Some("k".into()), script_seed: Some("7".into()), ..PlayerEnv::default() };
        assert_eq!(chosen(env), "scripted 7");
    }

    #[test]
    fn a_model_is_chosen_by_name() {
        let env = PlayerEnv { anthropic_key: Some("k".into()), ..named("anthropic") };
        assert_eq!(chosen(env), "anthropic https://api.anthropic.com/ claude-haiku-4-5 key 200000");
        let env = PlayerEnv {
            openai_url: Some("http://localhost:11434/v1".into()),
            model: Some("llama".into()),
            day_tokens: Some("9".into()),
            ..named("openai")
        };
        assert_eq!(chosen(env), "openai http://localhost:11434/v1 llama no key 9");
    }

    #[test]
    fn what_cannot_be_is_named() {
        assert!(chosen(named("gpt")).contains("`scripted`, `anthropic` or `openai`"));
        assert!(chosen(named("openai")).contains("PERSONA_MODEL must name a model"));
        assert!(
            chosen(PlayerEnv { openai_url: Some("localhost".into()), ..named("openai") }).contains("OPENAI_BASE_URL")
        );
        assert!(
            chosen(PlayerEnv { day_tokens: Some("many".into()), ..named("scripted") }).contains("PERSONA_DAY_TOKENS")
        );
    }
}
