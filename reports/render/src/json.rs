//! `run.json`: what a run found, for programs. The form is [`RunReport`]'s, its version [`REPORT_VERSION`].

use std::path::Path;

use harness_model::{REPORT_VERSION, RunReport, Summary};
use serde::Deserialize;

use crate::RenderError;

/// The run as it stands in `run.json`: pictures by key, counts taken from them, so that the same findings give the same
/// bytes in whatever order they came in.
pub(crate) fn render(run: &RunReport) -> String {
    let mut run = run.clone();
    run.version = REPORT_VERSION;
    run.pictures.sort_by(|a, b| a.key.cmp(&b.key));
    run.summary = Summary::of(&run.pictures);
    let mut text = serde_json::to_string_pretty(&run).expect("a run holds only texts, numbers and lists of them");
    text.push('\n');
    text
}

/// Reads a `run.json`.
///
/// # Errors
/// [`RenderError::Read`] when there is none, [`RenderError::Version`] when it is of another version of the form,
/// [`RenderError::Form`] when it is no run file.
pub fn read(path: &Path) -> Result<RunReport, RenderError> {
    /// Looked at first: a file of another version need not have any other field of this one.
    #[derive(Deserialize)]
    struct Version {
        version: u64,
    }

    let form = |source| RenderError::Form { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(|source| RenderError::Read { path: path.to_owned(), source })?;
    let found = serde_json::from_slice::<Version>(&bytes).map_err(form)?.version;
    if found != u64::from(REPORT_VERSION) {
        return Err(RenderError::Version { path: path.to_owned(), found, understood: REPORT_VERSION });
    }
    serde_json::from_slice(&bytes).map_err(form)
}
