//! Who accepted a baseline and why: a small text file beside the picture, in the repository with it.

use serde::{Deserialize, Serialize};

/// An acceptance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who, as git knows them.
    pub who: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Why, in their words; may be empty.
    pub reason: String,
    /// What had changed.
    pub change: String,
}

impl Approval {
    /// The file: JSON over several lines, so that a pull request shows it.
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("an approval holds only texts");
        text.push(b'\n');
        text
    }
}
