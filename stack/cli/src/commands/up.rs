//! `stack up`: everything in one process.

use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use chrono::{DateTime, Utc};
use clap::Args;
use stack_cli::{Config, Ports, StackEnv, start};

use super::{Data, stop_on_signal};

/// Starts auth, sync, MCP gateway, persona runner and web app, prints their addresses and runs until Ctrl-C or
/// SIGTERM. The first start makes the databases, the secrets and an administrator in the data folder.
#[derive(Args)]
pub(crate) struct Up {
    #[command(flatten)]
    data: Data,
    /// Let the system choose the ports
    #[arg(long)]
    free_ports: bool,
    /// Write the addresses as JSON to FILE once all services are healthy
    #[arg(long, value_name = "FILE")]
    addresses: Option<PathBuf>,
    /// Start the stack's clock at this moment (RFC 3339), so that what personas write is the same on every run
    #[arg(long, value_name = "TIME")]
    now: Option<DateTime<Utc>>,
    /// Serve the web app's files from DIR instead of the built-in ones
    #[arg(long, value_name = "DIR")]
    web_files: Option<PathBuf>,
}

impl Up {
    pub(crate) async fn run(self, env: StackEnv) -> anyhow::Result<ExitCode> {
        let stop = stop_on_signal()?;
        let data = self.data.folder();
        // Claimed again by `start`; made here so that the secrets have a folder to live in.
        drop(data.claim()?);
        let mut config = Config::new(data.clone(), data.secrets()?, self.now, env)?;
        if self.free_ports {
            config.ports = Ports::free();
        }
        config.web_files = self.web_files;
        let mut stack = tokio::select! {
            started = start(config, self.addresses.as_deref()) => started?,
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
        };
        let at = stack.addresses();
        println!(
            "web     {}\nauth    {}\nsync    {}\nmcp     {}/mcp\nrunner  {}",
            at.web, at.auth, at.sync, at.mcp, at.runner
        );
        println!("\ndata in {}; next: stack personas seed, stack tick; Ctrl-C ends the stack", data.path().display());
        let failure = tokio::select! {
            () = stop.cancelled() => None,
            reason = stack.failed() => Some(reason),
        };
        stack.stop().await;
        match failure {
            None => Ok(ExitCode::SUCCESS),
            Some(reason) => bail!("{reason}"),
        }
    }
}
