//! `cargo xtask nightly`: a day in the personas' life, every page of theirs pictured, and the report where others see it.

mod rehearsal;

pub(crate) use rehearsal::Rehearsal;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus},
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    alone, demo,
    embedded::{Embedded, Programs},
    fuzz, setup, step,
};

/// How long each fuzz target runs once the report is out.
const FUZZED_SECONDS: u32 = 180;
/// The webhook's address; in the environment of a program, it stands in no list of processes.
const WEBHOOK_VARIABLE: &str = "NIGHTLY_WEBHOOK";

/// What the flows end with when they did their work, whatever they found.
const FINISHED: [i32; 3] = [0, 100, 101];

/// Plays one day for each persona, pictures every page, publishes the report and posts a message when something needs a
/// look. Then the fuzz targets run for minutes; what they find fails the job. Ends as the pictures do otherwise.
///
/// On several machines, each with `--shard K/N`, then once with `--merge`.
///
/// Exit codes are those of the pictures: 0 all as they were, 100 or 101 something needs a look. 1: it did not come to a
/// report, or the report could not be published or the message not be posted, which the last line says.
#[derive(Args)]
pub(crate) struct Nightly {
    /// Look at the stack that the environment names (PERSONAS_BASE_URL and the others) instead of an embedded one
    #[arg(long)]
    attach: bool,
    /// Where the report goes: file:///srv/reports or s3://bucket/prefix; a folder in target/nightly by default
    #[arg(long, value_name = "PLACE")]
    publish: Option<String>,
    /// Where people see what is stored there
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Where to post when something needs a look, in the form of Slack's incoming webhooks
    #[arg(long, value_name = "URL", env = WEBHOOK_VARIABLE, hide_env_values = true)]
    webhook: Option<String>,
    /// Take one part of the pictures and publish nothing
    #[arg(long, value_name = "K/N", conflicts_with_all = ["publish", "link", "merge"])]
    shard: Option<String>,
    /// Take no picture; merge the runs in these folders and publish them
    #[arg(long, value_name = "FOLDER", num_args = 1.., conflicts_with = "attach")]
    merge: Vec<PathBuf>,
    /// Let the embedded stack hand out the web app in this folder instead of its own
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["attach", "merge"])]
    web_files: Option<PathBuf>,
    /// Take only pictures whose names have one of these words in them
    #[arg(last = true, value_name = "WORD", conflicts_with = "merge")]
    only: Vec<String>,
}

impl Nightly {
    pub(crate) fn run(&self) -> anyhow::Result<ExitCode> {
        let folder = crate::root().join("target").join("nightly");
        let _alone = alone::in_folder(&folder)?;
        let output = folder.join("visual");
        let programs = Programs::build()?;
        let taken = if self.merge.is_empty() {
            self.pictures(&programs, &folder, &output)
        } else {
            self.merged(&programs, &output)
        };
        let status = taken?;
        if self.shard.is_none() {
            self.publish(&programs, &folder, &output)?;
            // Who picks pictures wants to see those.
            if self.only.is_empty() {
                fuzz::all(FUZZED_SECONDS)?;
            }
        }
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }

    fn pictures(&self, programs: &Programs, folder: &Path, output: &Path) -> anyhow::Result<ExitStatus> {
        setup::browser()?;
        let status = if self.attach {
            step::run("play a day", &mut programs.tick_attached())?;
            self.taken(&mut programs.flows_attached(output))?
        } else {
            let data = folder.join("data");
            demo::fresh(&data)?;
            let stack = Embedded::start(programs, &data, self.web_files.as_deref())?;
            stack.seed()?;
            stack.tick()?;
            self.taken(&mut stack.flows(output))?
        };
        match status.code() {
            Some(code) if FINISHED.contains(&code) => Ok(status),
            Some(_) => bail!("no picture was taken ({status})"),
            // Killed: what it finished is told all the same.
            None => step::status("report what was finished", report(programs, "recover")?.arg(output)),
        }
    }

    fn taken(&self, flows: &mut Command) -> anyhow::Result<ExitStatus> {
        if let Some(shard) = &self.shard {
            flows.args(["--shard", shard]);
        }
        flows.args(&self.only);
        step::status("picture every page", flows)
    }

    fn merged(&self, programs: &Programs, output: &Path) -> anyhow::Result<ExitStatus> {
        let mut merge = report(programs, "merge")?;
        for folder in &self.merge {
            merge.arg(std::path::absolute(folder).context("cannot tell the folder's place")?);
        }
        let status = step::status("merge the shards", merge.arg("--into").arg(output))?;
        if !status.code().is_some_and(|code| FINISHED.contains(&code)) {
            bail!("the shards make no whole run ({status})");
        }
        Ok(status)
    }

    fn publish(&self, programs: &Programs, folder: &Path, output: &Path) -> anyhow::Result<()> {
        let own = format!("file://{}", folder.join("reports").display());
        let mut publish = programs.program("publish")?;
        publish.arg("--run").arg(output).args(["--to", given(&self.publish).unwrap_or(&own)]);
        if let Some(link) = given(&self.link) {
            publish.args(["--link", link]);
        }
        match given(&self.webhook) {
            Some(webhook) => publish.env(WEBHOOK_VARIABLE, webhook),
            None => publish.env_remove(WEBHOOK_VARIABLE),
        };
        step::run("publish", &mut publish)
    }
}

/// A workflow hands over a variable that is not set as an empty text.
fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|value| !value.is_empty())
}

fn report(programs: &Programs, what: &str) -> anyhow::Result<Command> {
    let mut report = programs.program("report")?;
    report.arg(what);
    Ok(report)
}
