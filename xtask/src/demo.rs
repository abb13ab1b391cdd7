//! `cargo xtask demo`: the whole way once, from an empty folder to a report.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Deserialize;

use crate::{
    alone,
    embedded::{Embedded, Programs},
    setup, step,
};

/// Starts an embedded stack in a fresh folder, makes ten personas, lets each play a day through MCP tools, pictures
/// their pages on desktop, mobile and tablet, compares the pictures with the committed baselines and writes a report.
#[derive(Args)]
pub(crate) struct Demo {
    /// Afterwards change one style of the web app and show how the report names it
    #[arg(long)]
    show_change: bool,
}

/// The style that `--show-change` changes: the file, what stands there, what is put there.
pub(crate) const CHANGE: (&str, &str, &str) =
    ("styles/home.css", "  padding: 20px 24px 24px;", "  padding: 20px 32px 24px;");

#[derive(Deserialize)]
struct Run {
    duration_ms: u64,
    summary: Summary,
    pictures: Vec<Picture>,
}

#[derive(Deserialize)]
struct Summary {
    total: usize,
    identical: usize,
    retried: usize,
}

#[derive(Deserialize)]
struct Picture {
    key: String,
    verdict: String,
    diff_pixels: u64,
    message: Option<String>,
}

impl Demo {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        setup::browser()?;
        let programs = Programs::build()?;
        let folder = crate::root().join("target").join("demo");
        let _alone = alone::in_folder(&folder)?;
        fresh(&folder)?;
        let data = folder.join("data");
        let output = crate::root().join("target").join("visual");
        let stack = Embedded::start(&programs, &data, None)?;
        stack.seed()?;
        stack.tick()?;
        let passed = step::status("picture every page", &mut stack.flows(&output))?;
        let run = read(&output)?;
        drop(stack);
        println!(
            "\n10 personas, {} pictures in {:.0} s: {} identical to their baselines, {} taken again; {:.0} s in all",
            run.summary.total,
            seconds(run.duration_ms),
            run.summary.identical,
            run.summary.retried,
            began.elapsed().as_secs_f64(),
        );
        println!("report: {}", output.join("report").join("index.html").display());
        if !passed.success() {
            bail!("pictures differ from their baselines ({passed})");
        }
        if self.show_change { show_change(&programs, &folder, &data) } else { Ok(()) }
    }
}

fn show_change(programs: &Programs, folder: &Path, data: &Path) -> anyhow::Result<()> {
    let (file, from, to) = CHANGE;
    println!("\nnow with one change in the web app's {file}: `{from}` becomes `{to}`");
    let files = changed_web_files(folder)?;
    let output = folder.join("visual-change");
    let stack = Embedded::start(programs, data, Some(&files))?;
    let passed = step::status("picture every page again", stack.flows(&output).stdout(std::process::Stdio::null()))?;
    drop(stack);
    let run = read(&output)?;
    let mut by_flow: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for picture in &run.pictures {
        let flow = picture.key.split('/').next().unwrap_or_default();
        let (changed, all) = by_flow.entry(flow).or_default();
        *all += 1;
        *changed += usize::from(picture.diff_pixels > 0);
    }
    for (flow, (changed, all)) in by_flow {
        println!("  {flow:<10} {changed} of {all} pictures show it");
    }
    if let Some(first) = run.pictures.iter().find(|picture| picture.diff_pixels > 0) {
        println!("for instance {} ({}):", first.key, first.verdict);
        for line in first.message.iter().flat_map(|message| message.lines()) {
            println!("  {line}");
        }
    }
    println!("report: {}", output.join("report").join("index.html").display());
    if passed.success() {
        bail!("no picture failed on the changed style");
    }
    Ok(())
}

/// A copy of the web app's files with the one style changed.
pub(crate) fn changed_web_files(folder: &Path) -> anyhow::Result<PathBuf> {
    let (file, from, to) = CHANGE;
    let files = folder.join("web-files");
    copy(&crate::root().join("stack").join("web").join("app"), &files)?;
    let path = files.join(file);
    let css = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    if !css.contains(from) {
        bail!("{} does not hold `{from}`; the style that the demo changes has moved", path.display());
    }
    fs::write(&path, css.replace(from, to)).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(files)
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry.with_context(|| format!("cannot read {}", from.display()))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

/// An empty folder.
pub(crate) fn fresh(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn read(output: &Path) -> anyhow::Result<Run> {
    let path = output.join("run.json");
    let text =
        fs::read_to_string(&path).with_context(|| {
        format!(
            "no run ended there: cannot read {}\nhelp: if it was killed, `cargo xtask report recover {}` tells how far it came",
            path.display(),
            output.display()
        )
    })?;
    serde_json::from_str(&text).with_context(|| format!("{} has another form than expected", path.display()))
}

fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}
