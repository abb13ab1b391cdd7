//! Which pictures there are to take, as the suite itself lists them.

use std::{collections::BTreeSet, process::Command};

use harness_model::SnapshotKey;

use crate::ApproveError;

/// Asks the suite. Words of the command are parted by spaces.
///
/// # Errors
/// When the command fails or lists nothing: every baseline would seem to be one too many then.
pub fn keys(command: &str) -> Result<BTreeSet<SnapshotKey>, ApproveError> {
    let failed = |problem: String| ApproveError::List { command: command.to_owned(), problem };
    let mut words = command.split_whitespace();
    let program = words.next().ok_or_else(|| failed("the command is empty".to_owned()))?;
    let output = Command::new(program).args(words).output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim())));
    }
    let keys = listed(&String::from_utf8_lossy(&output.stdout));
    if keys.is_empty() { Err(failed("it lists no picture".to_owned())) } else { Ok(keys) }
}

/// `home/dashboard/anna-desktop: test`, a line each.
fn listed(text: &str) -> BTreeSet<SnapshotKey> {
    text.lines().filter_map(|line| line.strip_suffix(": test")?.parse().ok()).collect()
}
