//! `cargo xtask nightly`: a day in the personas' life, every page of theirs pictured, and the report where others see it.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus},
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    demo,
    embedded::{Embedded, Programs},
    fuzz, setup, step,
};

/// How long each fuzz target runs once the report is out.
const FUZZED_SECONDS: u32 = 180;

/// What the flows end with when they did their work, whatever they found.
const FINISHED: [i32; 3] = [0, 100, 101];

/// Plays one day for each persona, pictures every page, publishes the report and posts a message when something needs a
/// look. Then the fuzz targets run for minutes; what they find fails the job. Ends as the pictures do otherwise.
///
/// On several machines, each with `--shard K/N`, then once with `--merge`.
#[derive(Args)]
pub(crate) struct Nightly {
    /// Look at the stack that the environment names (PERSONAS_BASE_URL and the others) instead of an embedded one
    #[arg(long)]
    attach: bool,
    /// Where the report goes: file:///srv/reports or s3://bucket/prefix; a folder in target/nightly by default
    #[arg(long)]
    to: Option<String>,
    /// Where people see what is stored there
    #[arg(long)]
    link: Option<String>,
    /// Take one part of the pictures and publish nothing
    #[arg(long, value_name = "K/N", conflicts_with_all = ["to", "link", "merge"])]
    shard: Option<String>,
    /// Take no picture; merge the runs in these folders and publish them
    #[arg(long, value_name = "FOLDER", num_args = 1.., conflicts_with = "attach")]
    merge: Vec<PathBuf>,
}

impl Nightly {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        let folder = crate::root().join("target").join("nightly");
        let output = folder.join("visual");
        let status = if self.merge.is_empty() { self.pictures(&folder, &output)? } else { self.merged(&output)? };
        if self.shard.is_none() {
            self.publish(&folder, &output)?;
            fuzz::all(FUZZED_SECONDS)?;
        }
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }

    fn pictures(&self, folder: &Path, output: &Path) -> anyhow::Result<ExitStatus> {
        setup::browser()?;
        let programs = Programs::build()?;
        let status = if self.attach {
            step::run("play a day", &mut programs.tick_attached())?;
            self.taken(&mut programs.flows_attached(output))?
        } else {
            let data = folder.join("data");
            demo::fresh(&data)?;
            let stack = Embedded::start(&programs, &data, None)?;
            stack.seed()?;
            stack.tick()?;
            self.taken(&mut stack.flows(output))?
        };
        match status.code() {
            Some(code) if FINISHED.contains(&code) => Ok(status),
            Some(_) => bail!("no picture was taken ({status})"),
            // Killed: what it finished is told all the same.
            None => step::status("report what was finished", report(&["recover"]).arg(output)),
        }
    }

    fn taken(&self, flows: &mut Command) -> anyhow::Result<ExitStatus> {
        if let Some(shard) = &self.shard {
            flows.args(["--shard", shard]);
        }
        step::status("picture every page", flows)
    }

    fn merged(&self, output: &Path) -> anyhow::Result<ExitStatus> {
        let mut merge = report(&["merge"]);
        for folder in &self.merge {
            merge.arg(std::path::absolute(folder).context("cannot tell the folder's place")?);
        }
        let status = step::status("merge the shards", merge.arg("--into").arg(output))?;
        if !status.code().is_some_and(|code| FINISHED.contains(&code)) {
            bail!("the shards make no whole run ({status})");
        }
        Ok(status)
    }

    fn publish(&self, folder: &Path, output: &Path) -> anyhow::Result<()> {
        let own = format!("file://{}", folder.join("reports").display());
        let mut publish = program("reports-publish", "publish");
        publish.arg("--run").arg(output).args(["--to", self.to.as_ref().unwrap_or(&own)]);
        if let Some(link) = &self.link {
            publish.args(["--link", link]);
        }
        step::run("publish", &mut publish)
    }
}

fn report(arguments: &[&str]) -> Command {
    let mut report = program("reports-render", "report");
    report.args(arguments);
    report
}

fn program(package: &str, name: &str) -> Command {
    step::cargo(&["run", "--quiet", "--locked", "--package", package, "--bin", name, "--"])
}
