//! The run's own folder: new pictures, copies of the baselines, differences. Never the baselines themselves.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use harness_model::{Outline, PROGRESS_FILE, SnapshotKey};

use crate::RunError;

/// Pictures lie inside the report's folder, so that the report can be moved or published as one.
const PICTURES: &str = "report/pictures";
/// Whoever holds this file's lock writes to the folder.
const LOCK: &str = ".lock";

/// The output folder of one run.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    root: PathBuf,
    /// Held as long as the run writes here. The system takes it back from a process that dies.
    _lock: Arc<fs::File>,
}

/// The files of the run before. Its history stays.
const OLD: [&str; 5] = ["report", "run.json", "junit.xml", "comment.md", PROGRESS_FILE];

impl Output {
    /// Takes the folder for this run alone and clears what an earlier run left.
    pub(crate) fn start(root: &Path) -> Result<Self, RunError> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| RunError::Folder { action, path, source }
        };
        fs::create_dir_all(root).map_err(failed("make", root))?;
        let path = root.join(LOCK);
        let lock = fs::File::create(&path).map_err(failed("make", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(RunError::Busy { path: root.to_owned() }),
            Err(fs::TryLockError::Error(source)) => return Err(failed("lock", &path)(source)),
        }
        for old in OLD.map(|name| root.join(name)) {
            let removed = if old.is_dir() { fs::remove_dir_all(&old) } else { fs::remove_file(&old) };
            match removed {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(failed("clear", &old)(error));
                }
                _ => {}
            }
        }
        Ok(Self { root: root.to_owned(), _lock: Arc::new(lock) })
    }

    /// Keeps one picture of a key; gives its path relative to the run file, with `/` on every system.
    pub(crate) fn keep(&self, key: &SnapshotKey, what: &str, png: &[u8]) -> Result<String, RunError> {
        self.write(key, &format!("{what}.png"), png)
    }

    /// Keeps the outline of a picture's page, so that whoever accepts the picture later has it too.
    pub(crate) fn keep_outline(&self, key: &SnapshotKey, outline: &Outline) -> Result<String, RunError> {
        let json = serde_json::to_vec(outline).expect("an outline holds only texts and numbers");
        self.write(key, "outline.json", &json)
    }

    fn write(&self, key: &SnapshotKey, ending: &str, bytes: &[u8]) -> Result<String, RunError> {
        let relative = Path::new(PICTURES).join(key.path(ending));
        let path = self.root.join(&relative);
        let folder = path.parent().expect("a key's path has a folder");
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes));
        written.map_err(|source| RunError::Folder { action: "write", path: path.clone(), source })?;
        Ok(relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// Where a kept picture lies.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_run_forgets_the_pictures_of_the_last_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let key: SnapshotKey = "home/dashboard/anna-desktop".parse().unwrap();
        fs::write(folder.path().join("mine.txt"), "kept").unwrap();
        let output = Output::start(folder.path()).unwrap();
        let path = output.keep(&key, "actual", b"png").unwrap();
        assert_eq!(path, "report/pictures/home/dashboard/anna-desktop.actual.png");
        assert_eq!(fs::read(output.path(&path)).unwrap(), b"png");
        drop(output);
        let output = Output::start(folder.path()).unwrap();
        assert!(!output.path(&path).exists());
        assert!(folder.path().join("mine.txt").exists());
    }

    #[test]
    fn a_second_run_is_refused_while_the_first_writes() {
        let folder = tempfile::tempdir().unwrap();
        let key: SnapshotKey = "home/dashboard/anna-desktop".parse().unwrap();
        let first = Output::start(folder.path()).unwrap();
        let path = first.keep(&key, "actual", b"png").unwrap();
        let refused = Output::start(folder.path()).unwrap_err();
        assert!(matches!(refused, RunError::Busy { .. }), "{refused}");
        assert!(refused.to_string().contains("VISUAL_OUTPUT"), "{refused}");
        assert!(first.path(&path).exists(), "the first run's pictures are untouched");
        drop(first);
        Output::start(folder.path()).unwrap();
    }
}
