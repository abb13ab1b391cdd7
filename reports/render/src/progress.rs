//! A run that was cut short, read from the log that it kept.

use std::{fs, path::Path};

use harness_model::{PROGRESS_FILE, Progress, RunReport};

use crate::RenderError;

/// The run in `folder` as far as it came, where it ended without a report: pictures that it did not come to are named as
/// not run. `None` where no run was cut short.
///
/// # Errors
/// [`RenderError::Read`] when the log cannot be read, [`RenderError::Form`] when it does not begin as one.
pub fn cut_short(folder: &Path) -> Result<Option<RunReport>, RenderError> {
    let path = folder.join(PROGRESS_FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(RenderError::Read { path, source }),
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let first = serde_json::from_str(lines.next().unwrap_or_default());
    let began = match first.map_err(|source| RenderError::Form { path: path.clone(), source })? {
        Progress::Began(began) => began,
        Progress::Took { .. } => {
            let source = serde::de::Error::custom("it does not say how the run began");
            return Err(RenderError::Form { path, source });
        }
    };
    let (mut duration, mut pictures) = (0, Vec::new());
    // The last line may be half: the process died over it, and its picture counts as not run.
    for line in lines.map_while(|line| serde_json::from_str(line).ok()) {
        if let Progress::Took { after_ms, picture } = line {
            duration = after_ms;
            pictures.push(*picture);
        }
    }
    Ok(Some(began.report(duration, pictures)))
}
