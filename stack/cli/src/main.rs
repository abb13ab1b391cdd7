//! `stack`: starts the stack, seeds its personas, lets them play a day.
//!
//! Exit codes: 0 done; 1 a call failed or a persona could not be seeded; 2 wrong flag, variable or configuration;
//! 3 a port is taken; 4 the data folder cannot be used; 5 a service does not start; 6 the stack does not answer;
//! 7 a database cannot be opened, or was made by a newer program.

mod commands;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use stack_cli::{DEFAULT_FILE, SettingsFile, StackEnv, StackError};
use stack_client::ClientError;

// The system's allocator took a fourth of sync's time at a push, and kept what log-ins had needed: six times as much.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The stack that the personas live in: auth, sync, MCP gateway, persona runner and web app.
///
/// First steps: `stack up` in one terminal; `stack personas seed` and `stack tick` in another; then open the web
/// address that `stack up` printed.
#[derive(Parser)]
#[command(name = "stack", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// A file of settings, under flags and environment; `stack config` prints one with every default
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run every service in one process, until Ctrl-C
    Up(commands::up::Up),
    /// Run one service; the others are where its flags say
    Serve(commands::serve::Serve),
    /// Bring the tables up to date, or list what that would take
    Migrate(commands::migrate::Migrate),
    /// Print a commented file of every setting, with its default
    Config,
    /// What only an administrator may do
    Admin(commands::admin::Admin),
    /// Seed, clean up or list the personas
    Personas(commands::personas::Personas),
    /// Change the key that users' keys are kept under
    Vault(commands::vault::Vault),
    /// Let every persona that is due play its day now
    Tick(commands::tick::Tick),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let file = cli.config.as_deref().map_or_else(|| Ok(SettingsFile::default()), SettingsFile::load);
    let begun = file.and_then(|file| {
        let env = StackEnv::read(&file);
        Ok((env.logs()?, env))
    });
    let (logs, env) = match begun {
        Ok(begun) => begun,
        Err(error) => return failed(&error.into()),
    };
    let done = match cli.command {
        Command::Up(up) => up.run(env).await,
        Command::Serve(serve) => serve.run(env).await,
        Command::Migrate(migrate) => migrate.run(env).await,
        Command::Config => {
            print!("{DEFAULT_FILE}");
            Ok(ExitCode::SUCCESS)
        }
        Command::Admin(admin) => admin.run().await,
        Command::Personas(personas) => personas.run().await,
        Command::Vault(vault) => vault.run(env).await,
        Command::Tick(tick) => tick.run().await,
    };
    logs.end().await;
    done.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::from(exit_code(error))
}

const UNREACHABLE: u8 = 6;

fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(error) = error.downcast_ref::<StackError>() {
        return error.exit_code();
    }
    if error.downcast_ref::<ClientError>().is_some_and(ClientError::is_unreachable) { UNREACHABLE } else { 1 }
}
