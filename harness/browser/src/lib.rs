//! Finds Chromium and ChromeDriver on this machine and checks that they fit: [`Installation::find`]. Firefox and
//! geckodriver too: [`FirefoxInstallation::find`].
//!
//! Looks in this order: the variables `CHROME` and `CHROMEDRIVER`, the folders of `PATH`, the places where systems
//! usually put them. A variable that names something unusable is an error, never a reason to look further: whoever set
//! it meant it. Nothing is installed or started here but `--version`, and nothing but the standard library is needed,
//! so that a program which only prepares a machine compiles in seconds.

mod engine;
mod error;
mod firefox;
mod places;
mod version;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

pub use engine::{Engine, NoEngine};
pub use error::FindError;
pub use firefox::{FIREFOX_VARIABLE, FirefoxInstallation, GECKODRIVER_VARIABLE, OLDEST_FIREFOX};
pub use places::UsualPlaces;
pub use version::Version;

/// The variable that names Chromium's executable.
pub const CHROMIUM_VARIABLE: &str = "CHROME";
/// The variable that names ChromeDriver's executable.
pub const DRIVER_VARIABLE: &str = "CHROMEDRIVER";

/// What Chromium is called in `PATH`, best first.
const CHROMIUM_NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/// What ChromeDriver is called in `PATH`.
const DRIVER_NAMES: [&str; 1] = ["chromedriver"];

/// A browser and its driver, of the same major version, both known to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Chromium's executable: the program itself rather than a script that starts it, where both are known.
    pub chromium: PathBuf,
    /// Its version.
    pub chromium_version: Version,
    /// ChromeDriver's executable.
    pub chromedriver: PathBuf,
    /// Its version.
    pub chromedriver_version: Version,
}

impl Installation {
    /// Finds the pair on this machine.
    ///
    /// # Errors
    /// See [`FindError`]: something is missing, does not run, or the two do not fit.
    pub fn find() -> Result<Self, FindError> {
        Self::find_in(|name| std::env::var_os(name), &UsualPlaces::of_this_system())
    }

    /// Finds the pair in a given environment. `variable` answers for `CHROME`, `CHROMEDRIVER` and `PATH`.
    ///
    /// # Errors
    /// As [`Installation::find`].
    pub fn find_in(variable: impl Fn(&str) -> Option<OsString>, usual: &UsualPlaces) -> Result<Self, FindError> {
        let path = variable("PATH").unwrap_or_default();
        let named = |name| named_by(name, variable(name));

        let chromium = match named(CHROMIUM_VARIABLE)? {
            Some(chromium) => chromium,
            None => find_program(&path, &CHROMIUM_NAMES, &usual.chromium)
                .ok_or(FindError::ChromiumMissing { names: &CHROMIUM_NAMES })?,
        };
        let chromium_version = version::of(&chromium)?;

        let chromedriver = match named(DRIVER_VARIABLE)? {
            Some(driver) => driver,
            None => in_path(&path, &DRIVER_NAMES)
                .or_else(|| places::first_executable(&usual.chromedriver))
                .ok_or_else(|| FindError::DriverMissing { chromium: chromium.clone(), version: chromium_version })?,
        };
        let chromedriver_version = version::of(&chromedriver)?;

        if chromium_version.major() != chromedriver_version.major() {
            return Err(FindError::VersionsApart { chromium, chromium_version, chromedriver, chromedriver_version });
        }
        Ok(Self { chromium, chromium_version, chromedriver, chromedriver_version })
    }
}

/// What a variable names. An empty one counts as not set, as everywhere in a shell.
fn named_by(variable: &'static str, value: Option<OsString>) -> Result<Option<PathBuf>, FindError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    let path = PathBuf::from(value);
    if places::is_executable(&path) { Ok(Some(path)) } else { Err(FindError::WrongPath { variable, path }) }
}

/// The first browser of these names in `PATH`, or else in the usual places.
///
/// Debian and Google put a shell script in `PATH` that prints warnings of its own and sources the machine's settings;
/// the program it starts is preferred, so that those settings do not come into pictures.
fn find_program(path: &OsString, names: &[&str], usual: &[PathBuf]) -> Option<PathBuf> {
    let real = || places::first_executable(usual);
    match in_path(path, names) {
        Some(found) if places::is_script(&found) => Some(real().unwrap_or(found)),
        Some(found) => Some(found),
        None => real(),
    }
}

/// The first of `names` that lies in a folder of `PATH`. A better name in a later folder wins over a worse one in an
/// earlier folder.
fn in_path(path: &OsString, names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(path).filter(|folder| folder != Path::new("")).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|p| places::is_executable(p))
}
