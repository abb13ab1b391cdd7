//! Where systems put browsers and ChromeDriver, and what lies at a path.

use std::{fs, io::Read, os::unix::fs::PermissionsExt, path::Path, path::PathBuf};

/// Executables that may exist outside of `PATH`, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsualPlaces {
    /// Chromium, or Chrome.
    pub chromium: Vec<PathBuf>,
    /// ChromeDriver.
    pub chromedriver: Vec<PathBuf>,
    /// Firefox.
    pub firefox: Vec<PathBuf>,
}

impl UsualPlaces {
    /// The places that Linux distributions and macOS use.
    #[must_use]
    pub fn of_this_system() -> Self {
        let paths = |places: &[&str]| places.iter().map(PathBuf::from).collect();
        Self {
            chromium: paths(&[
                "/usr/lib/chromium/chromium",
                "/usr/lib64/chromium-browser/chromium-browser",
                "/usr/lib/chromium-browser/chromium-browser",
                "/opt/google/chrome/chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            ]),
            chromedriver: paths(&[
                "/usr/lib/chromium/chromedriver",
                "/usr/lib64/chromium-browser/chromedriver",
                "/usr/lib/chromium-browser/chromedriver",
                "/opt/homebrew/bin/chromedriver",
                "/usr/local/bin/chromedriver",
            ]),
            firefox: paths(&[
                "/usr/lib/firefox-esr/firefox-esr",
                "/usr/lib/firefox/firefox",
                "/usr/lib64/firefox/firefox",
                "/opt/firefox/firefox",
                "/Applications/Firefox.app/Contents/MacOS/firefox",
            ]),
        }
    }
}

/// Whether `path` is a file that may be run.
pub(crate) fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The first of `places` that can be run.
pub(crate) fn first_executable(places: &[PathBuf]) -> Option<PathBuf> {
    places.iter().find(|place| is_executable(place)).cloned()
}

/// Whether `path` is a script that some interpreter runs, rather than a program.
pub(crate) fn is_script(path: &Path) -> bool {
    let mut first = [0; 2];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok_and(|()| &first == b"#!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_at_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str, mode| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let script = file("script", "#!/bin/sh\n", 0o755);
        let program = file("program", "\x7fELF", 0o700);
        let text = file("text", "#!/bin/sh\n", 0o644);
        let empty = file("empty", "", 0o755);

        let look = |path: &Path| (is_executable(path), is_script(path));
        assert_eq!(look(&script), (true, true));
        assert_eq!(look(&program), (true, false));
        assert_eq!(look(&text), (false, true));
        assert_eq!(look(&empty), (true, false));
        assert_eq!(look(folder.path()), (false, false));
        assert_eq!(look(&folder.path().join("nothing")), (false, false));
        assert_eq!(first_executable(&[text, program.clone(), script]), Some(program));
    }
}
