//! Where files go that others fetch: a folder (`file://`), or an object store that speaks S3.
//!
//! One address, the same calls for both. What fails on the way is tried again; what goes on failing is told with the
//! address and the file.

mod error;

use std::{fs, time::Duration};

use object_store::{
    Attribute, Attributes, BackoffConfig, GetOptions, ObjectStore, PutOptions, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
};
use url::Url;

pub use error::PlaceError;

/// How often a store is asked again when the network or the store fails.
const RETRIES: usize = 5;
/// Until when.
const RETRY_WITHIN: Duration = Duration::from_secs(120);

/// A place for files.
#[derive(Debug)]
pub struct Place {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    address: String,
    /// Whether the place keeps a file's kind beside it.
    typed: bool,
}

impl Place {
    /// Opens a place. A bucket's credentials, region and endpoint come from the environment, as for Amazon's own tools.
    ///
    /// # Errors
    /// When the address is of no kind that is known, or credentials are missing.
    pub fn open(address: &str) -> Result<Self, PlaceError> {
        Self::open_with(address, std::env::vars())
    }

    /// As [`Place::open`], with these variables in place of the environment's.
    ///
    /// # Errors
    /// As [`Place::open`].
    pub fn open_with(address: &str, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, PlaceError> {
        let wrong = |problem: String| PlaceError::Address { address: address.to_owned(), problem };
        let url = Url::parse(address).map_err(|error| wrong(error.to_string()))?;
        let (store, prefix, typed): (Box<dyn ObjectStore>, _, _) = match url.scheme() {
            "file" => {
                let folder = url.to_file_path().map_err(|()| wrong("it is no path of this system".to_owned()))?;
                fs::create_dir_all(&folder).map_err(|error| wrong(error.to_string()))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(error.to_string()))?;
                (Box::new(store), Path::default(), false)
            }
            "s3" => {
                let retry = RetryConfig {
                    backoff: BackoffConfig::default(),
                    max_retries: RETRIES,
                    retry_timeout: RETRY_WITHIN,
                };
                let bucket = url.host_str().ok_or_else(|| wrong("it names no bucket".to_owned()))?;
                let store = named_by(variables).with_bucket_name(bucket).with_retry(retry).build();
                let store = store.map_err(|error| wrong(error.to_string()))?;
                let prefix = Path::parse(url.path()).map_err(|error| wrong(error.to_string()))?;
                (Box::new(store), prefix, true)
            }
            other => return Err(wrong(format!("{other} is no kind of place that is known"))),
        };
        Ok(Self { store, prefix, address: address.to_owned(), typed })
    }

    /// The address, as it was given.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stores a file, in one step: whoever reads gets the old one or the whole new one. `/` parts folders.
    ///
    /// # Errors
    /// When it could not be stored although it was tried again.
    pub async fn put(&self, file: &str, bytes: Vec<u8>) -> Result<(), PlaceError> {
        let path = self.path(file);
        let mut options = PutOptions::default();
        // A store hands files out as it was told; a folder's files are what their names say.
        if let Some(kind) = content_type(path.extension()).filter(|_| self.typed) {
            options.attributes = Attributes::from_iter([(Attribute::ContentType, kind)]);
        }
        let done = self.store.put_opts(&path, bytes.into(), options).await;
        done.map(drop).map_err(|source| PlaceError::Put {
            file: file.to_owned(),
            address: self.address.clone(),
            source: Box::new(source),
        })
    }

    /// A file's bytes; `None` when there is none of that name.
    ///
    /// # Errors
    /// When it could not be fetched although it was tried again.
    pub async fn get(&self, file: &str) -> Result<Option<Vec<u8>>, PlaceError> {
        let fetched = match self.store.get_opts(&self.path(file), GetOptions::default()).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match fetched {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => {
                Err(PlaceError::Get { file: file.to_owned(), address: self.address.clone(), source: Box::new(source) })
            }
        }
    }

    fn path(&self, file: &str) -> Path {
        file.split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }
}

/// As Amazon's tools read them; a variable that is set to nothing is as good as unset.
fn named_by(variables: impl IntoIterator<Item = (String, String)>) -> AmazonS3Builder {
    let set = variables.into_iter().filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty());
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
