//! Ends browsers: single ones on demand, and all of them when this program is gone, however it went.
//!
//! A destructor does not run when a program is killed or interrupted, and ChromeDriver alone, when it dies, leaves its
//! Chromiums running. So a shell waits at the other end of a pipe. A line in the pipe is a process to end now; the
//! pipe's end, which the system sees to even when this program is killed, is the order to end the driver's whole
//! process group and to remove its folder. The shell itself is in a group of its own, so that Ctrl-C spares it.

use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

/// `$1` is the process group, `$2` the folder. A process that dies may still write a last file while its folder is
/// being removed, hence the second and third attempt.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
while read -r process; do kill -s KILL -- "$process" 2>/dev/null; done
kill -s KILL -- "-$1" 2>/dev/null
for attempt in 1 2 3 4 5 6 7 8 9; do rm -rf -- "$2" 2>/dev/null && break; sleep 0.1; done
"#;

/// A shell that ends what has to be ended.
#[derive(Debug)]
pub(crate) struct Reaper {
    folder: PathBuf,
    shell: Mutex<Option<(Child, ChildStdin)>>,
}

impl Reaper {
    /// Watches over a process group and its folder.
    pub(crate) fn watch(group: u32, folder: &Path) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "reaper", &group.to_string()])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let orders = shell.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self { folder: folder.to_owned(), shell: Mutex::new(Some((shell, orders))) })
    }

    /// Ends one browser at once, if it still is the one we started.
    pub(crate) fn end(&self, browser: u32) {
        if !self.is_ours(browser) {
            return;
        }
        if let Some((_, orders)) = &mut *self.shell.lock().unwrap_or_else(PoisonError::into_inner) {
            // A broken pipe means that the shell is gone; `finish` then finds that out.
            let _ = writeln!(orders, "{browser}").and_then(|()| orders.flush());
        }
    }

    /// Whether the process still is a browser of ours: by now its number may belong to somebody else. Where there is
    /// no `/proc` to ask, a number that ChromeDriver told us is taken at its word.
    fn is_ours(&self, browser: u32) -> bool {
        match std::fs::read(format!("/proc/{browser}/cmdline")) {
            Ok(line) => String::from_utf8_lossy(&line).contains(&*self.folder.to_string_lossy()),
            Err(_) => !cfg!(target_os = "linux"),
        }
    }

    /// Ends the group, removes the folder, and returns when both is done.
    pub(crate) fn finish(&self) {
        let shell = self.shell.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mut shell, orders)) = shell {
            drop(orders);
            // Nothing is left to do about a shell that cannot be waited for.
            let _ = shell.wait();
        }
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        self.finish();
    }
}
