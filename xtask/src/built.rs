//! What cargo says it built: with `--message-format=json-render-diagnostics` it prints a line for each artifact.

use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;

/// A line that cargo prints about something it built.
#[derive(Deserialize)]
pub(crate) struct Built {
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) executable: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

impl Built {
    /// Whether it is a test program.
    pub(crate) fn is_test(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.test)
    }
}

/// Everything that was built; other lines are none of it.
pub(crate) fn lines(printed: &str) -> impl Iterator<Item = Built> + '_ {
    printed.lines().filter_map(|line| serde_json::from_str(line).ok())
}

/// The program of this name and kind (`bin`, `test`, `example`).
pub(crate) fn program(printed: &str, name: &str, kind: &str) -> anyhow::Result<PathBuf> {
    let is_wanted =
        |built: &Built| built.target.as_ref().is_some_and(|t| t.name == name && t.kind.iter().any(|k| k == kind));
    let mut wanted = lines(printed).filter(is_wanted);
    wanted.find_map(|built| built.executable).with_context(|| format!("cargo built no {kind} called {name}"))
}
