//! `stack migrate`: brings the tables up to date, or says what that would take.

use std::process::ExitCode;

use clap::Args;
use stack_cli::{StackEnv, Tables};

use super::Data;

/// Brings the tables of auth and sync to this program's version and says which steps that took. A start does the same;
/// this is for whoever wants it done, or looked at, before. Tables that a newer program made are refused and left alone.
#[derive(Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    data: Data,
    /// List the steps that would be run, and run none
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub(crate) async fn run(self, env: StackEnv) -> anyhow::Result<ExitCode> {
        let database_url = env.database_url;
        let data = self.data.folder();
        let tables = Tables::all(&data, database_url.as_deref())?;
        // All are looked at before one is touched: tables that are too new stop the others from getting newer.
        let mut pending = Vec::new();
        for tables in &tables {
            pending.push(tables.pending().await?);
        }
        if self.dry_run {
            for (tables, pending) in tables.iter().zip(pending) {
                tell(tables, pending.iter().map(|step| format!("{} {}: would be run", step.version, step.name)));
            }
            return Ok(ExitCode::SUCCESS);
        }
        // A stack that runs on these files must not find other tables under its feet.
        let _claim = if database_url.is_none() { Some(data.claim()?) } else { None };
        for tables in &tables {
            let done = tables.migrate().await?;
            let line = |done: &stack_http::schema::StepDone| {
                format!("{} {}: run in {:.0?}", done.step.version, done.step.name, done.took)
            };
            tell(tables, done.iter().map(line));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(tables: &Tables, steps: impl ExactSizeIterator<Item = String>) {
    println!("{:<5} {}", tables.schema.service, tables.shown());
    if steps.len() == 0 {
        println!("      up to date at step {}", tables.schema.steps.last().map_or(0, |step| step.version));
    }
    for step in steps {
        println!("      {step}");
    }
}
