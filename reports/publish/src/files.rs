//! A run's files at a place where others see them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use harness_model::RunReport;
use harness_place::Place;
use reports_render::ReportPaths;

use crate::PublishError;

/// Names the newest run; written last, so that it never points at half a run.
const LATEST: &str = "latest.json";

/// A run that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its page, below the place's address: `2026-03-02T18-00-00Z/report/index.html`.
    pub page: String,
    /// How many files.
    pub files: usize,
}

/// Publishes the run that lies in `folder`: pictures first, the page after them, and what points at it last.
///
/// # Errors
/// When a file cannot be read, or not be stored although it was tried again.
pub async fn publish(place: &Place, folder: &Path, run: &RunReport) -> Result<Published, PublishError> {
    let paths = ReportPaths::within(folder);
    let mut files = within(&folder.join("report"))?;
    files.retain(|file| *file != paths.page);
    files.extend([paths.run_json, paths.junit, paths.comment, paths.page].into_iter().filter(|file| file.is_file()));
    let name = run.started_at.replace(':', "-");
    for file in &files {
        let bytes = fs::read(file).map_err(|source| PublishError::Read { path: file.clone(), source })?;
        let relative = file.strip_prefix(folder).expect("the files are those within the folder");
        let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        place.put(&format!("{name}/{}", parts.join("/")), bytes).await?;
    }
    let page = format!("{name}/report/index.html");
    let latest = serde_json::json!({ "page": page, "started_at": run.started_at, "summary": run.summary });
    place.put(LATEST, latest.to_string().into_bytes()).await?;
    Ok(Published { page, files: files.len() + 1 })
}

/// Every file below a folder, in order; none where there is no folder.
fn within(folder: &Path) -> Result<Vec<PathBuf>, PublishError> {
    let failed = |source| PublishError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            files.extend(within(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
