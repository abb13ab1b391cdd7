//! How a run ends, for scripts.

use crate::{RunReport, VerdictName};

/// Exit codes of the harness's programs. Documented in README.md; a number never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Every picture passed.
    Success = 0,
    /// The harness itself failed.
    Internal = 1,
    /// The configuration, a flag or an environment variable is wrong.
    BadConfig = 2,
    /// The app under test or one of its services does not answer, or its users cannot log in.
    AppUnavailable = 3,
    /// The browser or its driver is missing or unfit.
    BrowserUnavailable = 4,
    /// No picture was selected: a run that tested nothing does not pass.
    NothingSelected = 5,
    /// At least one picture has no baseline, and none changed.
    MissingBaseline = 100,
    /// At least one picture changed, never settled or could not be taken. 101 is what `cargo test` expects of a
    /// failed test binary.
    Different = 101,
    /// At least one page shows what is for other viewers alone.
    Leak = 102,
}

impl ExitCode {
    /// How a run that found this ends. A leak comes before all else. Pictures without a baseline are another kind of failure than pictures that
    /// changed; a run that was cut short does not pass.
    #[must_use]
    pub fn of(run: &RunReport) -> Self {
        if run.pictures.iter().any(|picture| picture.verdict == VerdictName::Leak) {
            return Self::Leak;
        }
        let mut failed = run.pictures.iter().filter(|picture| picture.fails());
        if !run.not_run.is_empty() {
            return Self::Different;
        }
        match failed.next() {
            None => Self::Success,
            Some(first) if failed.chain([first]).all(|picture| picture.verdict == VerdictName::New) => {
                Self::MissingBaseline
            }
            Some(_) => Self::Different,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
