//! Settings of the stack: read once from flags, environment and file, checked together, then passed down.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use stack_api::{Addresses, ports};
use stack_crypto::{DEV_SEED_SECRET, Kek, Keyring};
use stack_http::Clock;
use stack_mcp::PolicyMode;
use stack_persona_runner::PlayerConfig;
use stack_trace::{LogFormat, Logs};
use url::Url;

use crate::{DataFolder, PlayerEnv, Secrets, SettingsFile, StackError};

/// The ports of the five services; 0 lets the system choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// Accounts, sessions, tokens.
    pub auth: u16,
    /// The store.
    pub sync: u16,
    /// The gateway.
    pub mcp: u16,
    /// The persona runner.
    pub runner: u16,
    /// The pages.
    pub web: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { auth: ports::AUTH, sync: ports::SYNC, mcp: ports::MCP, runner: ports::RUNNER, web: ports::WEB }
    }
}

impl Ports {
    /// Free ports, chosen by the system.
    #[must_use]
    pub fn free() -> Self {
        Self { auth: 0, sync: 0, mcp: 0, runner: 0, web: 0 }
    }
}

/// One word for each service, where there is one.
#[derive(Debug, Clone, Default)]
pub struct ServiceWords {
    /// Accounts, sessions, tokens.
    pub auth: Option<String>,
    /// The store.
    pub sync: Option<String>,
    /// The gateway.
    pub mcp: Option<String>,
    /// The persona runner.
    pub runner: Option<String>,
    /// The pages.
    pub web: Option<String>,
}

/// What environment and configuration file say, unchecked: each setting under the name of its variable.
#[derive(Debug, Clone, Default)]
pub struct StackEnv {
    /// `MANA_ENV`: `production` refuses development secrets and hides diagnostics.
    pub env: Option<String>,
    /// `DATABASE_URL`: one PostgreSQL database instead of SQLite files.
    pub database_url: Option<String>,
    /// `MANA_AUTH_SECRET`: signs session cookies.
    pub auth_secret: Option<String>,
    /// `MANA_AUTH_KEK`: wraps master keys; 32 bytes, base64.
    pub auth_kek: Option<String>,
    /// `MANA_AUTH_KEK_PREVIOUS`: opens what the key before wrapped, while it is being changed.
    pub auth_kek_previous: Option<String>,
    /// `MANA_SERVICE_KEY`: lets services call each other.
    pub service_key: Option<String>,
    /// `PERSONA_SEED_SECRET`: from which personas' passwords are derived.
    pub seed_secret: Option<String>,
    /// `MCP_POLICY_MODE`: `off`, `log-only` or `enforce`, what becomes of tool calls that come too often.
    pub policy_mode: Option<String>,
    /// `TICK_INTERVAL_MS`: how often the runner looks for due personas.
    pub tick_interval_ms: Option<String>,
    /// `PERSONA_CONCURRENCY`: personas that play at a time.
    pub persona_concurrency: Option<String>,
    /// `PERSONA_DAY_MAX_MS`: how long a persona's day may take.
    pub persona_day_max_ms: Option<String>,
    /// `RUNNER_PAUSED`: `true` keeps the loop from playing.
    pub runner_paused: Option<String>,
    /// Who plays.
    pub player: PlayerEnv,
    /// `MANA_AUTH_PORT` and the like: where the services listen.
    pub ports: ServiceWords,
    /// `MANA_AUTH_URL` and the like: where browsers, agents and the other services find each.
    pub urls: ServiceWords,
    /// `LOG_FORMAT`: `text` or `json`.
    pub log_format: Option<String>,
    /// `RUST_LOG`: what is logged, as `tracing` filters write it.
    pub log_filter: Option<String>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`: the collector that traces go to. Read
    /// again, with the other standard variables, by who sends them.
    pub collector: Option<String>,
}

impl StackEnv {
    /// Reads the process's environment, and the file where that says nothing.
    #[must_use]
    pub fn read(file: &SettingsFile) -> Self {
        Self::from(|name| std::env::var(name).ok().filter(|value| !value.is_empty()).or_else(|| file.get(name)))
    }

    /// Asks `get` for each variable.
    pub(crate) fn from(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            env: get("MANA_ENV"),
            database_url: get("DATABASE_URL"),
            auth_secret: get("MANA_AUTH_SECRET"),
            auth_kek: get("MANA_AUTH_KEK"),
            auth_kek_previous: get("MANA_AUTH_KEK_PREVIOUS"),
            service_key: get("MANA_SERVICE_KEY"),
            seed_secret: get("PERSONA_SEED_SECRET"),
            policy_mode: get("MCP_POLICY_MODE"),
            tick_interval_ms: get("TICK_INTERVAL_MS"),
            persona_concurrency: get("PERSONA_CONCURRENCY"),
            persona_day_max_ms: get("PERSONA_DAY_MAX_MS"),
            runner_paused: get("RUNNER_PAUSED"),
            player: PlayerEnv::read(&get),
            ports: ServiceWords {
                auth: get("MANA_AUTH_PORT"),
                sync: get("MANA_SYNC_PORT"),
                mcp: get("MANA_MCP_PORT"),
                runner: get("MANA_RUNNER_PORT"),
                web: get("MANA_WEB_PORT"),
            },
            urls: ServiceWords {
                auth: get("MANA_AUTH_URL"),
                sync: get("MANA_SYNC_URL"),
                mcp: get("MANA_MCP_URL"),
                runner: get("MANA_RUNNER_URL"),
                web: get("MANA_WEB_URL"),
            },
            log_format: get("LOG_FORMAT"),
            log_filter: get("RUST_LOG"),
            collector: get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or_else(|| get("OTEL_EXPORTER_OTLP_ENDPOINT")),
        }
    }

    /// The keys that users' keys are kept under: named here, else made by the first start.
    ///
    /// # Errors
    /// When there is none, or one is no key.
    pub fn keys(&self, data: &DataFolder) -> Result<Keyring, StackError> {
        let current = self.auth_kek.clone().map_or_else(|| data.existing_secrets().map(|made| made.auth_kek), Ok)?;
        let mut faults = Vec::new();
        let keys = keyring(&current, self.auth_kek_previous.as_deref(), &mut faults);
        keys.ok_or(StackError::Config(faults))
    }

    /// Begins logging as the environment says.
    ///
    /// # Errors
    /// When it says something that cannot be.
    pub fn logs(&self) -> Result<Logs, StackError> {
        let word = self.log_format.as_deref();
        let format = word.map_or(Some(LogFormat::default()), LogFormat::named).ok_or_else(|| {
            let words = LogFormat::ALL.map(|(word, _)| format!("`{word}`")).join(" or ");
            StackError::Config(vec![format!("LOG_FORMAT is `{}`; it may be {words}", word.unwrap_or_default())])
        })?;
        let logs = Logs::start(format, self.log_filter.as_deref(), self.collector.is_some());
        logs.map_err(|error| StackError::Config(vec![error.to_string()]))
    }
}

/// Everything a stack needs to know before it starts.
#[derive(Clone)]
pub struct Config {
    /// Where it keeps its files.
    pub data: DataFolder,
    /// PostgreSQL instead of SQLite files in `data`.
    pub database_url: Option<String>,
    /// Where the services listen.
    pub ports: Ports,
    /// Where the services are found, as far as that is said; else at their ports on this machine.
    pub urls: ServiceWords,
    /// The stack's clock.
    pub clock: Clock,
    /// Whether development conveniences are off.
    pub production: bool,
    /// Signs session cookies.
    pub auth_secret: SecretString,
    /// Wrap master keys.
    pub keys: Keyring,
    /// Lets services call each other.
    pub service_key: SecretString,
    /// Password of the account that the first start makes.
    pub admin_password: SecretString,
    /// From which personas' passwords are derived.
    pub seed_secret: SecretString,
    /// What becomes of tool calls that come too often.
    pub policy_mode: PolicyMode,
    /// How often the runner looks for due personas.
    pub tick_interval: Duration,
    /// Personas that play at a time.
    pub persona_concurrency: usize,
    /// How long a persona's day may take.
    pub persona_day_max: Duration,
    /// Whether the runner's loop is off; a tick can still be asked for.
    pub runner_paused: bool,
    /// Who chooses the personas' tools.
    pub player: PlayerConfig,
    /// The web app's files, when not the built-in ones.
    pub web_files: Option<PathBuf>,
}

const PRODUCTION: &str = "production";
const DEVELOPMENT: &str = "development";
const TICK_INTERVAL_MS: u64 = 60_000;
const CONCURRENCY: u64 = 2;
const DAY_MAX_MS: u64 = 600_000;

impl Config {
    /// Puts flags, environment and the data folder's secrets together.
    ///
    /// # Errors
    /// Names every fault at once.
    pub fn new(
        data: DataFolder,
        secrets: Secrets,
        now: Option<DateTime<Utc>>,
        env: StackEnv,
    ) -> Result<Self, StackError> {
        let mut faults = Vec::new();
        let production = match env.env.as_deref() {
            None | Some(DEVELOPMENT) => false,
            Some(PRODUCTION) => true,
            Some(other) => {
                faults.push(format!("MANA_ENV is `{other}`; it may be `{DEVELOPMENT}` or `{PRODUCTION}`"));
                false
            }
        };
        if production {
            refuse_development_values(&env, now, &mut faults);
        }
        let mut number = |name: &str, value: Option<String>, default: u64, least: u64| match value {
            None => default,
            Some(text) => match text.parse() {
                Ok(n) if n >= least => n,
                _ => {
                    faults.push(format!("{name} is `{text}`; it must be a whole number from {least} up"));
                    default
                }
            },
        };
        let interval = number("TICK_INTERVAL_MS", env.tick_interval_ms, TICK_INTERVAL_MS, 1);
        let concurrency = number("PERSONA_CONCURRENCY", env.persona_concurrency, CONCURRENCY, 1);
        let day_max = number("PERSONA_DAY_MAX_MS", env.persona_day_max_ms, DAY_MAX_MS, 1);
        let player = env.player.choose(&mut faults);
        let ports = ports(&env.ports, &mut faults);
        check_urls(&env.urls, &mut faults);
        let runner_paused = match env.runner_paused.as_deref() {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(other) => {
                faults.push(format!("RUNNER_PAUSED is `{other}`; it may be `true` or `false`"));
                false
            }
        };
        let policy_mode = policy_mode(env.policy_mode.as_deref(), production, &mut faults);
        let kek = env.auth_kek.as_deref().unwrap_or(&secrets.auth_kek);
        match keyring(kek, env.auth_kek_previous.as_deref(), &mut faults) {
            Some(keys) if faults.is_empty() => Ok(Self {
                data,
                database_url: env.database_url,
                ports,
                urls: env.urls,
                clock: now.map_or_else(Clock::system, Clock::starting_at),
                production,
                auth_secret: env.auth_secret.unwrap_or(secrets.auth_secret).into(),
                keys,
                service_key: env.service_key.unwrap_or(secrets.service_key).into(),
                admin_password: secrets.admin_password.into(),
                seed_secret: env.seed_secret.unwrap_or_else(|| DEV_SEED_SECRET.to_owned()).into(),
                policy_mode,
                tick_interval: Duration::from_millis(interval),
                persona_concurrency: usize::try_from(concurrency).unwrap_or(usize::MAX),
                persona_day_max: Duration::from_millis(day_max),
                runner_paused,
                player,
                web_files: None,
            }),
            _ => Err(StackError::Config(faults)),
        }
    }
}

/// None where a fault was found.
fn keyring(current: &str, previous: Option<&str>, faults: &mut Vec<String>) -> Option<Keyring> {
    let mut key = |name: &str, text: &str| Kek::from_base64(text).map_err(|e| faults.push(format!("{name}: {e}"))).ok();
    let current = key("MANA_AUTH_KEK", current);
    let Some(previous) = previous.map(|text| key("MANA_AUTH_KEK_PREVIOUS", text)) else {
        return current.map(Keyring::from);
    };
    let (current, previous) = (current?, previous?);
    if current.id() == previous.id() {
        faults.push("MANA_AUTH_KEK_PREVIOUS is the same key as MANA_AUTH_KEK".to_owned());
        return None;
    }
    Some(Keyring::new(current, Some(previous)))
}

/// In development a call that comes too often is only logged: scripts and tests call often.
fn policy_mode(named: Option<&str>, production: bool, faults: &mut Vec<String>) -> PolicyMode {
    let default = if production { PolicyMode::Enforce } else { PolicyMode::LogOnly };
    let Some(word) = named else { return default };
    PolicyMode::named(word).unwrap_or_else(|| {
        let words = PolicyMode::ALL.map(|(word, _)| format!("`{word}`"));
        faults.push(format!("MCP_POLICY_MODE is `{word}`; it may be {}", words.join(", ")));
        default
    })
}

fn ports(words: &ServiceWords, faults: &mut Vec<String>) -> Ports {
    let default = Ports::default();
    let mut port = |name: &str, word: &Option<String>, default: u16| match word.as_deref().map(str::parse) {
        None => default,
        Some(Ok(port)) => port,
        Some(Err(_)) => {
            let word = word.as_deref().unwrap_or_default();
            faults.push(format!("{name} is `{word}`; it must be a port, 0 to {}", u16::MAX));
            default
        }
    };
    Ports {
        auth: port("MANA_AUTH_PORT", &words.auth, default.auth),
        sync: port("MANA_SYNC_PORT", &words.sync, default.sync),
        mcp: port("MANA_MCP_PORT", &words.mcp, default.mcp),
        runner: port("MANA_RUNNER_PORT", &words.runner, default.runner),
        web: port("MANA_WEB_PORT", &words.web, default.web),
    }
}

impl ServiceWords {
    /// These addresses, and the others' where these say nothing.
    #[must_use]
    pub fn or(&self, others: Addresses) -> Addresses {
        let word = |word: &Option<String>, other| word.clone().unwrap_or(other);
        Addresses {
            auth: word(&self.auth, others.auth),
            sync: word(&self.sync, others.sync),
            mcp: word(&self.mcp, others.mcp),
            runner: word(&self.runner, others.runner),
            web: word(&self.web, others.web),
        }
    }

    /// Each word with the name of the variable that holds such an address.
    fn as_urls(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("MANA_AUTH_URL", self.auth.as_deref()),
            ("MANA_SYNC_URL", self.sync.as_deref()),
            ("MANA_MCP_URL", self.mcp.as_deref()),
            ("MANA_WEB_URL", self.web.as_deref()),
            ("MANA_RUNNER_URL", self.runner.as_deref()),
        ]
    }
}

fn check_urls(urls: &ServiceWords, faults: &mut Vec<String>) {
    for (name, word) in urls.as_urls().into_iter().filter_map(|(name, word)| Some((name, word?))) {
        if !Url::parse(word).is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https")) {
            faults.push(format!("{name} is `{word}`; it must be an address such as https://example.com"));
        }
    }
}

/// Shortest secret that production takes, in characters: what is shorter can be guessed.
const SECRET_MIN: usize = 32;
/// The services that browsers and agents call; the runner is the operator's alone.
const PUBLIC: usize = 4;

fn refuse_development_values(env: &StackEnv, now: Option<DateTime<Utc>>, faults: &mut Vec<String>) {
    for (name, value) in [
        ("MANA_AUTH_SECRET", &env.auth_secret),
        ("MANA_AUTH_KEK", &env.auth_kek),
        ("MANA_AUTH_KEK_PREVIOUS", &env.auth_kek_previous),
        ("MANA_SERVICE_KEY", &env.service_key),
        ("PERSONA_SEED_SECRET", &env.seed_secret),
    ] {
        match value.as_deref() {
            None if name == "MANA_AUTH_KEK_PREVIOUS" => {}
            None => faults.push(format!("{name} must be set in production")),
            Some(DEV_SEED_SECRET) => faults.push(format!("{name} is the development secret")),
            Some(text) if text.len() < SECRET_MIN => {
                faults.push(format!("{name} has {} characters; production wants at least {SECRET_MIN}", text.len()));
            }
            Some(text) if text.trim_end_matches('=').bytes().all(|byte| byte == text.as_bytes()[0]) => {
                faults.push(format!("{name} is one character over and over; production wants a random one"));
            }
            Some(_) => {}
        }
    }
    for (name, url) in &env.urls.as_urls()[..PUBLIC] {
        match url {
            None => faults.push(format!("{name} must be set in production: the https address that it is reached at")),
            Some(url) if !url.starts_with("https://") => {
                faults.push(format!("{name} is `{url}`; production takes https alone"));
            }
            Some(_) => {}
        }
    }
    if now.is_some() {
        faults.push("--now sets the clock, which production refuses".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let text = "A".repeat(43) + "=";
        Secrets { auth_secret: text.clone(), auth_kek: text.clone(), service_key: text.clone(), admin_password: text }
    }

    fn faults(env: StackEnv, now: Option<DateTime<Utc>>) -> Vec<String> {
        match Config::new(DataFolder::new("data"), secrets(), now, env) {
            Ok(_) => Vec::new(),
            Err(StackError::Config(faults)) => faults,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn an_empty_environment_is_a_development_stack() {
        assert!(faults(StackEnv::default(), None).is_empty());
    }

    #[test]
    fn calls_that_come_too_often_are_refused_in_production_unless_said_otherwise() {
        let check = |named: Option<&str>, production, expected| {
            assert_eq!(policy_mode(named, production, &mut Vec::new()), expected, "{named:?} {production}");
        };
        check(None, false, PolicyMode::LogOnly);
        check(None, true, PolicyMode::Enforce);
        check(Some("off"), true, PolicyMode::Off);
        check(Some("enforce"), false, PolicyMode::Enforce);
    }

    #[test]
    fn production_names_everything_it_refuses_at_once() {
        let env = StackEnv {
            env: Some("production".into()),
            seed_secret: Some(DEV_SEED_SECRET.into()),
            ..StackEnv::default()
        };
        let faults = faults(env, Some(Utc::now())).join("\n");
        for name in [
            "MANA_AUTH_SECRET must",
            "MANA_AUTH_KEK must",
            "MANA_SERVICE_KEY must",
            "PERSONA_SEED_SECRET is the",
            "--now",
            "MANA_AUTH_URL must",
            "MANA_SYNC_URL must",
            "MANA_MCP_URL must",
            "MANA_WEB_URL must",
        ] {
            assert!(faults.contains(name), "{name} in {faults}");
        }
    }

    /// What production takes.
    fn fit_for_production() -> StackEnv {
        let secret = |letter: &str| Some(format!("{letter}b").repeat(21) + "A=");
        let url = |name: &str| Some(format!("https://{name}.example.com"));
        StackEnv {
            env: Some("production".into()),
            auth_secret: secret("a"),
            auth_kek: secret("c"),
            service_key: secret("d"),
            seed_secret: secret("e"),
            urls: ServiceWords { auth: url("auth"), sync: url("sync"), mcp: url("mcp"), runner: None, web: url("web") },
            ..StackEnv::default()
        }
    }

    #[test]
    fn production_takes_secrets_and_addresses_that_are_fit_for_it_and_no_other() {
        assert_eq!(faults(fit_for_production(), None), [""; 0]);
        let fit = fit_for_production();
        let unfit = StackEnv {
            auth_secret: Some("short".into()),
            auth_kek: Some("A".repeat(43) + "="),
            urls: ServiceWords {
                mcp: Some("http://mcp.example.com".into()),
                web: Some("app".into()),
                ..fit.urls.clone()
            },
            ..fit
        };
        let faults = faults(unfit, None);
        assert_eq!(
            faults,
            [
                "MANA_AUTH_SECRET has 5 characters; production wants at least 32",
                "MANA_AUTH_KEK is one character over and over; production wants a random one",
                "MANA_MCP_URL is `http://mcp.example.com`; production takes https alone",
                "MANA_WEB_URL is `app`; production takes https alone",
                "MANA_WEB_URL is `app`; it must be an address such as https://example.com",
            ]
        );
    }

    #[test]
    fn a_wrong_value_is_named_with_what_may_stand_there() {
        let env = StackEnv {
            env: Some("prod".into()),
            tick_interval_ms: Some("0".into()),
            persona_concurrency: Some("two".into()),
            runner_paused: Some("maybe".into()),
            policy_mode: Some("on".into()),
            auth_kek: Some("c2hvcnQ=".into()),
            auth_kek_previous: Some("short".into()),
            ports: ServiceWords { sync: Some("65536".into()), ..ServiceWords::default() },
            urls: ServiceWords { mcp: Some("mailto:mcp@mana.test".into()), ..ServiceWords::default() },
            ..StackEnv::default()
        };
        let faults = faults(env, None);
        assert_eq!(faults.len(), 9, "{faults:?}");
        assert!(faults.contains(&"MANA_SYNC_PORT is `65536`; it must be a port, 0 to 65535".to_owned()), "{faults:?}");
        assert!(faults.contains(&"MCP_POLICY_MODE is `on`; it may be `off`, `log-only`, `enforce`".to_owned()));
        assert!(faults[0].contains("`development` or `production`"), "{faults:?}");
    }
}
