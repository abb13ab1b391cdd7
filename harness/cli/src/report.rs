//! `visual report`: tells the last run again.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use harness_model::ExitCode as RunCode;

use crate::{check, config};

/// Tells what the last run found, and where its page is.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The config of that run
    #[arg(long, default_value = "visual.toml", value_name = "FILE")]
    config: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let told = config::read(&arguments.config).map_err(|error| error.to_string()).and_then(|config| {
        let paths = reports_render::ReportPaths::within(&check::folders(&config, &arguments.config).output);
        let run = reports_render::read(&paths.run_json).map_err(|error| error.to_string())?;
        print!("{}", reports_render::terminal(&run, Some(&paths.page), false));
        Ok(RunCode::of(&run))
    });
    told.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        RunCode::BadConfig
    })
    .into()
}
