//! Measures the harness beside its peers, and says what it is to reach.
//!
//! `cargo xtask bench harness` builds this program and `visual` for release, finds the peers and runs it. One subject, one
//! file: [`in_process`] compares decoded pictures, [`files`] whole processes from two files to a verdict, [`suite`] takes
//! pictures of a site, [`truth`] those of pages that have not changed. Every figure is
//! the median of runs that alternate with those of the other engines, so that a busy moment hits all of them.

mod encode;
mod files;
mod in_process;
mod measure;
mod memory;
mod page;
mod pairs;
mod peers;
mod report;
mod suite;
mod truth;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::{peers::Peers, report::Report};

/// Measures the harness beside its peers.
#[derive(Parser)]
#[command(name = "bench-harness")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Measure, print a table, and write it as JSON
    Measure(Measure),
    /// Run one command and print the most memory that it had, in KiB
    Peak(memory::Command),
}

#[derive(Args)]
struct Measure {
    /// The `visual` program, built for release
    #[arg(long, value_name = "FILE")]
    visual: PathBuf,
    /// The `odiff` program; without it that peer is skipped
    #[arg(long, value_name = "FILE")]
    odiff: Option<PathBuf>,
    /// The `blazediff` program; without it that peer is skipped where files are compared
    #[arg(long, value_name = "FILE")]
    blazediff: Option<PathBuf>,
    /// The folder in which Playwright Test is installed; without it that peer is skipped
    #[arg(long, value_name = "DIR")]
    playwright: Option<PathBuf>,
    /// Why a peer is skipped: a sentence each
    #[arg(long, value_name = "SENTENCE")]
    skipped: Vec<String>,
    /// Folder of the pictures that are compared, and of `harness.json`
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Fewer runs: for a first look, not for figures to keep
    #[arg(long)]
    quick: bool,
    /// Only these subjects, sizes and pairs, by a part of their names
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
}

/// What is measured, and how often.
struct Plan {
    /// Whether a first look will do.
    quick: bool,
    rounds: usize,
    only: Vec<String>,
}

impl Plan {
    /// Whether a case is to be measured.
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| name.contains(word.as_str()))
    }
}

fn main() -> ExitCode {
    let done = match Arguments::parse().what {
        What::Measure(measure) => measure.run(),
        What::Peak(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Measure {
    fn run(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.output).with_context(|| format!("cannot make {}", self.output.display()))?;
        let plan = Plan { quick: self.quick, rounds: if self.quick { 5 } else { 15 }, only: self.only.clone() };
        let peers = Peers::ask(self.odiff.clone(), self.blazediff.clone())?;
        let mut told = peers.told();
        told.extend(self.playwright.as_deref().map(suite::playwright_version).transpose()?);
        let mut report = Report::new(self.quick, told, self.skipped.clone());
        in_process::measure(&plan, &mut report)?;
        files::measure(&plan, &self.visual, &peers, &self.output.join("pairs"), &mut report)?;
        suite::measure(&plan, &self.visual, self.playwright.as_deref(), &self.output.join("suite"), &mut report)?;
        truth::measure(&plan, &self.visual, &self.output.join("truth"), &mut report)?;
        print!("{report}");
        report.write(&self.output.join("harness.json"))
    }
}
