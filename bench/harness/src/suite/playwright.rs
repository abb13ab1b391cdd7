//! The suite by Playwright Test: a test for each picture, as its users write them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::{Task, Took};

const CONFIG: &str = include_str!("../../playwright/playwright.config.mjs");
const TESTS: &str = include_str!("../../playwright/pages.spec.mjs");

/// What the installed release calls itself.
pub(crate) fn version(folder: &Path) -> anyhow::Result<String> {
    let told = Command::new("node").arg(program(folder)).arg("--version").output().context("cannot run node")?;
    Ok(format!("Playwright Test {}", String::from_utf8_lossy(&told.stdout).trim().trim_start_matches("Version ")))
}

/// Takes the baselines.
pub(super) fn accept(task: &Task<'_>, folder: &Path) -> anyhow::Result<()> {
    for (name, text) in [("playwright.config.mjs", CONFIG), ("pages.spec.mjs", TESTS)] {
        fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    run(task, folder, false, &["--update-snapshots=all"]).map(drop)
}

/// Compares with them; each test has a page of its own, or those of a worker share one.
pub(super) fn check(task: &Task<'_>, folder: &Path, page_kept: bool) -> anyhow::Result<Took> {
    run(task, folder, page_kept, &[])
}

fn program(folder: &Path) -> PathBuf {
    folder.join("node_modules").join("@playwright").join("test").join("cli.js")
}

fn run(task: &Task<'_>, folder: &Path, page_kept: bool, arguments: &[&str]) -> anyhow::Result<Took> {
    let windows: Vec<_> = task
        .viewports
        .iter()
        .map(|viewport| {
            json!({
                "name": viewport.name, "width": viewport.width, "height": viewport.height, "scale": viewport.scale,
                "mobile": viewport.mobile, "userAgent": viewport.user_agent,
            })
        })
        .collect();
    let settings = json!({
        "url": task.site.url(), "pages": task.pages, "workers": task.workers, "windows": windows,
        "chromium": task.installation.chromium, "pageKept": page_kept,
    });
    let log = folder.join("told.txt");
    let errors = fs::File::create(&log).with_context(|| format!("cannot make {}", log.display()))?;
    let mut command = Command::new("node");
    command.arg(program(folder)).arg("test").args(arguments).current_dir(folder);
    command.env("BENCH_SUITE", settings.to_string()).env_remove("CI");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    let began = Instant::now();
    let mut process = command.spawn().context("cannot run node")?;
    let output = process.stdout.take().context("its output is not readable")?;
    let mut first = None;
    let mut told = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line.context("its output is not text")?;
        if first.is_none() && line.trim_start().starts_with(['✓', '✘']) {
            first = Some(began.elapsed());
        }
        told.push(line);
    }
    let status = process.wait()?;
    let whole = began.elapsed();
    let end = told[told.len().saturating_sub(20)..].join("\n");
    ensure!(status.success(), "Playwright is not all green ({status}):\n{end}");
    Ok(Took { whole, first })
}
