//! `stack personas`: seed, clean up, list.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use fixtures::{Catalogue, SeedSummary};
use stack_crypto::DEV_SEED_SECRET;

use super::AsAdmin;

/// Seed, clean up or list the personas.
#[derive(Args)]
pub(crate) struct Personas {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Create the catalogue's personas, or bring them up to date; may be repeated
    Seed(Change),
    /// Delete the catalogue's personas with all they have
    Cleanup(Change),
    /// List the personas that live in the stack
    List(AsAdmin),
}

#[derive(Args)]
struct Change {
    #[command(flatten)]
    admin: AsAdmin,
    /// Say what would be done and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Another catalogue than the ten built-in personas
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// The secret from which passwords are derived
    #[arg(long, env = "PERSONA_SEED_SECRET", default_value = DEV_SEED_SECRET, hide_env_values = true, hide_default_value = true)]
    seed_secret: String,
}

impl Personas {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Seed(change) => {
                let (auth, token, catalogue) = change.prepare().await?;
                let secret = &change.seed_secret;
                let summary =
                    fixtures::seed(&auth, &token, &catalogue, secret, change.dry_run, |line| println!("{line}"))
                        .await?;
                Ok(finish(&summary))
            }
            Verb::Cleanup(change) => {
                let (auth, token, catalogue) = change.prepare().await?;
                let summary =
                    fixtures::cleanup(&auth, &token, &catalogue, change.dry_run, |line| println!("{line}")).await?;
                Ok(finish(&summary))
            }
            Verb::List(admin) => list(&admin).await,
        }
    }
}

impl Change {
    async fn prepare(&self) -> anyhow::Result<(stack_client::AuthClient, String, Catalogue)> {
        let catalogue = match &self.catalogue {
            Some(path) => Catalogue::load(path)?,
            None => Catalogue::embedded(),
        };
        let auth = self.admin.client()?;
        let token = self.admin.token(&auth).await?;
        Ok((auth, token, catalogue))
    }
}

fn finish(summary: &SeedSummary) -> ExitCode {
    println!("{summary}");
    if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn list(admin: &AsAdmin) -> anyhow::Result<ExitCode> {
    let auth = admin.client()?;
    let token = admin.token(&auth).await?;
    let personas = auth.personas(&token).await?.personas;
    for persona in &personas {
        let last =
            persona.last_active_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
        let cadence = persona.tick_cadence.as_str();
        println!(
            "{:<28} {:<20} {cadence:<9} last day {last}, {} actions in 7 days",
            persona.email, persona.archetype, persona.actions_7d
        );
    }
    println!("{} personas", personas.len());
    Ok(ExitCode::SUCCESS)
}
