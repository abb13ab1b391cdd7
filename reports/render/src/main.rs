//! The `report` program: what is done with run files after the runs.

use std::{
    path::{Path, PathBuf},
    process,
};

use clap::{Parser, Subcommand};
use harness_model::{ExitCode, PROGRESS_FILE, RunReport};
use reports_render::{cut_short, github, merge, terminal, write};

/// What is done with run files after the runs.
#[derive(Parser)]
#[command(name = "report", bin_name = "cargo xtask report", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make one report of the runs of several shards or partitions
    ///
    /// Refused where a shard or a picture of the suite is missing, where a picture was taken twice, and where the runs were
    /// seen by different browsers: such a report would hide something. Exits as one run of all the pictures would have.
    #[command(after_help = "Example, on three machines and then on one of them:\n  \
        VISUAL_OUTPUT=out/1 cargo test -p flows -- --shard 1/2\n  \
        VISUAL_OUTPUT=out/2 cargo test -p flows -- --shard 2/2\n  \
        cargo xtask report merge out/1 out/2\n\nThe same by cargo nextest, whose partitions leave a folder for each picture:\n  \
        VISUAL_OUTPUT=out/1 cargo nextest run -p flows --partition count:1/2\n  \
        VISUAL_OUTPUT=out/2 cargo nextest run -p flows --partition count:2/2\n  \
        cargo xtask report merge out/1 out/2")]
    Merge {
        /// Folders with a run.json, or folders with such folders below them
        #[arg(required = true)]
        runs: Vec<PathBuf>,
        /// Merge although pictures of the suite are missing, because a filter chose some
        #[arg(long)]
        partial: bool,
        /// Where the merged report goes
        #[arg(long, default_value = "target/visual")]
        into: PathBuf,
    },
    /// Report a run that was killed: what it finished, and what it did not come to
    Recover {
        /// The folder that the run wrote to
        #[arg(default_value = "target/visual")]
        run: PathBuf,
    },
}

fn main() -> process::ExitCode {
    let done = match Cli::parse().command {
        Command::Merge { runs, partial, into } => merged(&runs, partial, &into),
        Command::Recover { run } => recovered(&run),
    };
    match done {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::BadConfig.into()
        }
    }
}

fn merged(runs: &[PathBuf], partial: bool, into: &Path) -> Result<ExitCode, Box<dyn std::error::Error>> {
    told(&merge(runs, partial, into)?, into)
}

fn recovered(folder: &Path) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Some(run) = cut_short(folder)? else {
        return Err(format!("no run was cut short in {}", folder.display()).into());
    };
    let code = told(&run, folder)?;
    std::fs::remove_file(folder.join(PROGRESS_FILE))?;
    Ok(code)
}

fn told(run: &RunReport, folder: &Path) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let paths = write(run, folder)?;
    print!("{}{}", terminal(run, Some(&paths.page), false), github(run, |name| std::env::var(name).ok())?);
    Ok(ExitCode::of(run))
}
