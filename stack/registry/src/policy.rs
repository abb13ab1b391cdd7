//! Which tools an agent may see and call, how often, and what in its words looks like a trap. Pure: decides from the
//! tool, the settings, the moment it is told and what it saw before; what to do about a finding is its caller's part.

mod marks;
mod pace;

pub use marks::{MARKS, marks};
pub use pace::{CALLS_A_MINUTE, Pace};

use crate::{Effect, Scope, ToolSpec};

/// What becomes of a call that comes too often. Which tools there are does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PolicyMode {
    /// Nothing is counted and nothing is looked for.
    Off,
    /// Findings are logged and counted; every call goes through.
    #[default]
    LogOnly,
    /// Calls that come too often are refused.
    Enforce,
}

impl PolicyMode {
    /// The modes by the word that stands in a configuration.
    pub const ALL: [(&str, Self); 3] = [("off", Self::Off), ("log-only", Self::LogOnly), ("enforce", Self::Enforce)];

    /// The mode of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, mode)| mode)
    }
}

/// The settings of one gateway or one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Whether the user opted in to tools that lose data.
    pub allow_destructive: bool,
}

impl Policy {
    /// Whether an agent may see and call this tool. What it may not call it does not see.
    #[must_use]
    pub fn admits(self, tool: &ToolSpec) -> bool {
        match (tool.scope, tool.effect) {
            (Scope::Admin, _) => false,
            (Scope::UserSpace, Effect::Destructive) => self.allow_destructive,
            (Scope::UserSpace, Effect::Read | Effect::Write) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_its_word() {
        assert_eq!(PolicyMode::named("off"), Some(PolicyMode::Off));
        assert_eq!(PolicyMode::named("log-only"), Some(PolicyMode::LogOnly));
        assert_eq!(PolicyMode::named("enforce"), Some(PolicyMode::Enforce));
        for word in ["", "Off", "log_only", "enforced"] {
            assert_eq!(PolicyMode::named(word), None, "{word}");
        }
    }

    #[test]
    fn admin_tools_are_never_admitted_and_destructive_ones_only_on_wish() {
        let check = |admin: bool, effect, allow_destructive, expected| {
            let tool = ToolSpec::new("a.b", effect, "", |(): (), _| async { Ok(()) });
            let tool = if admin { tool.for_admins() } else { tool };
            assert_eq!(Policy { allow_destructive }.admits(&tool), expected, "{admin} {effect:?} {allow_destructive}");
        };
        for allow in [false, true] {
            check(false, Effect::Read, allow, true);
            check(false, Effect::Write, allow, true);
            check(false, Effect::Destructive, allow, allow);
            for effect in [Effect::Read, Effect::Write, Effect::Destructive] {
                check(true, effect, allow, false);
            }
        }
    }
}
