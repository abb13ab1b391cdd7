//! One task at a time in one folder: what a task empties, another one may be using.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use anyhow::{Context as _, bail};

/// Holds a folder as long as it lives. The system takes it back from a process that dies.
#[must_use = "the folder is held only as long as this lives"]
pub(crate) struct Alone {
    _held: File,
}

/// Takes a folder for this task alone.
pub(crate) fn in_folder(folder: &Path) -> anyhow::Result<Alone> {
    // Beside the folder: the folder itself is emptied.
    let path = folder.with_extension("lock");
    let around = path.parent().context("a folder of a task lies in target")?;
    fs::create_dir_all(around).with_context(|| format!("cannot make {}", around.display()))?;
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Alone { _held: file }),
        Err(TryLockError::WouldBlock) => {
            bail!("another task is using {}\nhelp: wait for it, or use another checkout", folder.display())
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::in_folder;

    #[test]
    fn a_second_task_is_refused_until_the_first_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let (demo, nightly) = (folder.path().join("target/demo"), folder.path().join("target/nightly"));
        let first = in_folder(&demo).unwrap();
        let refused = in_folder(&demo).err().map(|error| error.to_string()).unwrap();
        assert!(refused.contains("another task is using") && refused.contains("help: "), "{refused}");
        let _other = in_folder(&nightly).unwrap();
        drop(first);
        let _second = in_folder(&demo).unwrap();
    }
}
