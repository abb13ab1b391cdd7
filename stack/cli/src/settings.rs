//! Every setting of the stack: its key in the configuration file, its environment variable, and the file itself.
//!
//! The one place where a key meets its variable. Who reads a setting asks for its variable; whether the environment or
//! the file answers is decided here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::StackError;

/// The commented file with every default.
pub const DEFAULT_FILE: &str = include_str!("../stack.toml");

/// Key in the file, and variable in the environment.
const SETTINGS: [(&str, &str); 32] = [
    ("env", "MANA_ENV"),
    ("database.url", "DATABASE_URL"),
    ("ports.auth", "MANA_AUTH_PORT"),
    ("ports.sync", "MANA_SYNC_PORT"),
    ("ports.mcp", "MANA_MCP_PORT"),
    ("ports.runner", "MANA_RUNNER_PORT"),
    ("ports.web", "MANA_WEB_PORT"),
    ("urls.auth", "MANA_AUTH_URL"),
    ("urls.sync", "MANA_SYNC_URL"),
    ("urls.mcp", "MANA_MCP_URL"),
    ("urls.runner", "MANA_RUNNER_URL"),
    ("urls.web", "MANA_WEB_URL"),
    ("secrets.auth", "MANA_AUTH_SECRET"),
    ("secrets.kek", "MANA_AUTH_KEK"),
    ("secrets.kek_previous", "MANA_AUTH_KEK_PREVIOUS"),
    ("secrets.service_key", "MANA_SERVICE_KEY"),
    ("secrets.seed", "PERSONA_SEED_SECRET"),
    ("mcp.policy", "MCP_POLICY_MODE"),
    ("runner.tick_interval_ms", "TICK_INTERVAL_MS"),
    ("runner.concurrency", "PERSONA_CONCURRENCY"),
    ("runner.paused", "RUNNER_PAUSED"),
    ("runner.day_max_ms", "PERSONA_DAY_MAX_MS"),
    ("runner.player", "PERSONA_PLAYER"),
    ("runner.script_seed", "PERSONA_SCRIPT_SEED"),
    ("runner.model", "PERSONA_MODEL"),
    ("runner.day_tokens", "PERSONA_DAY_TOKENS"),
    ("models.anthropic_key", "ANTHROPIC_API_KEY"),
    ("models.anthropic_url", "ANTHROPIC_BASE_URL"),
    ("models.openai_key", "OPENAI_API_KEY"),
    ("models.openai_url", "OPENAI_BASE_URL"),
    ("log.format", "LOG_FORMAT"),
    ("log.filter", "RUST_LOG"),
];

/// What a configuration file says.
#[derive(Default)]
pub struct SettingsFile {
    /// By variable.
    values: BTreeMap<&'static str, String>,
}

impl SettingsFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read; else names every fault in it at once.
    pub fn load(path: &Path) -> Result<Self, StackError> {
        let failed = |source| StackError::File { action: "read", path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(failed)?;
        Self::parse(&text).map_err(|faults| StackError::ConfigFile { path: PathBuf::from(path), faults })
    }

    /// What it says about this variable's setting.
    pub(crate) fn get(&self, variable: &str) -> Option<String> {
        self.values.get(variable).cloned()
    }

    fn parse(text: &str) -> Result<Self, Vec<String>> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| vec![error.to_string()])?;
        let (mut values, mut faults) = (BTreeMap::new(), Vec::new());
        collect("", &table, &mut values, &mut faults);
        if faults.is_empty() { Ok(Self { values }) } else { Err(faults) }
    }
}

fn collect(prefix: &str, table: &toml::Table, values: &mut BTreeMap<&'static str, String>, faults: &mut Vec<String>) {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        let known = SETTINGS.iter().find(|(known, _)| *known == key);
        let text = match value {
            toml::Value::Table(inner) if known.is_none() && is_section(&key) => {
                collect(&format!("{key}."), inner, values, faults);
                continue;
            }
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Integer(number) => Some(number.to_string()),
            toml::Value::Boolean(truth) => Some(truth.to_string()),
            _ => None,
        };
        match (known, text) {
            (None, _) => faults.push(unknown(&key)),
            (Some(_), None) => faults.push(format!("`{key}` must be a text, a whole number, `true` or `false`")),
            (Some((_, variable)), Some(text)) => {
                values.insert(variable, text);
            }
        }
    }
}

/// Whether some key lies below this one.
fn is_section(key: &str) -> bool {
    SETTINGS.iter().any(|(known, _)| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// A slip is answered with the key that was meant; what is like no key, with where to find them all.
fn unknown(key: &str) -> String {
    let near = SETTINGS.iter().map(|(known, _)| (strsim::damerau_levenshtein(key, known), *known)).min();
    match near {
        Some((distance, known)) if distance * 3 <= key.chars().count().max(3) => {
            format!("`{key}` is no setting; did you mean `{known}`?")
        }
        _ => format!("`{key}` is no setting; `stack config` prints all"),
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;
    use crate::{Config, DataFolder, Secrets, StackEnv};

    fn parse(text: &str) -> Vec<String> {
        SettingsFile::parse(text).err().unwrap_or_default()
    }

    /// The default file with its examples turned on.
    fn with_examples() -> String {
        let example = |line: &str| {
            let key = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = ")).map(|(key, _)| key.to_owned());
            key.is_some_and(|key| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        };
        let lines = DEFAULT_FILE.lines().map(|line| if example(line) { &line[2..] } else { line });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_default_file_holds_every_setting_and_no_other() {
        let file = SettingsFile::parse(&with_examples()).unwrap_or_else(|faults| panic!("{faults:?}"));
        let held: BTreeSet<&str> = file.values.keys().copied().collect();
        let known: BTreeSet<&str> = SETTINGS.iter().map(|(_, variable)| *variable).collect();
        assert_eq!(held, known);
    }

    #[test]
    fn each_setting_of_the_default_file_names_its_variable() {
        let text = with_examples();
        for (key, variable) in SETTINGS {
            let name = key.rsplit('.').next().unwrap();
            let named = text.lines().any(|line| line.starts_with(&format!("{name} = ")) && line.contains(variable));
            assert!(named, "the line of {key} does not name {variable}");
        }
    }

    #[test]
    fn every_variable_that_is_read_has_a_key() {
        let asked = RefCell::new(BTreeSet::new());
        let note = |variable: &str| -> Option<String> {
            asked.borrow_mut().insert(variable.to_owned());
            None
        };
        StackEnv::from(note);
        let known: BTreeSet<String> = SETTINGS.iter().map(|(_, variable)| (*variable).to_owned()).collect();
        // The collector's variables are OpenTelemetry's own, read by its library.
        let asked: BTreeSet<String> =
            asked.into_inner().into_iter().filter(|name| !name.starts_with("OTEL_")).collect();
        assert_eq!(asked, known);
    }

    #[test]
    fn the_default_file_changes_nothing() {
        let told = |file: &SettingsFile| {
            let env = StackEnv::from(|variable| file.get(variable));
            let secret = "A".repeat(43) + "=";
            let (auth_secret, auth_kek) = (secret.clone(), secret.clone());
            let secrets = Secrets { auth_secret, auth_kek, service_key: secret.clone(), admin_password: secret };
            let config = Config::new(DataFolder::new("data"), secrets, None, env).unwrap();
            let Config { production, ports, tick_interval, persona_concurrency, runner_paused, .. } = config;
            let runner = (tick_interval, persona_concurrency, runner_paused);
            format!("{production} {ports:?} {runner:?} {:?} {:?}", config.policy_mode, config.player)
        };
        let file = SettingsFile::parse(DEFAULT_FILE).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(told(&file), told(&SettingsFile::default()));
        assert_eq!(file.get("RUST_LOG").as_deref(), Some(stack_trace::Logs::FILTER));
        let format = file.get("LOG_FORMAT").and_then(|word| stack_trace::LogFormat::named(&word));
        assert_eq!(format, Some(stack_trace::LogFormat::default()));
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one_and_all_at_once() {
        let faults = parse("evn = 'x'\n[runner]\nconcurency = 3\n[ports]\nauth = [1]\n[colours]\nred = 1\n");
        assert_eq!(
            faults,
            [
                "`colours` is no setting; `stack config` prints all",
                "`evn` is no setting; did you mean `env`?",
                "`ports.auth` must be a text, a whole number, `true` or `false`",
                "`runner.concurency` is no setting; did you mean `runner.concurrency`?",
            ]
        );
        assert!(parse("env = ").join("").contains("line 1"), "{:?}", parse("env = "));
        assert_eq!(parse("runner = 3"), ["`runner` is no setting; `stack config` prints all"]);
    }
}
