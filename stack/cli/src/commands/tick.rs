//! `stack tick`: a day for every persona that is due.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use stack_api::{routes, runner::TickReport};
use url::Url;

use super::{Data, address};

/// Asks the persona runner to play a tick now and prints each persona's day in figures.
#[derive(Args)]
pub(crate) struct Tick {
    #[command(flatten)]
    data: Data,
    /// Base URL of the persona runner [default: that of the stack running on the data folder, else
    /// http://localhost:3070]
    #[arg(long, value_name = "URL", env = "MANA_RUNNER_URL")]
    runner: Option<Url>,
}

impl Tick {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let base = match self.runner {
            Some(url) => url,
            None => address(self.data.folder().addresses().map(|at| at.runner), stack_api::ports::RUNNER)?,
        };
        let url = base.join(routes::DIAG_TICK).context("the runner's address takes a path")?;
        let answer = reqwest::Client::new().post(url.clone()).send().await;
        let answer = answer
            .with_context(|| format!("the persona runner does not answer at {base}\nhelp: start it with: stack up"))?;
        let status = answer.status();
        if !status.is_success() {
            bail!("{url} answered {status}: {}", answer.text().await.unwrap_or_default());
        }
        let report: TickReport =
            answer.json().await.with_context(|| format!("{url} answered something else than a report"))?;
        print(&report);
        Ok(if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print(report: &TickReport) {
    for day in &report.days {
        let errors = if day.errors == 0 { String::new() } else { format!(", {} refused", day.errors) };
        let tokens = if day.tokens == 0 { String::new() } else { format!(", {} tokens", day.tokens) };
        println!("{:<28} {} tool calls{errors}, {} ratings{tokens}", day.persona, day.actions, day.ratings);
    }
    for failure in &report.failed {
        println!("{:<28} failed: {}", failure.persona, failure.error);
    }
    println!(
        "{} of {} due personas played their day ({}) in {:.1} s",
        report.ran_successfully,
        report.due,
        report.player,
        std::time::Duration::from_millis(report.duration_ms).as_secs_f64(),
    );
}
