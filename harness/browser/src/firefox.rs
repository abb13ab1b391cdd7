//! Finds Firefox and geckodriver, as [`crate::Installation`] finds Chromium and its driver.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::{FindError, UsualPlaces, Version, find_program, in_path, named_by, places, version};

/// The variable that names Firefox's executable.
pub const FIREFOX_VARIABLE: &str = "FIREFOX";
/// The variable that names geckodriver's executable.
pub const GECKODRIVER_VARIABLE: &str = "GECKODRIVER";

/// What Firefox is called in `PATH`, best first.
const FIREFOX_NAMES: [&str; 2] = ["firefox", "firefox-esr"];
/// The oldest Firefox that lets itself be frozen by WebDriver BiDi.
pub const OLDEST_FIREFOX: u32 = 153;

/// A Firefox and a geckodriver, both known to run. Any geckodriver of the last years drives any such Firefox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirefoxInstallation {
    /// Firefox's executable.
    pub firefox: PathBuf,
    /// Its version.
    pub firefox_version: Version,
    /// geckodriver's executable.
    pub geckodriver: PathBuf,
    /// Its version.
    pub geckodriver_version: Version,
}

impl FirefoxInstallation {
    /// Finds the pair on this machine.
    ///
    /// # Errors
    /// See [`FindError`]: something is missing, does not run, or is too old.
    pub fn find() -> Result<Self, FindError> {
        Self::find_in(|name| std::env::var_os(name), &UsualPlaces::of_this_system())
    }

    /// Finds the pair in a given environment. `variable` answers for `FIREFOX`, `GECKODRIVER` and `PATH`.
    ///
    /// # Errors
    /// As [`FirefoxInstallation::find`].
    pub fn find_in(variable: impl Fn(&str) -> Option<OsString>, usual: &UsualPlaces) -> Result<Self, FindError> {
        let path = variable("PATH").unwrap_or_default();
        let named = |name| named_by(name, variable(name));
        let firefox = match named(FIREFOX_VARIABLE)? {
            Some(firefox) => firefox,
            None => find_program(&path, &FIREFOX_NAMES, &usual.firefox)
                .ok_or(FindError::FirefoxMissing { names: &FIREFOX_NAMES })?,
        };
        let firefox_version = version::of(&firefox)?;
        if firefox_version.major() < OLDEST_FIREFOX {
            return Err(FindError::FirefoxTooOld { firefox, version: firefox_version, oldest: OLDEST_FIREFOX });
        }
        let geckodriver = match named(GECKODRIVER_VARIABLE)? {
            Some(driver) => driver,
            None => in_path(&path, &["geckodriver"])
                .or_else(|| places::first_executable(&installed_by_cargo(&variable)))
                .ok_or_else(|| FindError::GeckodriverMissing { firefox: firefox.clone() })?,
        };
        let geckodriver_version = version::of(&geckodriver)?;
        Ok(Self { firefox, firefox_version, geckodriver, geckodriver_version })
    }
}

/// Where `cargo install` puts it.
fn installed_by_cargo(variable: &impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let home = variable("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&variable("HOME")?).join(".cargo")));
    home.into_iter().map(|home| home.join("bin/geckodriver")).collect()
}
