//! How a run ends, for scripts.

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
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
