//! Whether a new picture takes the place of a baseline.

use std::{fmt, str::FromStr};

use harness_model::{Settled, VerdictName};

use crate::BaselineError;

/// The environment variable that asks for an update.
pub const UPDATE_VARIABLE: &str = "UPDATE_SNAPSHOTS";

/// Which baselines a run may write. Each mode allows what the one before it allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum UpdateMode {
    /// None: the baselines stay as they are.
    #[default]
    None,
    /// Those that are missing.
    Missing,
    /// Those that are missing, and those whose picture changed: also where the change is below the gate.
    Changed,
    /// Every one.
    All,
}

/// What happens to a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stays, or stays missing.
    Keep,
    /// The new picture takes its place.
    Write,
}

impl UpdateMode {
    /// All of them, from the most careful on.
    pub const ALL: [Self; 4] = [Self::None, Self::Missing, Self::Changed, Self::All];

    /// The mode that the value of [`UPDATE_VARIABLE`] asks for; unset or empty asks for nothing.
    ///
    /// # Errors
    /// When the value is unknown, or asks for writing in a continuous integration run.
    pub fn from_variable(value: Option<&str>, ci: bool) -> Result<Self, BaselineError> {
        let mode = value.filter(|value| !value.is_empty()).map_or(Ok(Self::None), str::parse)?;
        if ci && mode != Self::None {
            return Err(BaselineError::UpdateInCi { mode });
        }
        Ok(mode)
    }

    /// The word in the environment.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::All => "all",
        }
    }

    pub(crate) fn words() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for UpdateMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UpdateMode {
    type Err = BaselineError;

    fn from_str(word: &str) -> Result<Self, BaselineError> {
        let known = Self::ALL.into_iter().find(|mode| mode.as_str() == word);
        known.ok_or_else(|| BaselineError::UnknownMode { value: word.to_owned() })
    }
}

/// Whether the new picture is written as the baseline.
///
/// | mode | no baseline | changed, size changed, passed with a change | passed, identical |
/// |---|---|---|---|
/// | none | keep | keep | keep |
/// | missing | write | keep | keep |
/// | changed | write | write | keep |
/// | all | write | write | write |
///
/// Always kept: where the page was never shown to have settled or looked different from visit to visit, where it shows
/// what is for others alone, and where there is no picture to judge. A baseline that is damaged counts as one that changed, and so does one that a picture taken for new meets after all. `identical` means that no pixel differs beyond the threshold; fainter
/// differences are what `all` is for.
#[must_use]
pub fn decide(mode: UpdateMode, has_baseline: bool, verdict: VerdictName, settled: Settled) -> Decision {
    let least = match verdict {
        VerdictName::Leak | VerdictName::Error | VerdictName::NeverSettled | VerdictName::Flaky => {
            return Decision::Keep;
        }
        _ if !has_baseline => UpdateMode::Missing,
        VerdictName::New | VerdictName::Changed | VerdictName::SizeChanged | VerdictName::PassedWithChange => {
            UpdateMode::Changed
        }
        VerdictName::Passed | VerdictName::Identical => UpdateMode::All,
    };
    if is_proof(settled) && mode >= least { Decision::Write } else { Decision::Keep }
}

/// Whether two equal pictures of a quiet page stand behind the picture.
fn is_proof(settled: Settled) -> bool {
    match settled {
        Settled::Matched | Settled::MatchedLate | Settled::SettledDifferent | Settled::SettledNew => true,
        Settled::NeverSettled | Settled::NotPictured => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use UpdateMode::{All, Changed, Missing};

    const SETTLED: [Settled; 6] = [
        Settled::Matched,
        Settled::MatchedLate,
        Settled::SettledDifferent,
        Settled::SettledNew,
        Settled::NeverSettled,
        Settled::NotPictured,
    ];

    /// The modes that write, for every verdict, with and without a baseline.
    fn writing(verdict: VerdictName, has_baseline: bool) -> &'static [UpdateMode] {
        match (verdict, has_baseline) {
            (VerdictName::Leak | VerdictName::Error | VerdictName::NeverSettled | VerdictName::Flaky, _) => &[],
            (_, false) => &[Missing, Changed, All],
            (VerdictName::Passed | VerdictName::Identical, true) => &[All],
            (_, true) => &[Changed, All],
        }
    }

    #[test]
    fn the_table_holds_in_full() {
        let mut written = 0;
        for mode in UpdateMode::ALL {
            for verdict in VerdictName::ALL {
                for settled in SETTLED {
                    for has_baseline in [false, true] {
                        let proof = !matches!(settled, Settled::NeverSettled | Settled::NotPictured);
                        let write = proof && writing(verdict, has_baseline).contains(&mode);
                        let expected = if write { Decision::Write } else { Decision::Keep };
                        let decision = decide(mode, has_baseline, verdict, settled);
                        assert_eq!(decision, expected, "{mode} {has_baseline} {verdict:?} {settled:?}");
                        written += u32::from(write);
                    }
                }
            }
        }
        assert_eq!(written, 4 * (6 * 3 + 4 * 2 + 2), "the table above says how many of the cases write");
    }

    #[test]
    fn a_word_in_the_environment_becomes_a_mode() {
        for mode in UpdateMode::ALL {
            assert_eq!(mode.as_str().parse::<UpdateMode>().unwrap(), mode);
            assert_eq!(UpdateMode::from_variable(Some(mode.as_str()), false).unwrap(), mode);
        }
        for nothing in [None, Some("")] {
            assert_eq!(UpdateMode::from_variable(nothing, true).unwrap(), UpdateMode::None);
        }
    }

    #[test]
    fn an_unknown_word_is_told_with_the_variable_and_the_known_ones() {
        for word in ["1", "yes", "Changed", " all"] {
            let error = UpdateMode::from_variable(Some(word), false).unwrap_err().to_string();
            assert!(error.starts_with(&format!("UPDATE_SNAPSHOTS is `{word}`")), "{error}");
            assert!(error.ends_with("one of none, missing, changed, all"), "{error}");
        }
    }

    #[test]
    fn an_update_is_refused_in_continuous_integration() {
        for mode in [Missing, Changed, All] {
            let error = UpdateMode::from_variable(Some(mode.as_str()), true).unwrap_err().to_string();
            assert!(error.starts_with(&format!("UPDATE_SNAPSHOTS={mode} is refused where CI is set")), "{error}");
        }
        assert_eq!(UpdateMode::from_variable(Some("none"), true).unwrap(), UpdateMode::None);
    }
}
