//! Tasks that are programs of their own: built when they are asked for, so that other tasks need not wait for what only
//! they use.

use std::{ffi::OsString, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use crate::step;

/// What is handed to the program.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Handed over as they are; `--help` tells what the program understands
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<OsString>,
}

/// Runs a program of this crate where the user stands, and ends as it does.
pub(crate) fn run(package: &str, program: &str, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut command = step::cargo(&["run", "--quiet", "--locked", "--package", package, "--bin", program, "--"]);
    command.args(&arguments.arguments);
    if let Ok(here) = std::env::current_dir() {
        command.current_dir(here);
    }
    let status = command.status().with_context(|| format!("cannot run {}", step::shown(&command)))?;
    // Ended by a signal, it has no code; the shell's way is to say 128 and the signal's number, Ctrl-C being the usual one.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(130);
    Ok(ExitCode::from(code))
}
