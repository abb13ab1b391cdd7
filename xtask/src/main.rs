//! `cargo xtask`: set-up, demo, tests and the checks that keep the map of this workspace true.

mod accessibility;
mod alone;
mod bench;
mod built;
mod conformance;
mod demo;
mod documented;
mod embedded;
mod fuzz;
mod grid;
mod nightly;
mod npm;
mod partitions;
mod postgres;
mod program;
mod setup;
mod step;
mod suites;
mod test;
mod tidy;
mod wire;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// What a developer and CI do with this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Find a browser with its driver, PostgreSQL, and a Selenium Grid for the tests, or install them
    Setup,
    /// Let ten personas live a day in an embedded stack, picture what each of them sees, and report
    Demo(demo::Demo),
    /// Everything that must hold before a change lands: format, lints, map, tests, conformance, pictures
    Test,
    /// Let the protocol's official suite judge the MCP gateway's transport, and requests made up from the OpenAPI
    /// documents judge auth and sync
    Conformance,
    /// Hold every view of the report against axe-core's rules
    Accessibility,
    /// Play a day, picture every page, publish the report and post a message
    Nightly(nightly::Nightly),
    /// Play a night on a changed style, and hold what arrives against what was changed
    Rehearsal(nightly::Rehearsal),
    /// Picture a flow as one run and as four partitions of cargo nextest, and hold the merged report against the one
    Partitions,
    /// Accept or refuse what the last run found: by name, group by group, or in the browser
    #[command(disable_help_flag = true)]
    Approve(program::Arguments),
    /// Merge the reports of several machines, or report a run that was killed
    #[command(disable_help_flag = true)]
    Report(program::Arguments),
    /// Measure the stack under load, or the harness beside other engines, and say what is to be reached
    Bench(bench::Bench),
    /// Look for bytes that break what must hold of pictures, comparisons and sidecars
    Fuzz(fuzz::Fuzz),
    /// Check that the map of the workspace is true and its rules are kept
    Tidy,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Setup => setup::browser().and_then(|_| setup::postgres()).and_then(|()| grid::install()),
        Task::Demo(demo) => demo.run(),
        Task::Test => test::test(),
        Task::Conformance => judge(),
        Task::Nightly(nightly) => return ended(nightly.run()),
        Task::Partitions => partitions::run(),
        Task::Rehearsal(rehearsal) => rehearsal.run(),
        Task::Approve(arguments) => return ended(program::run("reports-approve", "approve", &arguments)),
        Task::Report(arguments) => return ended(program::run("reports-render", "report", &arguments)),
        Task::Accessibility => setup::browser().and_then(|_| accessibility::check()),
        Task::Bench(bench) => bench.run(),
        Task::Fuzz(fuzz) => fuzz.run(),
        Task::Tidy => tidy::tidy(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How a program of its own ended.
fn ended(code: anyhow::Result<ExitCode>) -> ExitCode {
    code.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn judge() -> anyhow::Result<()> {
    let (suite, prober) = (conformance::Suite::install()?, wire::Prober::install()?);
    let programs = embedded::Programs::build()?;
    suite.judge(&programs.everything)?;
    prober.probe(&programs)
}

/// The folder of the workspace's manifest.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("xtask lies in the workspace").to_owned()
}
