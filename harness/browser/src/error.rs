//! Why no usable pair of browser and driver was found. Each message says what, where, and what to type next.

use std::path::PathBuf;

use crate::Version;

/// Why [`crate::Installation::find`] found nothing usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// A variable is set but names nothing that can be run.
    #[error(
        "{variable} names {}, which is no executable file\nhelp: unset {variable}, or let it name the executable",
        path.display()
    )]
    WrongPath {
        /// Such as `CHROME`.
        variable: &'static str,
        /// Its value.
        path: PathBuf,
    },
    /// There is no Chromium.
    #[error(
        "Chromium is missing: CHROME is not set, PATH has none of {}, nor has any usual place\nhelp: cargo xtask setup",
        names.join(", ")
    )]
    ChromiumMissing {
        /// The names looked for in `PATH`.
        names: &'static [&'static str],
    },
    /// There is a Chromium but no ChromeDriver.
    #[error(
        "ChromeDriver is missing: CHROMEDRIVER is not set and PATH has no chromedriver; {} is version {version} and needs \
         one of the same major version\nhelp: cargo xtask setup",
        chromium.display()
    )]
    DriverMissing {
        /// The Chromium that was found.
        chromium: PathBuf,
        /// Its version.
        version: Version,
    },
    /// Both are there, but of different major versions: the driver would refuse the browser.
    #[error(
        "Chromium and ChromeDriver do not fit: {} is version {chromium_version}, {} is version {chromedriver_version}; \
         their major versions must be equal\nhelp: cargo xtask setup, or let CHROME and CHROMEDRIVER name a pair that fits",
        chromium.display(), chromedriver.display()
    )]
    VersionsApart {
        /// The Chromium that was found.
        chromium: PathBuf,
        /// Its version.
        chromium_version: Version,
        /// The ChromeDriver that was found.
        chromedriver: PathBuf,
        /// Its version.
        chromedriver_version: Version,
    },
    /// There is no Firefox.
    #[error(
        "Firefox is missing: FIREFOX is not set, PATH has none of {}, nor has any usual place\nhelp: install it, such as \
         Debian's firefox-esr, or name one by FIREFOX",
        names.join(", ")
    )]
    FirefoxMissing {
        /// The names looked for in `PATH`.
        names: &'static [&'static str],
    },
    /// Firefox is too old.
    #[error("{} is Firefox {version}; it has to be {oldest} or later\nhelp: upgrade it, or name another by FIREFOX", firefox.display())]
    FirefoxTooOld {
        /// The Firefox that was found.
        firefox: PathBuf,
        /// Its version.
        version: Version,
        /// What is needed.
        oldest: u32,
    },
    /// There is a Firefox but no geckodriver.
    #[error(
        "geckodriver is missing: GECKODRIVER is not set, and neither PATH nor cargo's folder of programs has one; {} needs \
         it\nhelp: cargo install geckodriver --locked",
        firefox.display()
    )]
    GeckodriverMissing {
        /// The Firefox that was found.
        firefox: PathBuf,
    },
    /// It is there but does not run, or does not say its version.
    #[error("{} cannot be used: {why}\nhelp: {} --version", path.display(), path.display())]
    NotRunnable {
        /// The executable.
        path: PathBuf,
        /// What happened.
        why: String,
    },
}
