//! How a run goes about it, as its caller wishes: what it may write, how often it tries, when it ends.

use std::time::Duration;

use harness_baseline::{UPDATE_VARIABLE, UpdateMode};
use harness_capture::{SERVER_VARIABLE, Source};
use url::Url;

use crate::RunError;

/// How often a picture that failed is taken again, besides the first time.
pub const RETRIES_VARIABLE: &str = "VISUAL_RETRIES";
/// Whether flaky pictures let the run pass.
pub const ALLOW_FLAKY_VARIABLE: &str = "VISUAL_ALLOW_FLAKY";
/// Whether the run ends with its first failed picture.
pub const FAIL_FAST_VARIABLE: &str = "VISUAL_FAIL_FAST";
/// How many seconds one attempt at a picture may take.
pub const PICTURE_SECONDS_VARIABLE: &str = "VISUAL_PICTURE_SECONDS";
/// How many browsers work at once.
pub const WORKERS_VARIABLE: &str = "VISUAL_WORKERS";

/// How a run goes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Which baselines may be written.
    pub update: UpdateMode,
    /// How often a picture that failed is taken again. One that passes then is flaky, never passed. A run that may write
    /// baselines takes no picture again: it would choose the one it likes.
    pub retries: u32,
    /// Whether flaky pictures let the run pass. They are told all the same.
    pub allow_flaky: bool,
    /// Whether no further picture is begun after one has failed.
    pub fail_fast: bool,
    /// How long one attempt at a picture may take, once there is a browser for it.
    pub picture_within: Duration,
    /// How many browsers work at once; by the machine's cores and memory when absent.
    pub workers: Option<usize>,
    /// The WebDriver server whose browsers take the pictures; a browser of this machine when absent.
    pub server: Option<Url>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            update: UpdateMode::None,
            retries: 0,
            allow_flaky: false,
            fail_fast: false,
            picture_within: Duration::from_secs(180),
            workers: None,
            server: None,
        }
    }
}

impl Settings {
    /// What the environment asks for. `variable` answers for `CI` too.
    ///
    /// # Errors
    /// When a variable has a value it may not have.
    pub fn from_lookup(variable: impl Fn(&str) -> Option<String>) -> Result<Self, RunError> {
        let set = &|name: &str| variable(name).filter(|value| !value.is_empty());
        let ci = set("CI").is_some_and(|value| value != "false");
        let update = UpdateMode::from_variable(set(UPDATE_VARIABLE).as_deref(), ci);
        let plain = Self::default();
        let server = set(SERVER_VARIABLE).map(|given| Source::address(&given)).transpose();
        let seconds = number(set, PICTURE_SECONDS_VARIABLE, 1)?;
        Ok(Self {
            update: update.map_err(|e| RunError::Config(e.to_string()))?,
            retries: number(set, RETRIES_VARIABLE, 0)?.unwrap_or(plain.retries),
            allow_flaky: yes(set, ALLOW_FLAKY_VARIABLE)?,
            fail_fast: yes(set, FAIL_FAST_VARIABLE)?,
            picture_within: seconds.map_or(plain.picture_within, |seconds| Duration::from_secs(seconds.into())),
            workers: number(set, WORKERS_VARIABLE, 1)?.map(|workers| workers as usize),
            server: server.map_err(RunError::Config)?,
        })
    }

    /// How often a picture that failed is taken again in this run.
    pub(crate) fn attempts(&self) -> u32 {
        if self.update == UpdateMode::None { self.retries + 1 } else { 1 }
    }
}

fn number(set: impl Fn(&str) -> Option<String>, name: &str, least: u32) -> Result<Option<u32>, RunError> {
    let Some(value) = set(name) else { return Ok(None) };
    match value.parse::<u32>() {
        Ok(number) if (least..=1000).contains(&number) => Ok(Some(number)),
        _ => Err(RunError::Config(format!("{name} is `{value}`\nhelp: set it to a whole number from {least} to 1000"))),
    }
}

fn yes(set: impl Fn(&str) -> Option<String>, name: &str) -> Result<bool, RunError> {
    match set(name).as_deref() {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(value) => Err(RunError::Config(format!("{name} is `{value}`\nhelp: set it to 1 or 0"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let lookup = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Settings::from_lookup(lookup).map_err(|e| e.to_string())
    }

    #[test]
    fn an_empty_environment_asks_for_nothing() {
        assert_eq!(from(&[]), Ok(Settings::default()));
        assert_eq!(from(&[("VISUAL_RETRIES", ""), ("VISUAL_FAIL_FAST", "0"), ("CI", "1")]), Ok(Settings::default()));
    }

    #[test]
    fn each_variable_sets_its_own() {
        let asked = from(&[
            ("VISUAL_RETRIES", "2"),
            ("VISUAL_ALLOW_FLAKY", "1"),
            ("VISUAL_FAIL_FAST", "true"),
            ("VISUAL_PICTURE_SECONDS", "7"),
            ("VISUAL_WORKERS", "3"),
            ("WEBDRIVER_URL", "http://grid.example:4444/"),
        ]);
        let expected = Settings {
            update: UpdateMode::None,
            retries: 2,
            allow_flaky: true,
            fail_fast: true,
            picture_within: Duration::from_secs(7),
            workers: Some(3),
            server: "http://grid.example:4444/".parse().ok(),
        };
        assert_eq!(asked, Ok(expected.clone()));
        assert_eq!(expected.attempts(), 3);
        let writing = from(&[("VISUAL_RETRIES", "2"), ("UPDATE_SNAPSHOTS", "changed")]).unwrap();
        assert_eq!(writing.attempts(), 1, "a run that writes does not choose among pictures");
    }

    #[test]
    fn a_wrong_value_is_told_with_its_variable() {
        for (name, value) in [
            ("VISUAL_RETRIES", "-1"),
            ("VISUAL_RETRIES", "many"),
            ("VISUAL_WORKERS", "0"),
            ("VISUAL_PICTURE_SECONDS", "0"),
            ("VISUAL_ALLOW_FLAKY", "sometimes"),
            ("UPDATE_SNAPSHOTS", "everything"),
        ] {
            let error = from(&[(name, value)]).unwrap_err();
            assert!(error.starts_with(&format!("{name} is `{value}`\nhelp: set it to ")), "{error}");
        }
    }
}
