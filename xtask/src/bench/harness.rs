//! `cargo xtask bench harness`: the harness beside the engines that people use otherwise.
//!
//! Those are got once, into `target`, from where their makers publish them. One that cannot be got is skipped, and it is
//! said why.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use super::Bench;
use crate::{npm, step};

/// The release of blazediff that is measured, as a library and as a program.
const BLAZEDIFF: &str = "6.0.2";

pub(super) fn run(bench: &Bench) -> anyhow::Result<()> {
    let [program, visual] = super::build(["bench-harness", "visual"])?;
    let output = super::output();
    let mut command = step::command(&program, &["measure"]);
    command.args(bench.flags()).arg("--visual").arg(visual).arg("--output").arg(&output);
    for (name, found) in [("odiff", odiff()), ("blazediff", blazediff())] {
        match found {
            Ok(program) => command.arg(format!("--{name}")).arg(program),
            Err(why) => command.arg("--skipped").arg(format!("{name}: {why:#}")),
        };
    }
    match npm::install("Playwright Test", "bench/harness/playwright", "playwright") {
        Ok(folder) => command.arg("--playwright").arg(folder),
        Err(why) => command.arg("--skipped").arg(format!("Playwright Test: {why:#}")),
    };
    step::run("measure the harness", &mut command)?;
    println!("as JSON: {}", output.join("harness.json").display());
    Ok(())
}

/// The program in the npm package for this system.
fn odiff() -> anyhow::Result<PathBuf> {
    let folder = npm::install("odiff", "bench/harness/peers", "peers")?;
    let packages = folder.join("node_modules").join("@odiff");
    let found = std::fs::read_dir(&packages)
        .with_context(|| format!("npm has no odiff for this system in {}", packages.display()))?;
    let name = format!("odiff{}", std::env::consts::EXE_SUFFIX);
    let mut programs = found.filter_map(Result::ok).map(|package| package.path().join(&name));
    programs.find(|program| program.is_file()).context("its package holds no program")
}

/// Built from its crate, which needs a C compiler and CMake.
fn blazediff() -> anyhow::Result<PathBuf> {
    let root = crate::root().join("target").join("peers").join(format!("blazediff-{BLAZEDIFF}"));
    let program = root.join("bin").join(format!("blazediff{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        installed(&root)?;
    }
    Ok(program)
}

fn installed(root: &Path) -> anyhow::Result<()> {
    let cmake = Command::new("cmake").arg("--version").output();
    anyhow::ensure!(
        cmake.is_ok_and(|told| told.status.success()),
        "its program is built with CMake, which is not here"
    );
    let mut install = step::cargo(&["install", "blazediff", "--version", BLAZEDIFF, "--locked", "--root"]);
    step::run("build blazediff", install.arg(root))
}
