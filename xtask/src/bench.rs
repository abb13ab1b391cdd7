//! `cargo xtask bench`: how fast stack and harness are, as release programs, beside what they are to reach.

mod harness;
mod stack;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{built, step};

/// Measures release builds. Figures mean something on a machine that does nothing else; the load it found is in the JSON.
#[derive(Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    part: Part,
    /// Shorter: for a first look, not for figures to keep
    #[arg(long, global = true)]
    quick: bool,
    /// Only what has this word in its name
    #[arg(long, global = true, value_name = "WORD")]
    only: Vec<String>,
}

#[derive(Subcommand)]
enum Part {
    /// Calls a second, their times and the memory they cost, on SQLite and PostgreSQL, beside what is to be reached
    Stack {
        /// Only this database: `sqlite` or `postgresql`
        #[arg(long, value_name = "NAME")]
        database: Option<String>,
    },
    /// Pictures compared, from files to a verdict, and by the suite, beside odiff, blazediff and Playwright Test
    Harness,
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        match &self.part {
            Part::Stack { database } => stack::run(self, database.as_deref()),
            Part::Harness => harness::run(self),
        }
    }

    /// What is handed on.
    fn flags(&self) -> Vec<String> {
        let quick = self.quick.then(|| "--quick".to_owned());
        quick.into_iter().chain(self.only.iter().flat_map(|word| ["--only".to_owned(), word.clone()])).collect()
    }
}

/// Where results and what is needed for them lie.
fn output() -> PathBuf {
    crate::root().join("target").join("bench")
}

/// The crates of the programs that are built.
const CRATES: [&str; 4] = ["stack-cli", "bench-stack", "harness-cli", "bench-harness"];

/// Builds all for release and gives these. All, because cargo would compile shared dependencies once more for each other
/// selection of crates.
fn build<const N: usize>(programs: [&str; N]) -> anyhow::Result<[PathBuf; N]> {
    let arguments = ["build", "--release", "--locked", "--bins", "--message-format=json-render-diagnostics"];
    let mut build = step::cargo(&arguments);
    for package in CRATES {
        build.args(["--package", package]);
    }
    let printed = step::output("build for release", &mut build)?;
    let found: Vec<_> =
        programs.iter().map(|program| built::program(&printed, program, "bin")).collect::<Result<_, _>>()?;
    Ok(found.try_into().expect("one was found for each"))
}
