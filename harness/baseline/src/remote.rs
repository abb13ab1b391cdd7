//! Baselines whose pictures lie in an object store. In each picture's place git keeps what it is called there: the
//! checksum of its bytes. So a checkout brings a hundred bytes a picture, and a run fetches those that it compares.
//!
//! What was fetched once lies in a cache that every checkout of this user shares, and is checked whenever it is read; a
//! picture in the cache needs neither network nor credentials. Objects are named by what they hold, so none is ever
//! overwritten, and going back to an older commit finds the older pictures.

use std::{
    env, fs,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, Mutex, mpsc},
};

use aws_lc_rs::digest::{SHA256, digest};
use harness_model::SnapshotKey;
use harness_place::{Place, PlaceError};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use crate::{BaselineError, store::replace};

/// The file in the folder of baselines that says where their pictures lie.
pub(crate) const CONFIG: &str = ".store.toml";
/// Where fetched pictures are kept, when not in the user's cache.
pub const CACHE_VARIABLE: &str = "BASELINES_CACHE";
/// Hexadecimal digits of a checksum.
const DIGITS: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    url: String,
}

/// What stands in a picture's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pointer {
    sha256: String,
    bytes: usize,
}

impl Pointer {
    pub(crate) fn of(picture: &[u8]) -> Self {
        let sum = digest(&SHA256, picture);
        let sha256 = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { sha256, bytes: picture.len() }
    }

    /// Reads what stands in a picture's place; `None` for anything that is no pointer. A checksum is digits and nothing
    /// else: it becomes part of a path.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let pointer: Self = serde_json::from_slice(text).ok()?;
        let digits = pointer.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (digits && pointer.sha256.len() == DIGITS).then_some(pointer)
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("a pointer is a text and a number");
        text.push(b'\n');
        text
    }

    fn file(&self) -> String {
        format!("{}.png", self.sha256)
    }

    fn fits(&self, bytes: &[u8]) -> bool {
        *self == Self::of(bytes)
    }
}

/// How an object store is come by.
#[derive(Debug, Clone)]
pub struct Access {
    /// The folder where fetched pictures are kept.
    pub cache: PathBuf,
    /// Credentials, region and endpoint, by the names of Amazon's variables.
    pub variables: Vec<(String, String)>,
}

impl Access {
    /// As the environment says.
    #[must_use]
    pub fn from_environment() -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = set(CACHE_VARIABLE).unwrap_or_else(|| {
            let of_the_user = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
            of_the_user.unwrap_or_else(env::temp_dir).join("beholder").join("baselines")
        });
        let variables =
            env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self { cache, variables: variables.filter(|(name, _)| name.starts_with("AWS_")).collect() }
    }
}

/// An object store of pictures, with its cache.
#[derive(Debug, Clone)]
pub(crate) struct Remote {
    url: String,
    access: Access,
    /// Opened when it is first asked: what the cache holds needs no credentials.
    line: Arc<Mutex<Option<Arc<Line>>>>,
}

/// An open place, and what its requests run on: a store's callers wait for files, be they tasks or threads.
#[derive(Debug)]
struct Line {
    place: Place,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Remote {
    /// The store that the folder of baselines names; `None` where the pictures lie in the folder itself.
    pub(crate) fn of(root: &Path, access: impl FnOnce() -> Access) -> Result<Option<Self>, BaselineError> {
        let path = root.join(CONFIG);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BaselineError::Read { path, source }),
        };
        let Config { url } = toml::from_str(&text)
            .map_err(|error| BaselineError::StoreFile { path, problem: error.message().to_owned() })?;
        Ok(Some(Self { url, access: access(), line: Arc::default() }))
    }

    /// A picture: from the cache if it is there and whole, else from the store.
    pub(crate) fn fetch(&self, key: &SnapshotKey, pointer: &Pointer) -> Result<Vec<u8>, BaselineError> {
        let cached = self.access.cache.join(pointer.file());
        if let Some(bytes) = fs::read(&cached).ok().filter(|bytes| pointer.fits(bytes)) {
            return Ok(bytes);
        }
        let failed = |source| BaselineError::Fetch { key: Box::new(key.clone()), source: Box::new(source) };
        let file = pointer.file();
        let fetched = self.ask(move |line| Box::pin(async move { line.place.get(&file).await })).map_err(failed)?;
        let unusable = |problem: &str| BaselineError::Stored {
            key: Box::new(key.clone()),
            problem: format!("{} {problem} {}", self.url, pointer.file()),
        };
        let bytes = fetched.ok_or_else(|| unusable("holds no"))?;
        if !pointer.fits(&bytes) {
            return Err(unusable("holds other bytes than were stored as"));
        }
        self.keep(pointer, &bytes);
        Ok(bytes)
    }

    /// Stores a picture and says what it is called there.
    pub(crate) fn put(&self, key: &SnapshotKey, picture: &[u8]) -> Result<Pointer, BaselineError> {
        let pointer = Pointer::of(picture);
        let (file, bytes) = (pointer.file(), picture.to_vec());
        self.ask(move |line| Box::pin(async move { line.place.put(&file, bytes).await }))
            .map_err(|source| BaselineError::Put { key: Box::new(key.clone()), source: Box::new(source) })?;
        self.keep(&pointer, picture);
        Ok(pointer)
    }

    /// A cache that cannot be written costs the next run a download and nothing else.
    fn keep(&self, pointer: &Pointer, bytes: &[u8]) {
        let _only_slower =
            replace(&self.access.cache.join(pointer.file()), |file| std::io::Write::write_all(file, bytes));
    }

    fn ask<T: Send + 'static>(
        &self,
        request: impl FnOnce(Arc<Line>) -> Pin<Box<dyn Future<Output = Result<T, PlaceError>> + Send>>,
    ) -> Result<T, PlaceError> {
        let line = self.line()?;
        let (answer, answered) = mpsc::channel();
        let asked = request(Arc::clone(&line));
        let runtime = line.runtime.as_ref().expect("a line that is held is not dropped");
        runtime.spawn(async move {
            let _nobody_waits_any_more = answer.send(asked.await);
        });
        answered.recv().expect("a request answers, and the runtime outlives it")
    }

    fn line(&self) -> Result<Arc<Line>, PlaceError> {
        let mut line = self.line.lock().expect("no panic happens under this lock");
        if let Some(line) = &*line {
            return Ok(Arc::clone(line));
        }
        let place = Place::open_with(&self.url, self.access.variables.clone())?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| PlaceError::Address {
            address: self.url.clone(),
            problem: format!("nothing can be asked of it: {error}"),
        })?;
        let opened = Arc::new(Line { place, runtime: Some(runtime) });
        *line = Some(Arc::clone(&opened));
        Ok(opened)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // A runtime that is dropped within another one would panic.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_read_as_it_was_written_and_nothing_else_is_one() {
        let pointer = Pointer::of(b"picture");
        assert_eq!(pointer.sha256, "2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97");
        assert_eq!(Pointer::read(&pointer.text()), Some(pointer.clone()));
        assert!(pointer.fits(b"picture") && !pointer.fits(b"pictures"));
        let sum = |text: &str| format!(r#"{{"sha256":"{text}","bytes":1}}"#);
        let cases = [
            sum(&format!("../../{}", "a".repeat(58))),
            sum(&"A".repeat(64)),
            sum(&"a".repeat(63)),
            sum(""),
            "{}".to_owned(),
            "version https://git-lfs.github.com/spec/v1".to_owned(),
            format!(r#"{{"sha256":"{}","bytes":1,"url":"https://elsewhere.test"}}"#, "a".repeat(64)),
        ];
        for text in cases {
            assert_eq!(Pointer::read(text.as_bytes()), None, "{text}");
        }
    }
}
