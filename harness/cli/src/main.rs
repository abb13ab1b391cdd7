//! The program `visual`: the harness for people who write no Rust.
//!
//! One file, one command. A command that needs neither browser nor network starts neither runtime nor thread pool.

mod diff;
mod error;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Compares pictures, and says what differs.
#[derive(Parser)]
#[command(name = "visual", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Diff(diff::Arguments),
}

fn main() -> ExitCode {
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(told) => {
            // A pipe that is closed takes the text with it; the exit code remains.
            let _closed = told.print();
            return if told.use_stderr() { wrong_arguments() } else { ExitCode::SUCCESS };
        }
    };
    match command {
        Command::Diff(arguments) => diff::run(&arguments),
    }
}

/// Arguments that make no command: never one of the numbers with which `diff` tells a difference.
fn wrong_arguments() -> ExitCode {
    ExitCode::from(diff::WRONG_ARGUMENTS)
}
