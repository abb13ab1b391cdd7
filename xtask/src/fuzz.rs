//! `cargo xtask fuzz`: libFuzzer looks for bytes that break what must hold of pictures, comparisons and sidecars.
//!
//! The programs are those of `fuzz/`. The flags that make them watched are stable ones of rustc, so neither a nightly
//! toolchain nor cargo-fuzz is needed: only a C++ compiler, for libFuzzer itself.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{setup, step};

const TARGETS: [&str; 3] = ["png", "compare", "sidecar"];

/// Every edge counts how often it is taken, and what numbers are compared with is told to the fuzzer.
const WATCHED: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Lets each fuzz target run for a while. What it finds interesting is kept in target/fuzz/corpus for the next time; an
/// input that breaks something is kept too, and named.
#[derive(Args)]
pub(crate) struct Fuzz {
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Only these targets: png, compare, sidecar
    #[arg(long, value_name = "TARGET", value_parser = TARGETS)]
    only: Vec<String>,
}

impl Fuzz {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let chosen = |target: &&str| self.only.is_empty() || self.only.iter().any(|only| only == target);
        run(self.seconds, &TARGETS.into_iter().filter(chosen).collect::<Vec<_>>())
    }
}

/// Every target, for so many seconds each.
pub(crate) fn all(seconds: u32) -> anyhow::Result<()> {
    run(seconds, &TARGETS)
}

fn run(seconds: u32, targets: &[&str]) -> anyhow::Result<()> {
    setup::cxx()?;
    let sources = crate::root().join("fuzz");
    let folder = crate::root().join("target").join("fuzz");
    let programs = build(&compiled())?;
    for target in targets {
        let (corpus, broken) = (folder.join("corpus").join(target), folder.join("broken").join(target));
        for made in [&corpus, &broken] {
            fs::create_dir_all(made).with_context(|| format!("cannot make {}", made.display()))?;
        }
        let mut fuzzer =
            step::command(programs.join(target), &["-verbosity=0", "-print_final_stats=1", "-timeout=120"]);
        fuzzer.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", broken.display()));
        fuzzer.arg(&corpus);
        let seeds = sources.join("seeds").join(target);
        if seeds.is_dir() {
            fuzzer.arg(seeds);
        }
        let log = folder.join(format!("{target}.log"));
        fuzzer.stderr(File::create(&log).with_context(|| format!("cannot write {}", log.display()))?);
        if !step::status(&format!("fuzz {target} for {seconds} s"), &mut fuzzer)?.success() {
            bail!(
                "the fuzz target {target} found what breaks it: {} says how, the input is in {}\nhelp: {} FILE shows it again",
                log.display(),
                broken.display(),
                programs.join(target).display()
            );
        }
    }
    Ok(())
}

/// Where what was compiled lies: with that of other checkouts, where those share it.
fn compiled() -> PathBuf {
    let shared = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    shared.unwrap_or_else(|| crate::root().join("target")).join("fuzz")
}

/// Builds all targets; gives the folder of their programs.
fn build(folder: &Path) -> anyhow::Result<PathBuf> {
    let told = step::output("which host", &mut step::command("rustc", &["-vV"]))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc tells no host")?;
    // With a target named, what runs while compiling is not watched.
    let mut build = step::cargo(&["build", "--release", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml"]);
    build.args(["--target", host, "--target-dir"]).arg(folder);
    build.env("CARGO_ENCODED_RUSTFLAGS", WATCHED.join("\u{1f}")).env_remove("RUSTFLAGS");
    step::run("build the fuzz targets", &mut build)?;
    Ok(folder.join(host).join("release"))
}
