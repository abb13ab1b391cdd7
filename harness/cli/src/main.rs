//! The program `visual`: the harness for people who write no Rust.
//!
//! One file, one command. A command that needs neither browser nor network starts neither runtime nor thread pool.

mod check;
mod config;
mod diff;
mod error;
mod init;
mod report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Sees whether web pages look as they did, and says what differs.
#[derive(Parser)]
#[command(name = "visual", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Arguments),
    Diff(diff::Arguments),
    Check(check::Arguments),
    /// As check, and makes what is new or differs the baseline; refused where CI is set
    Update(check::Arguments),
    Report(report::Arguments),
}

fn main() -> ExitCode {
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(told) => {
            // A pipe that is closed takes the text with it; the exit code remains.
            let _closed = told.print();
            return if told.use_stderr() {
                wrong_arguments(std::env::args().nth(1).as_deref())
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Check(arguments) => check::run(&arguments, check::Intent::Check),
        Command::Update(arguments) => check::run(&arguments, check::Intent::Update),
        Command::Report(arguments) => report::run(&arguments),
    }
}

/// Arguments that make no command. For `diff`, and where no command is known, never a number that tells a difference.
fn wrong_arguments(command: Option<&str>) -> ExitCode {
    match command {
        Some("init" | "check" | "update" | "report") => ExitCode::from(harness_model::ExitCode::BadConfig as u8),
        _ => ExitCode::from(diff::WRONG_ARGUMENTS),
    }
}
