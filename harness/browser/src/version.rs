//! Versions as Chromium and ChromeDriver print them, and how they are asked for.

use std::{
    fmt,
    io::Read,
    path::Path,
    process::{Command, Stdio},
    str::FromStr,
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::FindError;

/// How long a program may take to say its version. A cold Chromium on a busy machine takes a second or two.
const LIMIT: Duration = Duration::from_secs(20);

/// A version of four numbers, such as 156.0.8078.79. Parts that are not printed are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u32; 4]);

impl Version {
    /// The number that browser and driver must have in common.
    #[must_use]
    pub fn major(self) -> u32 {
        self.0[0]
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a}.{b}.{c}.{d}")
    }
}

/// A text holds no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no version in {0:?}")]
pub struct NoVersion(String);

impl FromStr for Version {
    type Err = NoVersion;

    /// Takes the first word of the form `1.2`, `1.2.3` or `1.2.3.4`, wherever it stands: programs print their name
    /// before it and their build after it.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        text.split_whitespace().find_map(version_word).ok_or_else(|| NoVersion(text.trim().to_owned()))
    }
}

fn version_word(word: &str) -> Option<Version> {
    let mut version = Version([0; 4]);
    let mut count = 0;
    for part in word.split('.') {
        // Firefox marks the last number of a version that gets long support.
        *version.0.get_mut(count)? = part.strip_suffix("esr").unwrap_or(part).parse().ok()?;
        count += 1;
    }
    (count >= 2).then_some(version)
}

/// Runs `path --version` and reads what it says.
pub(crate) fn of(path: &Path) -> Result<Version, FindError> {
    ask(path, LIMIT).map_err(|why| FindError::NotRunnable { path: path.to_owned(), why })
}

fn ask(path: &Path, limit: Duration) -> Result<Version, String> {
    let mut child = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("it does not start: {e}"))?;
    let said = read_in_background(child.stdout.take());
    let complained = read_in_background(child.stderr.take());

    let Ok(text) = said.recv_timeout(limit) else {
        // It may have ended in this moment; both calls then only tidy up.
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("it did not say its version within {} s", limit.as_secs_f32()));
    };
    let status = child.wait().map_err(|e| format!("its end was not seen: {e}"))?;
    if !status.success() {
        let complaint = complained.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        return Err(format!("--version ended with {status}: {}", complaint.trim()));
    }
    text.parse().map_err(|e: NoVersion| format!("--version printed {e}"))
}

/// Reads a stream to its end in a thread of its own: a pipe knows no time limit, a channel does.
fn read_in_background(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read until an error is all there is to tell.
            let _ = stream.read_to_end(&mut bytes);
        }
        // Nobody listens any more once the time limit has passed.
        let _ = send.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_print_them() {
        let read = |text: &str| text.parse::<Version>().map(|v| v.to_string());
        for (text, version) in [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n", "156.0.8078.79"),
            ("ChromeDriver 156.0.8078.79 (a21ce95c24ce-refs/branch-heads/8078@{#1704})", "156.0.8078.79"),
            ("Google Chrome 99.1 ", "99.1.0.0"),
            ("1.2.3.4", "1.2.3.4"),
            ("Mozilla Firefox 153.8.0esr", "153.8.0.0"),
        ] {
            assert_eq!(read(text), Ok(version.to_owned()));
        }
        for text in ["", "Chromium", "Chromium 156", "Chromium 1.2.3.4.5", "Chromium x.y", "1..2", "99999999999.0"] {
            assert!(read(text).is_err(), "{text:?} holds no version");
        }
    }

    #[test]
    fn a_program_that_does_not_answer_is_given_up() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let silent = folder.path().join("silent");
        std::fs::write(&silent, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&silent, std::fs::Permissions::from_mode(0o755)).unwrap();
        let why = ask(&silent, Duration::from_millis(50)).unwrap_err();
        assert_eq!(why, "it did not say its version within 0.05 s");
    }
}
