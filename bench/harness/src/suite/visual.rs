//! The suite by `visual check`.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use harness_model::PROGRESS_FILE;

use super::{Site, Task, Took};

/// Takes the baselines.
pub(super) fn accept(task: &Task<'_>, visual: &Path) -> anyhow::Result<()> {
    let folder = folder(task);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut config = format!("url = {:?}\nsnapshots = {:?}\n", task.site.url(), format!("snapshots-{}", task.pages));
    for page in 0..task.pages {
        let _never_fails = write!(config, "\n[[page]]\nname = \"page-{page}\"\npath = {:?}\n", Site::path(page));
    }
    fs::write(folder.join("visual.toml"), config).context("cannot write visual.toml")?;
    run(task, visual, "update").map(drop)
}

/// Compares with them.
pub(super) fn check(task: &Task<'_>, visual: &Path) -> anyhow::Result<Took> {
    run(task, visual, "check")
}

fn folder(task: &Task<'_>) -> PathBuf {
    task.folder.join("visual")
}

fn run(task: &Task<'_>, visual: &Path, what: &str) -> anyhow::Result<Took> {
    let folder = folder(task);
    let log = folder.join("told.txt");
    let file = fs::File::create(&log).with_context(|| format!("cannot make {}", log.display()))?;
    let mut command = Command::new(visual);
    command.args([what, "--config"]).arg(folder.join("visual.toml")).env("VISUAL_WORKERS", task.workers.to_string());
    command.env_remove("CI").stdin(Stdio::null()).stderr(file.try_clone()?).stdout(file);
    let progress = folder.join("target").join("visual").join(PROGRESS_FILE);
    let _absent = fs::remove_file(&progress);
    let began = Instant::now();
    let mut process = command.spawn().with_context(|| format!("cannot run {}", visual.display()))?;
    let mut first = None;
    let status = loop {
        if first.is_none() && fs::read_to_string(&progress).is_ok_and(|text| text.lines().count() > 1) {
            first = Some(began.elapsed());
        }
        if let Some(status) = process.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(if first.is_none() { 2 } else { 10 }));
    };
    let whole = began.elapsed();
    ensure!(status.success(), "`visual {what}` is not all green ({status}); see {}", log.display());
    Ok(Took { whole, first })
}
