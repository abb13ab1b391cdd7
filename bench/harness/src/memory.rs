//! The most memory that a process had: asked of the system by a process of its own, which has had one child only.

use std::{
    path::Path,
    process::{Command as Process, Stdio},
};

use anyhow::Context as _;
use clap::Args;
use nix::sys::resource::{UsageWho, getrusage};

/// A command to run once.
#[derive(Args)]
pub(crate) struct Command {
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

impl Command {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut process = Process::new(&self.command[0]);
        process.args(&self.command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        process.status().with_context(|| format!("cannot run {}", self.command[0]))?;
        println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN).context("the system tells no memory")?.max_rss());
        Ok(())
    }
}

/// The peak of a command, in MiB.
pub(crate) fn peak_mib(program: &Path, arguments: &[String]) -> anyhow::Result<f64> {
    let own = std::env::current_exe().context("this program has no place")?;
    let told = Process::new(own).arg("peak").arg(program).args(arguments).output().context("cannot run itself")?;
    let kib: f64 = String::from_utf8_lossy(&told.stdout).trim().parse().context("no peak was told")?;
    Ok(kib / 1024.0)
}
