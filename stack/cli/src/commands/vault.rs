//! `stack vault`: what an operator does to the keys that users' keys are kept under.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use stack_auth::Rewrapped;
use stack_cli::{Service, StackEnv, Tables};
use stack_http::Clock;

use super::Data;

/// Users told by name when their vaults do not open.
const TOLD: usize = 10;

/// What an operator does to the keys that users' keys are kept under.
#[derive(Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Wrap every master key, key of a space and signing key under a new key-encryption key
    Rewrap(Rewrap),
}

/// Wraps every master key, key of a space and signing key under the key in MANA_AUTH_KEK. What the key before wrapped is opened by the one
/// in MANA_AUTH_KEK_PREVIOUS. To change the key of a running stack: restart auth with both, run this, restart auth
/// without the previous one. May be broken off and run again at any time.
#[derive(Args)]
struct Rewrap {
    #[command(flatten)]
    data: Data,
    /// Open every key, say what would be wrapped anew, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Vault {
    pub(crate) async fn run(self, env: StackEnv) -> anyhow::Result<ExitCode> {
        let Verb::Rewrap(rewrap) = self.verb;
        rewrap.run(env).await
    }
}

impl Rewrap {
    async fn run(self, env: StackEnv) -> anyhow::Result<ExitCode> {
        let data = self.data.folder();
        let tables = Tables::of(Service::Auth, &data, env.database_url.as_deref())?.context("auth keeps no tables")?;
        if !tables.pending().await?.is_empty() {
            bail!("the tables of auth in {} are not up to date, or not there\nhelp: stack migrate", tables.shown());
        }
        let keys = env.keys(&data)?;
        println!("auth  {}", tables.shown());
        let database = tables.open().await?;
        let tell =
            |done: &Rewrapped| println!("      {} vaults and {} keys of spaces so far", done.vaults, done.space_keys);
        let done = stack_auth::rewrap(&database, &keys, Clock::system(), self.dry_run, tell).await;
        database.close().await;
        let done = done?;
        let what = if self.dry_run { "would be wrapped anew" } else { "wrapped anew" };
        let Rewrapped { signing_keys, vaults, space_keys, .. } = done;
        println!(
            "      {signing_keys} signing keys, {vaults} vaults and {space_keys} keys of spaces {what} under {}",
            keys.id()
        );
        if done.overtaken > 0 {
            println!("      {} vaults were changed meanwhile", done.overtaken);
        }
        if !done.unreadable.is_empty() {
            let told = done.unreadable.iter().take(TOLD).map(|(user, kek)| format!("\n  - of {user}, under {kek}"));
            bail!(
                "{} vaults open under neither {}:{}\nhelp: name the key that wrapped them in MANA_AUTH_KEK_PREVIOUS and \
                 run this again",
                done.unreadable.len(),
                keys.ids(),
                told.collect::<String>()
            );
        }
        if !self.dry_run {
            println!(
                "      no key is under another one any more: MANA_AUTH_KEK_PREVIOUS may be taken out of the settings"
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
