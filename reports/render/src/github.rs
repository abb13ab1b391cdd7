//! What a job on GitHub shows of a run: an annotation for each group of pictures, and the summary of the step.

use std::{fs, io::Write as _, path::Path};

use harness_model::RunReport;

use crate::{RenderError, groups, markdown, wording};

/// GitHub shows no more annotations of one step.
const ANNOTATIONS_MAX: usize = 10;
/// Characters of an annotation.
const WIDTH: usize = 500;

/// Tells a job on GitHub what was found: writes the step's summary where `GITHUB_STEP_SUMMARY` names a file, and gives
/// the lines to print where `GITHUB_ACTIONS` is set. Elsewhere it does nothing.
///
/// # Errors
/// [`RenderError::Write`] when the summary cannot be written.
pub fn github(run: &RunReport, variable: impl Fn(&str) -> Option<String>) -> Result<String, RenderError> {
    if let Some(path) = variable("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let path = Path::new(&path);
        // Other steps' words stand in the same file.
        let file = fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| file.write_all(markdown(run).as_bytes()))
            .map_err(|source| RenderError::Write { path: path.to_owned(), source })?;
    }
    Ok(if variable("GITHUB_ACTIONS").as_deref() == Some("true") { annotations(run) } else { String::new() })
}

/// A line for each of the first groups. One that fails is an error, one that passes a warning.
fn annotations(run: &RunReport) -> String {
    let groups = groups(run);
    let line = |group: &crate::Group| {
        let level = if group.verdict.passes() { "warning" } else { "error" };
        let title = format!("{}: {}", wording::verdict(group.verdict), group.extent);
        let first = group.keys.first().map(ToString::to_string).unwrap_or_default();
        let what = wording::cut(&wording::visible(&group.what), WIDTH);
        format!("::{level} title={}::{}\n", property(&title), data(&format!("{what}\nfor instance {first}")))
    };
    let mut lines: Vec<String> = groups.iter().take(ANNOTATIONS_MAX).map(line).collect();
    if !run.not_run.is_empty() {
        let count = wording::plural(run.not_run.len(), "picture", "pictures");
        lines.truncate(ANNOTATIONS_MAX - 1);
        lines.insert(0, format!("::error title=the run was cut short::{count} not run\n"));
    }
    lines.concat()
}

/// What follows the second `::`. A line break would end the command, and what follows could be another one.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before the second `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
