//! What a runner needs to know before it starts.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use stack_client::is_loopback;
use stack_crypto::DEV_SEED_SECRET;
use stack_http::Clock;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::ModelConfig;

/// Settings of one runner.
#[derive(Clone)]
pub struct Config {
    /// Base URL of auth.
    pub auth_url: Url,
    /// Base URL of the MCP gateway.
    pub mcp_url: Url,
    /// Opens auth's internal routes. Without it nobody plays; health and `/diag/login` still answer.
    pub service_key: Option<SecretString>,
    /// From which the personas' passwords are derived.
    pub seed_secret: SecretString,
    /// Time between two ticks; the first comes after one interval.
    pub interval: Duration,
    /// Personas that play at a time.
    pub concurrency: usize,
    /// How long a persona's day may take.
    pub day_max: Duration,
    /// Whether the loop is off. `POST /diag/tick` still plays.
    pub paused: bool,
    /// Whether diagnostics are hidden and development secrets refused.
    pub production: bool,
    /// The stack's clock: tells the date of each day.
    pub clock: Clock,
    /// Who chooses the tools.
    pub player: PlayerConfig,
    /// Ends the loop and the days that run.
    pub stop: CancellationToken,
}

/// Who chooses the tools.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PlayerConfig {
    /// A script: the same day for the same persona, date and seed.
    Scripted {
        /// Another number makes other choices.
        seed: u64,
    },
    /// A language model.
    Model(Box<ModelConfig>),
}

/// Why a runner cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunnerError {
    /// Everybody knows the development secret.
    #[error(
        "the development seed secret is refused in production\nhelp: set PERSONA_SEED_SECRET to a secret of your own"
    )]
    DevSecretInProduction,
    /// Everybody knows the development secret.
    #[error(
        "the development seed secret is refused towards {url}: the address is not loopback\n\
         help: set PERSONA_SEED_SECRET to the secret that stack was seeded with"
    )]
    DevSecretAbroad {
        /// The auth service.
        url: Url,
    },
    /// Everybody on the way could read the model's key.
    #[error(
        "the model's key is not sent to {url}: the address is neither https nor loopback\n\
         help: use an https address, or leave the key out if that server wants none"
    )]
    KeyInClearText {
        /// The model's server.
        url: Url,
    },
    /// A number that cannot be.
    #[error("{variable} must be at least 1")]
    Zero {
        /// The variable that sets it.
        variable: &'static str,
    },
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), RunnerError> {
        let dev_secret = self.seed_secret.expose_secret() == DEV_SEED_SECRET;
        if dev_secret && self.production {
            return Err(RunnerError::DevSecretInProduction);
        }
        if dev_secret && !is_loopback(&self.auth_url) {
            return Err(RunnerError::DevSecretAbroad { url: self.auth_url.clone() });
        }
        if let PlayerConfig::Model(model) = &self.player
            && model.would_show_its_key()
        {
            return Err(RunnerError::KeyInClearText { url: model.base_url.clone() });
        }
        for (zero, variable) in [
            (self.interval.is_zero(), "TICK_INTERVAL_MS"),
            (self.concurrency == 0, "PERSONA_CONCURRENCY"),
            (self.day_max.is_zero(), "PERSONA_DAY_MAX_MS"),
        ] {
            if zero {
                return Err(RunnerError::Zero { variable });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(auth: &str, secret: &str, production: bool) -> Config {
        Config {
            auth_url: Url::parse(auth).unwrap(),
            mcp_url: Url::parse("http://localhost:3069").unwrap(),
            service_key: None,
            seed_secret: secret.into(),
            interval: Duration::from_secs(60),
            concurrency: 2,
            day_max: Duration::from_secs(600),
            paused: false,
            production,
            clock: Clock::system(),
            player: PlayerConfig::Scripted { seed: 1 },
            stop: CancellationToken::new(),
        }
    }

    #[test]
    fn the_development_secret_stays_in_development_and_on_this_machine() {
        let check = |auth: &str, secret: &str, production: bool, expected: Option<&str>| {
            let error = config(auth, secret, production).check().err().map(|error| error.to_string());
            match (error, expected) {
                (None, None) => {}
                (Some(error), Some(expected)) => assert!(error.contains(expected), "{error}"),
                (error, _) => panic!("{auth} {production}: {error:?}"),
            }
        };
        check("http://localhost:3001", DEV_SEED_SECRET, false, None);
        check("http://127.0.0.1:3001", DEV_SEED_SECRET, false, None);
        check("http://[::1]:3001", DEV_SEED_SECRET, false, None);
        check("http://localhost:3001", DEV_SEED_SECRET, true, Some("in production"));
        check("http://auth:3001", DEV_SEED_SECRET, false, Some("http://auth:3001/"));
        check("https://auth.example.com", "own", true, None);
    }

    #[test]
    fn zeros_are_refused_by_the_name_of_their_variable() {
        let local = || config("http://localhost", "own", false);
        let error = Config { interval: Duration::ZERO, ..local() }.check().unwrap_err();
        assert_eq!(error.to_string(), "TICK_INTERVAL_MS must be at least 1");
        let error = Config { concurrency: 0, ..local() }.check().unwrap_err();
        assert_eq!(error.to_string(), "PERSONA_CONCURRENCY must be at least 1");
    }
}
