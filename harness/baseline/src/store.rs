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
    remote::{self, Access, Pointer, Remote},
    sidecar::{self, Sidecar},
};

/// The ending of a baseline's file.
const ENDING: &str = "png";
/// The ending of the file that stands for a picture in an object store.
const STORED_ENDING: &str = "stored.json";
/// The ending of its outline's file.
const OUTLINE_ENDING: &str = "outline";

/// The ending of the file that says who accepted it.
const APPROVAL_ENDING: &str = "approved.json";
/// What lies beside a picture, and goes with it.
const BESIDE: [&str; 2] = [OUTLINE_ENDING, APPROVAL_ENDING];
/// Every file of a baseline.
const FILES: [&str; 4] = [ENDING, STORED_ENDING, OUTLINE_ENDING, APPROVAL_ENDING];

/// A baseline with all its files as they were, for putting back; files that were missing are missing again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    files: Vec<(&'static str, Option<Vec<u8>>)>,
}

/// A folder of baselines. It need not exist until the first one is written.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    /// Where the pictures lie, when not in the folder.
    remote: Option<Remote>,
}

/// What a folder of baselines holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The pictures.
    pub keys: BTreeSet<SnapshotKey>,
    /// Files that are no baseline by their place or name, sorted. Hidden files in the root (`.gitattributes`) are left out.
    pub unknown: Vec<PathBuf>,
}

impl Store {
    /// Opens the folder.
    ///
    /// # Errors
    /// When the path is something else than a folder, or the file in it that names an object store names none.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, BaselineError> {
        Self::opened(root.into(), Access::from_environment)
    }

    /// As [`Store::open`], with another way to the object store than the environment's.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(root: impl Into<PathBuf>, access: Access) -> Result<Self, BaselineError> {
        Self::opened(root.into(), || access)
    }

    fn opened(root: PathBuf, access: impl FnOnce() -> Access) -> Result<Self, BaselineError> {
        match fs::metadata(&root) {
            Ok(found) if !found.is_dir() => Err(BaselineError::NoFolder { path: root }),
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(BaselineError::Read { path: root, source }),
            _ => Ok(Self { remote: Remote::of(&root, access)?, root }),
        }
    }

    /// Where a picture's baseline lies or would lie in the folder.
    #[must_use]
    pub fn path(&self, key: &SnapshotKey) -> PathBuf {
        self.root.join(key.path(ENDING))
    }

    /// Whether there is a baseline, sound or not.
    #[must_use]
    pub fn has(&self, key: &SnapshotKey) -> bool {
        [ENDING, STORED_ENDING].iter().any(|ending| self.root.join(key.path(ending)).exists())
    }

    /// The bytes of a baseline; `None` when there is none. One that lies in an object store is fetched when it is first
    /// asked for.
    ///
    /// # Errors
    /// When the file cannot be read or fetched, or is no whole and sound PNG.
    pub fn read(&self, key: &SnapshotKey) -> Result<Option<Vec<u8>>, BaselineError> {
        let Some(bytes) = self.bytes(key)? else { return Ok(None) };
        match png_file::check(&bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(problem) => Err(BaselineError::Damaged { path: self.path(key), problem }),
        }
    }

    fn bytes(&self, key: &SnapshotKey) -> Result<Option<Vec<u8>>, BaselineError> {
        if let Some(bytes) = file(self.path(key))? {
            return Ok(Some(bytes));
        }
        let path = self.root.join(key.path(STORED_ENDING));
        let Some(text) = file(path.clone())? else { return Ok(None) };
        let Some(pointer) = Pointer::read(&text) else {
            return Err(BaselineError::Damaged { path, problem: "it names no picture of a store".to_owned() });
        };
        match &self.remote {
            Some(remote) => remote.fetch(key, &pointer).map(Some),
            None => Err(BaselineError::NoStore { path, file: self.root.join(remote::CONFIG) }),
        }
    }

    /// Makes a picture the baseline, packed for keeping. Whoever reads sees the old file or the new one, never a part,
    /// and a failure leaves the old one as it was.
    ///
    /// # Errors
    /// When the bytes are no whole and sound PNG, or the file cannot be written.
    pub fn write(&self, key: &SnapshotKey, png: &[u8]) -> Result<(), BaselineError> {
        let packed = png_file::repack(png).map_err(|problem| BaselineError::NoPicture { key: key.clone(), problem })?;
        self.put(key, &packed)?;
        // Whoever accepted the old picture has not seen this one.
        remove(self.root.join(key.path(APPROVAL_ENDING)))
    }

    /// Puts a packed picture where the pictures lie, and nothing in the other place.
    fn put(&self, key: &SnapshotKey, packed: &[u8]) -> Result<(), BaselineError> {
        let (bytes, ending, other) = match &self.remote {
            Some(remote) => (&*remote.put(key, packed)?.text(), STORED_ENDING, ENDING),
            None => (packed, ENDING, STORED_ENDING),
        };
        let path = self.root.join(key.path(ending));
        replace(&path, |file| io::Write::write_all(file, bytes))
            .map_err(|source| BaselineError::Write { path, source })?;
        remove(self.root.join(key.path(other)))
    }

    /// Moves every picture that lies in the folder into the object store that the folder names; says which.
    ///
    /// # Errors
    /// When none is named, or a picture is damaged or cannot be stored. Those before it are stored; the rest stay.
    pub fn upload(&self) -> Result<Vec<SnapshotKey>, BaselineError> {
        if self.remote.is_none() {
            return Err(BaselineError::StoreFile {
                path: self.root.join(remote::CONFIG),
                problem: "it is missing".to_owned(),
            });
        }
        let mut moved = Vec::new();
        for key in self.keys()?.keys {
            if self.path(&key).exists()
                && let Some(picture) = self.read(&key)?
            {
                self.put(&key, &picture)?;
                moved.push(key);
            }
        }
        Ok(moved)
    }

    /// Gives a baseline another name, with all that lies beside it.
    ///
    /// # Errors
    /// When a file cannot be moved, or the new name is taken.
    pub fn rename(&self, from: &SnapshotKey, to: &SnapshotKey) -> Result<(), BaselineError> {
        if self.has(to) {
            return Err(BaselineError::Taken { from: Box::new(from.clone()), to: Box::new(to.clone()) });
        }
        let kept = self.kept(from)?;
        self.put_back(to, &kept)?;
        self.remove(from)
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
        let files = FILES.into_iter().map(|ending| Ok((ending, file(self.root.join(key.path(ending)))?)));
        Ok(Kept { files: files.collect::<Result<_, BaselineError>>()? })
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
        for ending in FILES {
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
        sidecar::unpack(&stored, &self.bytes(key).ok()??)
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
        let png = self
            .bytes(key)?
            .ok_or_else(|| BaselineError::Read { path: self.path(key), source: io::ErrorKind::NotFound.into() })?;
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
            } else if let Some(key) = self.key_of(&path, ENDING).or_else(|| self.key_of(&path, STORED_ENDING)) {
                inventory.keys.insert(key);
            } else if BESIDE.iter().any(|ending| self.key_of(&path, ending).is_some_and(|key| self.has(&key))) {
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

/// A file's bytes; `None` when it is missing.
fn file(path: PathBuf) -> Result<Option<Vec<u8>>, BaselineError> {
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(BaselineError::Read { path, source }),
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
pub(crate) fn replace(path: &Path, fill: impl FnOnce(&mut NamedTempFile) -> io::Result<()>) -> io::Result<()> {
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
