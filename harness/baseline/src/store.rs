//! The folder of baselines: `<root>/<flow>/<step>/<viewer>-<viewport>.png`, and beside each `….outline`.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use harness_model::{Outline, Provenance, SnapshotKey};
use tempfile::NamedTempFile;

use crate::{
    Approval, BaselineError, png_file,
    sidecar::{self, Sidecar},
};

/// The ending of a baseline's file.
const ENDING: &str = "png";
/// The ending of its outline's file.
const OUTLINE_ENDING: &str = "outline";

/// The ending of the file that says who accepted it.
const APPROVAL_ENDING: &str = "approved.json";
/// What lies beside a picture, and goes with it.
const BESIDE: [&str; 2] = [OUTLINE_ENDING, APPROVAL_ENDING];

/// A baseline with all its files as they were, for putting back; files that were missing are missing again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    files: Vec<(&'static str, Option<Vec<u8>>)>,
}

/// A folder of baselines. It need not exist until the first one is written.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// What a folder of baselines holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The pictures.
    pub keys: BTreeSet<SnapshotKey>,
    /// Files that are no baseline by their place or name, sorted. Hidden files in the root (`.gitattributes`) are left out.
    pub unknown: Vec<PathBuf>,
}

/// The folder that keeps the baselines of one browser engine, where `root` is the folder of the suite's.
///
/// Two engines draw no page alike, so a picture of one is never judged by a picture of the other. Chromium's baselines lie
/// in the folder itself, those of others in one beside it: `snapshots-firefox`. `browser` is named as run files name it,
/// such as `Firefox 153.8.0.0`.
#[must_use]
pub fn folder_of(root: &Path, browser: &str) -> PathBuf {
    let engine = browser.split_whitespace().next().unwrap_or_default().to_lowercase();
    if engine.is_empty() || engine == "chromium" {
        return root.to_owned();
    }
    let mut name = root.file_name().unwrap_or_default().to_owned();
    name.push(format!("-{engine}"));
    root.with_file_name(name)
}

impl Store {
    /// Opens the folder.
    ///
    /// # Errors
    /// When the path is something else than a folder.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, BaselineError> {
        let root = root.into();
        match fs::metadata(&root) {
            Ok(found) if !found.is_dir() => Err(BaselineError::NoFolder { path: root }),
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(BaselineError::Read { path: root, source }),
            _ => Ok(Self { root }),
        }
    }

    /// Where a picture's baseline lies or would lie.
    #[must_use]
    pub fn path(&self, key: &SnapshotKey) -> PathBuf {
        self.root.join(key.path(ENDING))
    }

    /// The bytes of a baseline; `None` when there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or is no whole and sound PNG.
    pub fn read(&self, key: &SnapshotKey) -> Result<Option<Vec<u8>>, BaselineError> {
        let path = self.path(key);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(BaselineError::Read { path, source }),
        };
        match png_file::check(&bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(problem) => Err(BaselineError::Damaged { path, problem }),
        }
    }

    /// Makes a picture the baseline, packed for keeping. Whoever reads sees the old file or the new one, never a part,
    /// and a failure leaves the old one as it was.
    ///
    /// # Errors
    /// When the bytes are no whole and sound PNG, or the file cannot be written.
    pub fn write(&self, key: &SnapshotKey, png: &[u8]) -> Result<(), BaselineError> {
        let packed = png_file::repack(png).map_err(|problem| BaselineError::NoPicture { key: key.clone(), problem })?;
        let path = self.path(key);
        replace(&path, |file| io::Write::write_all(file, &packed))
            .map_err(|source| BaselineError::Write { path, source })?;
        // Whoever accepted the old picture has not seen this one.
        remove(self.root.join(key.path(APPROVAL_ENDING)))
    }

    /// Says beside a baseline who accepted it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_approval(&self, key: &SnapshotKey, approval: &Approval) -> Result<(), BaselineError> {
        let path = self.root.join(key.path(APPROVAL_ENDING));
        replace(&path, |file| io::Write::write_all(file, &approval.text()))
            .map_err(|source| BaselineError::Write { path, source })
    }

    /// Who accepted a baseline, where that is known.
    #[must_use]
    pub fn read_approval(&self, key: &SnapshotKey) -> Option<Approval> {
        serde_json::from_slice(&fs::read(self.root.join(key.path(APPROVAL_ENDING))).ok()?).ok()
    }

    /// A baseline with all its files as they are, sound or not.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn kept(&self, key: &SnapshotKey) -> Result<Kept, BaselineError> {
        let file = |ending| {
            let path = self.root.join(key.path(ending));
            match fs::read(&path) {
                Ok(bytes) => Ok((ending, Some(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((ending, None)),
                Err(source) => Err(BaselineError::Read { path, source }),
            }
        };
        let files = std::iter::once(ENDING).chain(BESIDE).map(file).collect::<Result<_, _>>()?;
        Ok(Kept { files })
    }

    /// Puts a baseline back as it was kept, to the byte.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    pub fn put_back(&self, key: &SnapshotKey, kept: &Kept) -> Result<(), BaselineError> {
        for (ending, bytes) in &kept.files {
            let path = self.root.join(key.path(ending));
            match bytes {
                Some(bytes) => replace(&path, |file| io::Write::write_all(file, bytes))
                    .map_err(|source| BaselineError::Write { path, source })?,
                None => remove(path)?,
            }
        }
        Ok(())
    }

    /// Removes a baseline with all that lies beside it, and folders that it leaves empty.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(&self, key: &SnapshotKey) -> Result<(), BaselineError> {
        for ending in std::iter::once(ENDING).chain(BESIDE) {
            remove(self.root.join(key.path(ending)))?;
        }
        for folder in self.path(key).ancestors().skip(1).take_while(|folder| *folder != self.root) {
            // A folder that holds something else stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Where the outline of a picture's baseline lies or would lie.
    #[must_use]
    pub fn outline_path(&self, key: &SnapshotKey) -> PathBuf {
        self.root.join(key.path(OUTLINE_ENDING))
    }

    /// What lies beside a baseline. `None` when there is none, or none that can be read, or one of another picture: no
    /// verdict hangs on it.
    #[must_use]
    pub fn read_sidecar(&self, key: &SnapshotKey) -> Option<Sidecar> {
        let stored = fs::read(self.outline_path(key)).ok()?;
        sidecar::unpack(&stored, &fs::read(self.path(key)).ok()?)
    }

    /// Puts the outline and the origin of a baseline beside it, in one step.
    ///
    /// # Errors
    /// When there is no baseline, or the file cannot be written.
    pub fn write_sidecar(
        &self,
        key: &SnapshotKey,
        outline: &Outline,
        origin: Option<&Provenance>,
    ) -> Result<(), BaselineError> {
        let picture = self.path(key);
        let png = fs::read(&picture).map_err(|source| BaselineError::Read { path: picture, source })?;
        let path = self.outline_path(key);
        sidecar::pack(outline, origin, &png)
            .and_then(|packed| replace(&path, |file| io::Write::write_all(file, &packed)))
            .map_err(|source| BaselineError::Write { path, source })
    }

    /// The outline of a baseline; `None` as for [`Store::read_sidecar`].
    #[must_use]
    pub fn read_outline(&self, key: &SnapshotKey) -> Option<Outline> {
        self.read_sidecar(key).map(|beside| beside.outline)
    }

    /// Puts the outline of a baseline of unknown origin beside it.
    ///
    /// # Errors
    /// As [`Store::write_sidecar`].
    pub fn write_outline(&self, key: &SnapshotKey, outline: &Outline) -> Result<(), BaselineError> {
        self.write_sidecar(key, outline, None)
    }

    /// Everything that lies in the folder.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn keys(&self) -> Result<Inventory, BaselineError> {
        let mut inventory = Inventory::default();
        self.collect(&self.root, &mut inventory)?;
        inventory.unknown.sort();
        Ok(inventory)
    }

    /// The baselines that no planned picture asks for.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn orphans(&self, planned: &BTreeSet<SnapshotKey>) -> Result<Vec<SnapshotKey>, BaselineError> {
        Ok(self.keys()?.keys.difference(planned).cloned().collect())
    }

    fn collect(&self, folder: &Path, inventory: &mut Inventory) -> Result<(), BaselineError> {
        let failed = |source| BaselineError::Read { path: folder.to_owned(), source };
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let path = entry.path();
            if entry.file_type().map_err(failed)?.is_dir() {
                self.collect(&path, inventory)?;
            } else if let Some(key) = self.key_of(&path, ENDING) {
                inventory.keys.insert(key);
            } else if BESIDE.iter().any(|ending| self.key_of(&path, ending).is_some_and(|key| self.path(&key).exists()))
            {
                // It belongs to the picture.
            } else if folder != self.root || !entry.file_name().as_encoded_bytes().starts_with(b".") {
                inventory.unknown.push(path);
            }
        }
        Ok(())
    }

    /// The picture whose file of this ending lies at this path.
    fn key_of(&self, path: &Path, ending: &str) -> Option<SnapshotKey> {
        let name = path.strip_prefix(&self.root).ok()?.to_str()?.strip_suffix(ending)?.strip_suffix('.')?;
        let key: SnapshotKey = name.replace(std::path::MAIN_SEPARATOR, "/").parse().ok()?;
        (self.root.join(key.path(ending)) == path).then_some(key)
    }
}

/// Removes a file that may be missing already.
fn remove(path: PathBuf) -> Result<(), BaselineError> {
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(BaselineError::Write { path, source }),
        _ => Ok(()),
    }
}

/// Writes a file beside `path` and, once it is whole and on the disk, puts it in its place.
fn replace(path: &Path, fill: impl FnOnce(&mut NamedTempFile) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().expect("a key's path lies below a folder");
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    // A temporary file is its owner's alone; a baseline is everybody's, as far as the umask allows.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    fill(&mut file)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn each_engine_has_a_folder_of_its_own() {
        for (browser, folder) in [
            ("Chromium 156.0.8078.79", "a/snapshots"),
            ("Firefox 153.8.0.0", "a/snapshots-firefox"),
            ("", "a/snapshots"),
        ] {
            assert_eq!(folder_of(Path::new("a/snapshots"), browser), Path::new(folder), "{browser}");
        }
    }

    #[test]
    fn a_failure_half_way_leaves_the_old_bytes_and_no_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("home/dashboard/anna-desktop.png");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let error = replace(&path, |file| {
            file.write_all(b"ne")?;
            Err(io::Error::other("the disk is full"))
        });
        assert_eq!(error.unwrap_err().to_string(), "the disk is full");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        replace(&path, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_reader_in_between_sees_the_old_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("home/dashboard/anna-desktop.png");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        replace(&path, |file| {
            file.write_all(b"new")?;
            assert_eq!(fs::read(&path)?, b"old");
            Ok(())
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
