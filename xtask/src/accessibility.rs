//! The report's page against axe-core's rules, in a real browser. axe-core comes from npm, as `reports/render/axe` says.

use crate::{npm, step};

/// Installs the rules where they are not yet, and checks.
pub(crate) fn check() -> anyhow::Result<()> {
    let folder = npm::install("axe-core", "reports/render/axe", "axe")?;
    let file = folder.join("node_modules").join("axe-core").join("axe.min.js");
    // Of the whole workspace, though one crate alone has it: so cargo uses what the other tests were built from.
    let test = ["test", "--quiet", "--locked", "--workspace", "--exclude", "flows", "--test", "accessibility"];
    step::run("accessibility of the report", step::cargo(&test).env("AXE_CORE", file))
}
