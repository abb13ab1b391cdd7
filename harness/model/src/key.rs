//! The name of a picture: which flow, which step, seen by whom, through which viewport.

use std::{fmt, path::PathBuf, str::FromStr};

use serde::{Deserialize, Serialize};

/// A picture's whole and unique name, written `flow/step/viewer-viewport`.
///
/// Each part is a slug (`a-z`, `0-9`, `-`), so a key is at once a test name, a path below `snapshots/` that cannot
/// leave it, and a URL fragment. The viewport is the word after the last `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SnapshotKey {
    flow: String,
    step: String,
    viewer: String,
    viewport: String,
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It has not the form `flow/step/viewer-viewport`.
    #[error("`{0}` is not a picture's name; expected flow/step/viewer-viewport, such as home/dashboard/anna-desktop")]
    Form(String),
    /// A part holds something else than `a-z`, `0-9` and `-`.
    #[error("`{part}` in the picture name `{key}` may hold only a-z, 0-9 and -")]
    Slug {
        /// The offending part.
        part: String,
        /// The whole name.
        key: String,
    },
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl SnapshotKey {
    /// Joins the four parts.
    ///
    /// # Errors
    /// When a part is no slug, or the viewport holds a `-`.
    pub fn new(flow: &str, step: &str, viewer: &str, viewport: &str) -> Result<Self, KeyError> {
        let key = Self { flow: flow.into(), step: step.into(), viewer: viewer.into(), viewport: viewport.into() };
        for part in [flow, step, viewer, viewport] {
            if !is_slug(part) {
                return Err(KeyError::Slug { part: part.into(), key: key.to_string() });
            }
        }
        if viewport.contains('-') {
            return Err(KeyError::Slug { part: viewport.into(), key: key.to_string() });
        }
        Ok(key)
    }

    /// The flow.
    #[must_use]
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// The step within the flow.
    #[must_use]
    pub fn step(&self) -> &str {
        &self.step
    }

    /// Who is looking.
    #[must_use]
    pub fn viewer(&self) -> &str {
        &self.viewer
    }

    /// Through which viewport.
    #[must_use]
    pub fn viewport(&self) -> &str {
        &self.viewport
    }

    /// The picture's path below a folder of pictures, with this ending: `png`, `diff.png` …
    #[must_use]
    pub fn path(&self, ending: &str) -> PathBuf {
        [&self.flow, &self.step, &format!("{}-{}.{ending}", self.viewer, self.viewport)].iter().collect()
    }
}

impl fmt::Display for SnapshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}-{}", self.flow, self.step, self.viewer, self.viewport)
    }
}

impl FromStr for SnapshotKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || KeyError::Form(text.to_owned());
        let mut parts = text.split('/');
        let (Some(flow), Some(step), Some(last), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form());
        };
        let (viewer, viewport) = last.rsplit_once('-').ok_or_else(form)?;
        Self::new(flow, step, viewer, viewport)
    }
}

impl TryFrom<String> for SnapshotKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<SnapshotKey> for String {
    fn from(key: SnapshotKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_is_written() {
        let key: SnapshotKey = "home/dashboard/anna-maria-desktop".parse().unwrap();
        assert_eq!(
            (key.flow(), key.step(), key.viewer(), key.viewport()),
            ("home", "dashboard", "anna-maria", "desktop")
        );
        assert_eq!(key.to_string(), "home/dashboard/anna-maria-desktop");
        assert_eq!(key.path("png"), PathBuf::from("home/dashboard/anna-maria-desktop.png"));
        assert_eq!(serde_json::to_string(&key).unwrap(), "\"home/dashboard/anna-maria-desktop\"");
    }

    #[test]
    fn a_key_cannot_leave_its_folder() {
        for bad in [
            "",
            "home",
            "home/x",
            "home/x/anna",
            "../x/anna-desktop",
            "home/../anna-desktop",
            "home/x/y/a-b",
            "Home/x/anna-desktop",
            "home/x/-desktop",
            "home/x/anna-",
            "home//anna-desktop",
            "home/x/an\0na-desktop",
        ] {
            assert!(bad.parse::<SnapshotKey>().is_err(), "{bad:?} must not be a key");
        }
    }
}
