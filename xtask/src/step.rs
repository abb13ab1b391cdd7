//! Commands as named steps: what runs is said, how long it took too, and a failure names the command.

use std::{
    ffi::OsStr,
    process::{Command, ExitStatus, Stdio},
    time::Instant,
};

use anyhow::{Context as _, bail};

/// A command at the workspace's root.
pub(crate) fn command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(crate::root());
    command
}

/// A cargo command: the very cargo that runs this task.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    command(env!("CARGO"), arguments)
}

/// Runs a command as a step of this name; its output goes where ours goes.
pub(crate) fn run(name: &str, command: &mut Command) -> anyhow::Result<()> {
    let status = status(name, command)?;
    if !status.success() {
        bail!("{name} failed ({status}): {}", shown(command));
    }
    Ok(())
}

/// As [`run`], for commands whose failure has a meaning.
pub(crate) fn status(name: &str, command: &mut Command) -> anyhow::Result<ExitStatus> {
    let began = Instant::now();
    eprintln!("── {name}");
    let status = command.status().with_context(|| format!("cannot run {}", shown(command)))?;
    eprintln!(
        "── {name}: {} in {:.1} s",
        if status.success() { "done" } else { "failed" },
        began.elapsed().as_secs_f64()
    );
    Ok(status)
}

/// As [`run`], giving what the command prints.
pub(crate) fn output(name: &str, command: &mut Command) -> anyhow::Result<String> {
    let began = Instant::now();
    eprintln!("── {name}");
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot run {}", shown(command)))?;
    if !output.status.success() {
        bail!("{name} failed ({}): {}", output.status, shown(command));
    }
    eprintln!("── {name}: done in {:.1} s", began.elapsed().as_secs_f64());
    String::from_utf8(output.stdout).with_context(|| format!("{} printed no text", shown(command)))
}

pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
