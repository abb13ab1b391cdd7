//! Where runs are published: a folder (`file://`), or an object store that speaks S3.

use std::{
    fs,
    path::{Path as FilePath, PathBuf},
    time::Duration,
};

use harness_model::RunReport;
use object_store::{
    Attribute, Attributes, BackoffConfig, ObjectStore, PutOptions, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
};
use reports_render::ReportPaths;
use url::Url;

use crate::PublishError;

/// How often a store is asked again when the network or the store fails.
const RETRIES: usize = 5;
/// Until when.
const RETRY_WITHIN: Duration = Duration::from_secs(120);
/// Names the newest run; written last, so that it never points at half a run.
const LATEST: &str = "latest.json";

/// A place for runs.
pub struct Place {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    to: String,
    typed: bool,
}

/// A run that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its page, below the place's address: `2026-03-02T18-00-00Z/report/index.html`.
    pub page: String,
    /// How many files.
    pub files: usize,
}

impl Place {
    /// Opens a place. A bucket's credentials, region and endpoint come from the environment, as for Amazon's own tools.
    ///
    /// # Errors
    /// When the address is of no kind that is known, or credentials are missing.
    pub fn open(to: &str) -> Result<Self, PublishError> {
        let wrong = |problem: String| PublishError::Place { to: to.to_owned(), problem };
        let url = Url::parse(to).map_err(|error| wrong(error.to_string()))?;
        match url.scheme() {
            "file" => {
                let folder = url.to_file_path().map_err(|()| wrong("it is no path of this system".to_owned()))?;
                fs::create_dir_all(&folder).map_err(|error| wrong(error.to_string()))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(error.to_string()))?;
                Ok(Self { store: Box::new(store), prefix: Path::default(), to: to.to_owned(), typed: false })
            }
            "s3" => {
                let retry = RetryConfig {
                    backoff: BackoffConfig::default(),
                    max_retries: RETRIES,
                    retry_timeout: RETRY_WITHIN,
                };
                let bucket = url.host_str().ok_or_else(|| wrong("it names no bucket".to_owned()))?;
                let store = from_environment().with_bucket_name(bucket).with_retry(retry).build();
                let store = store.map_err(|error| wrong(error.to_string()))?;
                let prefix = Path::parse(url.path()).map_err(|error| wrong(error.to_string()))?;
                Ok(Self { store: Box::new(store), prefix, to: to.to_owned(), typed: true })
            }
            other => Err(wrong(format!("{other} is no kind of place that is known"))),
        }
    }

    /// Publishes the run that lies in `folder`: pictures first, the page after them, and what points at it last.
    ///
    /// # Errors
    /// When a file cannot be read, or not be stored although it was tried again.
    pub async fn publish(&self, folder: &FilePath, run: &RunReport) -> Result<Published, PublishError> {
        let paths = ReportPaths::within(folder);
        let mut files = within(&folder.join("report"))?;
        files.retain(|file| *file != paths.page);
        files
            .extend([paths.run_json, paths.junit, paths.comment, paths.page].into_iter().filter(|file| file.is_file()));
        let name = run.started_at.replace(':', "-");
        for file in &files {
            let bytes = fs::read(file).map_err(|source| PublishError::Read { path: file.clone(), source })?;
            let relative = file.strip_prefix(folder).expect("the files are those within the folder");
            let parts = relative.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
            self.put(std::iter::once(name.clone()).chain(parts), bytes).await?;
        }
        let page = format!("{name}/report/index.html");
        let latest = serde_json::json!({ "page": page, "started_at": run.started_at, "summary": run.summary });
        self.put(std::iter::once(LATEST.to_owned()), latest.to_string().into_bytes()).await?;
        Ok(Published { page, files: files.len() + 1 })
    }

    async fn put(&self, parts: impl Iterator<Item = String>, bytes: Vec<u8>) -> Result<(), PublishError> {
        let path = parts.fold(self.prefix.clone(), |path, part| path.join(part));
        let mut options = PutOptions::default();
        // A store hands files out as it was told; a folder's files are what their names say.
        if let Some(kind) = content_type(path.extension()).filter(|_| self.typed) {
            options.attributes = Attributes::from_iter([(Attribute::ContentType, kind)]);
        }
        let done = self.store.put_opts(&path, bytes.into(), options).await;
        done.map(drop).map_err(|source| PublishError::Store {
            file: path.to_string(),
            to: self.to.clone(),
            source: Box::new(source),
        })
    }
}

/// As Amazon's tools read it; a variable that is set to nothing is as good as unset.
fn from_environment() -> AmazonS3Builder {
    let set = std::env::vars().filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty());
    set.fold(AmazonS3Builder::new(), |builder, (name, value)| {
        match name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            Ok(key) => builder.with_config(key, value),
            Err(_) => builder,
        }
    })
}

fn content_type(extension: Option<&str>) -> Option<&'static str> {
    Some(match extension? {
        "html" => "text/html; charset=utf-8",
        "png" => "image/png",
        "json" => "application/json",
        "xml" => "application/xml",
        "md" => "text/markdown; charset=utf-8",
        _ => return None,
    })
}

/// Every file below a folder, in order; none where there is no folder.
fn within(folder: &FilePath) -> Result<Vec<PathBuf>, PublishError> {
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
