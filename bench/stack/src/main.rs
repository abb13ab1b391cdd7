//! Puts load on a stack and says how many calls a second it answers, how long they take and what memory they cost.
//!
//! The stack's services are release processes of their own; this one only calls them, over connections that stay open,
//! and does as little as it can beside: it shares the machine with what it measures. `cargo xtask bench stack` builds
//! both, starts PostgreSQL as it is by default (what is committed is on the disk) and runs this program.

mod cases;
mod connection;
mod history;
mod load;
mod machine;
mod mcp;
mod memory;
mod report;
mod services;
mod targets;
mod ticks;
mod users;

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};

use crate::{
    cases::Case,
    load::Until,
    machine::Machine,
    report::{Report, Row},
    services::Services,
    targets::GATEWAY_MIB,
    users::User,
};

/// Measures a stack under load.
#[derive(Parser)]
#[command(name = "bench-stack")]
struct Bench {
    /// The `stack` program, built for release
    #[arg(long, value_name = "FILE")]
    stack: PathBuf,
    /// An empty PostgreSQL database of which the stack may be the owner; without it only SQLite is measured
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Folder of the stacks' files and of `stack.json`; on the disk that is to be measured
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Seconds instead of minutes: shorter, and with fewer personas and calls
    #[arg(long)]
    quick: bool,
    /// Only what has one of these words in its name
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
    /// Only this database
    #[arg(long, value_name = "NAME")]
    database: Option<Database>,
    /// What is measured, for the JSON
    #[arg(long, value_name = "ID")]
    commit: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgresql,
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgresql => "PostgreSQL",
        }
    }
}

/// What is measured beside the cases, as `--only` knows it.
const GATEWAY: &str = "memory of the gateway";
const TICKS: &str = "tick of scripted personas";

/// How much is done.
struct Extent {
    warm_up: Duration,
    measured: Duration,
    gateway_calls: usize,
    personas: [usize; 2],
}

const FULL: Extent = Extent {
    warm_up: Duration::from_millis(500),
    measured: Duration::from_secs(4),
    gateway_calls: 1_000_000,
    personas: [10, 1000],
};
const QUICK: Extent = Extent {
    warm_up: Duration::from_millis(100),
    measured: Duration::from_millis(500),
    gateway_calls: 100_000,
    personas: [10, 40],
};
/// Clients that call at a time.
const CLIENTS: [usize; 2] = [1, 8];

// One thread: the other cores are the stack's.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let bench = Bench::parse();
    // What is dropped on Ctrl-C ends its processes and removes its folder.
    let done = tokio::select! {
        done = bench.run() => done,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Bench {
    async fn run(&self) -> anyhow::Result<()> {
        let extent = if self.quick { QUICK } else { FULL };
        std::fs::create_dir_all(&self.output).with_context(|| format!("cannot make {}", self.output.display()))?;
        let postgres = self.postgres.as_deref().map(|url| (Database::Postgresql, Some(url)));
        let databases = [(Database::Sqlite, None)].into_iter().chain(postgres);
        let machine = Machine::look(&self.output)?;
        eprintln!("── {machine}");
        let mut report = Report::new(self.quick, self.commit.clone(), machine);
        for (database, url) in databases.filter(|(database, _)| self.database.is_none_or(|only| only == *database)) {
            let name = database.name();
            eprintln!("── {name}");
            self.measure(name, url, &extent, &mut report).await.with_context(|| format!("on {name}"))?;
        }
        print!("{report}");
        report.write(&self.output.join("stack.json"))
    }

    /// Whether something of this name is wanted.
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| name.contains(word.as_str()))
    }

    async fn measure(
        &self,
        database: &'static str,
        url: Option<&str>,
        extent: &Extent,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let folder = tempfile::tempdir_in(&self.output).context("cannot make a folder for the stack's files")?;
        let services = Services::start(&self.stack, folder.path(), url).await?;
        let users = User::sign_up_all(&services, CLIENTS[1]).await?;
        let mut written = BTreeSet::new();
        for case in Case::ALL.into_iter().filter(|case| self.wants(case.name())) {
            if let Some(history) = case.reads().filter(|history| written.insert(*history)) {
                history
                    .write(&services.sync.url, &users)
                    .await
                    .with_context(|| format!("preparing {}", case.name()))?;
            }
            for clients in CLIENTS {
                let run = |until| case.run(&services, &users[..clients], until);
                run(Until::Over(extent.warm_up)).await.with_context(|| case.name())?;
                let measured = run(Until::Over(extent.measured)).await.with_context(|| case.name())?;
                let row = Row::new(database, case, clients, measured);
                eprintln!("{row}");
                report.rows.push(row);
            }
        }
        if self.wants(GATEWAY) && report.gateway.is_none() {
            let calls = extent.gateway_calls;
            let measured = Case::InvalidCall.run(&services, &users, Until::Calls(calls)).await?;
            let peak = services.mcp.peak_mib();
            eprintln!("the gateway's peak after {} more calls: {peak:.1?} MiB (at most {GATEWAY_MIB})", measured.calls);
            report.gateway = Some((measured.calls, peak));
        }
        if self.wants(TICKS) {
            for personas in extent.personas {
                let tick = ticks::play(&services, database, personas).await?;
                eprintln!("{tick}");
                report.ticks.push(tick);
            }
        }
        report.memory.extend(services.peaks(database));
        Ok(())
    }
}
