//! `stack admin`: what only an administrator may do.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::AsAdmin;

/// What only an administrator may do.
#[derive(Args)]
pub(crate) struct Admin {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print an administrator's access token, got by an ordinary log-in; it holds for 15 minutes
    Token(AsAdmin),
}

impl Admin {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let Verb::Token(admin) = self.verb;
        let auth = admin.client()?;
        println!("{}", admin.token(&auth).await?);
        Ok(ExitCode::SUCCESS)
    }
}
