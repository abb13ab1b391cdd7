//! Whether pictures of unchanged pages are ever called changed, on a machine that is slow and busy.
//!
//! A site of lively pages answers late, and never equally late; processors are slowed down; two browsers work side by side.
//! Its pictures are accepted once by `visual update` and then taken again and again by `visual check`: whole runs, from the
//! config to the run file. Each picture that is not identical to its baseline, and each that had to be taken twice, is
//! counted and named.

mod pages;
mod site;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::Context as _;
use harness_model::{RunReport, Settled, VerdictName};

use self::pages::PAGES;
use crate::{
    Plan,
    measure::Figure,
    report::{Report, Row, Target},
};

const SUBJECT: &str = "truth";
/// How many times slower than this machine the pages' processors are.
const SLOWDOWN: u32 = 4;
/// Browsers at once.
const WORKERS: &str = "2";
/// Pictures of one run: each page through two windows.
const PICTURES: usize = 2 * PAGES;

/// What the runs found.
#[derive(Default)]
struct Found {
    pictures: usize,
    differing: usize,
    retried: usize,
    late: usize,
    ms: u64,
}

pub(crate) fn measure(plan: &Plan, visual: &Path, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let runs = if plan.quick { 1 } else { 10 };
    let case = format!("{} unchanged pictures", runs * PICTURES);
    if !plan.wants(&format!("{SUBJECT} {case}")) {
        return Ok(());
    }
    // Baselines of an earlier measurement would be of other pages.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("cannot clear the folder")?,
        _ => fs::create_dir_all(folder)?,
    }
    let address = site::start()?;
    fs::write(folder.join("visual.toml"), pages::config(&address, SLOWDOWN))?;
    run(visual, folder, "update")?;
    let mut found = Found::default();
    let began = Instant::now();
    for round in 1..=runs {
        found.add(&run(visual, folder, "check")?);
        // Told at once: all of them together take many minutes.
        let Found { pictures, differing, retried, .. } = found;
        let s = began.elapsed().as_secs();
        eprintln!("run {round} of {runs}: {pictures} pictures so far, {differing} differing, {retried} retried, {s} s");
    }
    let figure = |engine, value| Figure { engine, value };
    let row = Row {
        subject: SUBJECT,
        case,
        unit: "",
        figures: vec![
            figure("differing", found.differing as f64),
            figure("retried", found.retried as f64),
            figure("late", found.late as f64),
            figure("s in all", began.elapsed().as_secs_f64()),
            figure("ms a picture", found.ms as f64 / found.pictures.max(1) as f64),
        ],
        targets: vec![
            Target::at_most(found.differing as f64, 0.0, "differing"),
            Target::at_most(found.retried as f64, 0.0, "retried"),
            Target::at_most((runs * PICTURES - found.pictures) as f64, 0.0, "missing"),
        ],
    };
    eprintln!("{row}");
    report.rows.push(row);
    Ok(())
}

impl Found {
    fn add(&mut self, run: &RunReport) {
        for picture in &run.pictures {
            self.pictures += 1;
            self.ms += picture.ms;
            self.late += usize::from(picture.settled == Settled::MatchedLate);
            if picture.retries > 0 {
                self.retried += 1;
                eprintln!("{} was taken {} times", picture.key, picture.retries + 1);
            }
            if picture.verdict != VerdictName::Identical {
                self.differing += 1;
                let why = picture.message.as_deref().unwrap_or("no reason is told");
                eprintln!("{} is {}: {why}", picture.key, picture.verdict.as_str());
            }
        }
    }
}

/// One whole run; how it ended is in its run file.
fn run(visual: &Path, folder: &Path, command: &str) -> anyhow::Result<RunReport> {
    let mut program = Command::new(visual);
    program.arg(command).current_dir(folder).env("VISUAL_WORKERS", WORKERS).stdout(Stdio::null());
    for variable in ["CI", "UPDATE_SNAPSHOTS", "VISUAL_RETRIES", "VISUAL_FAIL_FAST"] {
        program.env_remove(variable);
    }
    let ended = program.status().with_context(|| format!("cannot run {}", visual.display()))?;
    let path = folder.join("target/visual/run.json");
    let text =
        fs::read(&path).with_context(|| format!("`visual {command}` ended with {ended} and wrote no run file"))?;
    serde_json::from_slice(&text).with_context(|| format!("cannot read {}", path.display()))
}
