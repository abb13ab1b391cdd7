//! The program `visual` as a person runs it: a process, its output, its exit code, its files.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod diff;
mod init;
mod png_files;
mod site;
mod verdicts;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// `visual` with these words, in this folder, without what the caller's environment may say.
pub(crate) fn visual(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_visual"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VISUAL_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(words).env_remove("CI").env_remove("UPDATE_SNAPSHOTS");
    command
}

/// Copies a folder of files.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// What a finished program said, and its exit code.
pub(crate) fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}
