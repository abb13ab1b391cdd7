//! `cargo xtask bench stack`: a stack of release processes under load, on SQLite and on a PostgreSQL of the run's own.

use super::Bench;
use crate::{
    postgres::{Durability, Server},
    setup, step,
};

pub(super) fn run(bench: &Bench, database: Option<&str>) -> anyhow::Result<()> {
    setup::postgres()?;
    let [load, stack] = super::build(["bench-stack", "stack"])?;
    let output = super::output();
    // On the disk that is measured, and as PostgreSQL is by default: what is committed is on the disk.
    let server = Server::start(Durability::Full)?;
    let mut command = step::command(&load, &["--postgres", &server.url()]);
    command.args(bench.flags()).arg("--stack").arg(stack).arg("--output").arg(&output);
    command.args(database.iter().flat_map(|name| ["--database", name]));
    if let Ok(commit) = step::output("commit", &mut step::command("git", &["describe", "--always", "--dirty"])) {
        command.args(["--commit", commit.trim()]);
    }
    step::run("load", &mut command)?;
    println!("as JSON: {}", output.join("stack.json").display());
    Ok(())
}
