//! The run's own folder: new pictures, copies of the baselines, differences. Never the baselines themselves.

use std::{
    fs,
    path::{Path, PathBuf},
};

use harness_model::SnapshotKey;

use crate::RunError;

/// Pictures lie inside the report's folder, so that the report can be moved or published as one.
const PICTURES: &str = "report/pictures";

/// The output folder of one run.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    root: PathBuf,
}

impl Output {
    /// Clears what an earlier run left.
    pub(crate) fn start(root: &Path) -> Result<Self, RunError> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| RunError::Folder { action, path, source }
        };
        for old in [root.join("report"), root.join("run.json")] {
            let removed = if old.is_dir() { fs::remove_dir_all(&old) } else { fs::remove_file(&old) };
            match removed {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(failed("clear", &old)(error));
                }
                _ => {}
            }
        }
        fs::create_dir_all(root).map_err(failed("make", root))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Keeps one picture of a key; gives its path relative to the run file, with `/` on every system.
    pub(crate) fn keep(&self, key: &SnapshotKey, what: &str, png: &[u8]) -> Result<String, RunError> {
        let relative = Path::new(PICTURES).join(key.path(&format!("{what}.png")));
        let path = self.root.join(&relative);
        let folder = path.parent().expect("a key's path has a folder");
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, png));
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
        let output = Output::start(folder.path()).unwrap();
        assert!(!output.path(&path).exists());
        assert!(folder.path().join("mine.txt").exists());
    }
}
