//! The engines that pages can be looked at with.

use std::{fmt, str::FromStr};

/// A browser engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// Chromium, Chrome and what else is made of it.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// The word in settings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    /// What WebDriver calls it.
    #[must_use]
    pub fn webdriver_name(self) -> &'static str {
        match self {
            Self::Chromium => "chrome",
            Self::Firefox => "firefox",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
        })
    }
}

/// A word names no engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no browser called `{0}`; there are chromium and firefox")]
pub struct NoEngine(String);

impl FromStr for Engine {
    type Err = NoEngine;

    fn from_str(word: &str) -> Result<Self, NoEngine> {
        Self::ALL.into_iter().find(|engine| engine.word() == word).ok_or_else(|| NoEngine(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_named_by_its_word_alone() {
        for engine in Engine::ALL {
            assert_eq!(engine.word().parse(), Ok(engine));
        }
        let unknown = "safari".parse::<Engine>().unwrap_err().to_string();
        assert_eq!(unknown, "there is no browser called `safari`; there are chromium and firefox");
    }
}
