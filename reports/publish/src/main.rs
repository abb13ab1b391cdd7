//! The `publish` program: a finished run where others can see it.

use std::{path::PathBuf, process, time::Duration};

use clap::Parser;
use harness_model::ExitCode;
use harness_place::{Place, PlaceError};
use reports_publish::{PublishError, message, post, publish};
use reports_render::{ReportPaths, read};
use url::Url;

/// Stores a run's files in a folder or a bucket, and posts a message when something needs a look.
#[derive(Parser)]
#[command(
    name = "publish",
    after_help = "A bucket's credentials, region and endpoint come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT.\n\
        Exit codes: 0 published, 1 the place or the webhook failed, 2 wrong address or no run."
)]
struct Cli {
    /// The folder of the run
    #[arg(long, default_value = "target/visual")]
    run: PathBuf,
    /// file:///srv/reports or s3://bucket/prefix
    #[arg(long)]
    to: String,
    /// Where people see what is stored there, such as `https://reports.example`
    #[arg(long)]
    link: Option<String>,
    /// Where to post when something needs a look, in the form of Slack's incoming webhooks
    #[arg(long, env = "NIGHTLY_WEBHOOK", hide_env_values = true)]
    webhook: Option<Url>,
    /// The first pause before the webhook is tried again
    #[arg(long, default_value_t = 1000, hide = true)]
    pause_ms: u64,
}

#[tokio::main]
async fn main() -> process::ExitCode {
    match run(&Cli::parse()).await {
        Ok(()) => ExitCode::Success.into(),
        Err(error) => {
            eprintln!("error: {error}");
            match error {
                PublishError::Run(_) | PublishError::Place(PlaceError::Address { .. }) => ExitCode::BadConfig.into(),
                _ => ExitCode::Internal.into(),
            }
        }
    }
}

async fn run(cli: &Cli) -> Result<(), PublishError> {
    let run = read(&ReportPaths::within(&cli.run).run_json)?;
    let published = publish(&Place::open(&cli.to)?, &cli.run, &run).await?;
    let root = cli.link.as_deref().unwrap_or(&cli.to).trim_end_matches('/');
    let page = format!("{root}/{}", published.page);
    println!("published {} files: {page}", published.files);
    match (&cli.webhook, message(&run, Some(&page))) {
        (Some(webhook), Some(message)) => {
            post(webhook, &message, Duration::from_millis(cli.pause_ms)).await?;
            println!("posted");
        }
        (_, None) => println!("nothing needs a look; nothing was posted"),
        (None, Some(_)) => println!("no webhook is named; nothing was posted"),
    }
    Ok(())
}
