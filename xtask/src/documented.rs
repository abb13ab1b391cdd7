//! The commands of the documents, each given to the program that it starts: it must understand every word.
//!
//! A command is asked for its help, or the flows for the pictures they select, so nothing is started; a flag or a
//! subcommand that is no more is refused all the same, because it stands before the question.

use std::{
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context as _, bail};

use crate::{embedded::Programs, step, tidy};

/// Gives every command of every document to its program.
pub(crate) fn check(programs: &Programs) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    let mut understood = 0;
    for (place, line) in tidy::documented_commands()? {
        let Some(mut command) = question(&line, programs.folder()?, programs.flows()) else { continue };
        let output = command.output().with_context(|| format!("cannot run {}", step::shown(&command)))?;
        match complaint(&output) {
            Some(complaint) => faults.push(format!("{place}: `{line}` is not understood: {complaint}")),
            None => understood += 1,
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    anyhow::ensure!(understood > 0, "no document holds a command, which cannot be");
    eprintln!("── documents: {understood} commands are understood by their programs");
    Ok(())
}

/// The command as a question that starts nothing; `None` for what is no program of ours.
fn question(line: &str, folder: &Path, flows: &Path) -> Option<Command> {
    let words = words(line);
    let set = words.iter().take_while(|word| word.contains('=') && !word.starts_with('-')).count();
    let (variables, words) = words.split_at(set);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (program, arguments, asks) = match words.as_slice() {
        ["cargo", "xtask", name @ ("approve" | "report"), rest @ ..] => (folder.join(name), rest.to_vec(), "--help"),
        ["cargo", "xtask", rest @ ..] => (folder.join("xtask"), rest.to_vec(), "--help"),
        ["cargo", "run", "-p", "stack-cli", "--", rest @ ..] | ["stack", rest @ ..] => {
            (folder.join("stack"), rest.to_vec(), "--help")
        }
        ["target/release/visual" | "visual", rest @ ..] => (folder.join("visual"), rest.to_vec(), "--help"),
        ["cargo", "test", "-p", "flows", rest @ ..] => {
            (flows.to_owned(), rest.iter().skip(1).copied().filter(|word| *word != "--list").collect(), "--list")
        }
        _ => return None,
    };
    // A placeholder is the reader's to fill in.
    if arguments.iter().any(|word| word.contains('<')) {
        return None;
    }
    let mut command = step::command(program, &arguments);
    command.arg(asks).env_remove("CI");
    for (name, value) in variables.iter().filter_map(|word| word.split_once('=')) {
        command.env(name, value);
    }
    Some(command)
}

/// A shell line's words, without quotes and what follows a `#`.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" # ").next().unwrap_or_default();
    line.split_whitespace().map(|word| word.replace(['\'', '"'], "")).collect()
}

fn complaint(output: &Output) -> Option<String> {
    (!output.status.success()).then(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("{}, {}", output.status, said.lines().next().unwrap_or("without a word"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Option<String> {
        question(line, Path::new("bin"), Path::new("bin/flows")).map(|command| step::shown(&command))
    }

    #[test]
    fn each_program_is_asked_in_its_own_way() {
        for (line, expected) in [
            ("cargo xtask demo --show-change", "bin/xtask demo --show-change --help"),
            ("cargo xtask approve 'home/*' --reason 'new'", "bin/approve home/* --reason new --help"),
            ("cargo run -p stack-cli -- up", "bin/stack up --help"),
            ("stack vault status # how it is", "bin/stack vault status --help"),
            ("target/release/visual diff a.png b.png", "bin/visual diff a.png b.png --help"),
            ("A=b cargo test -p flows -- --exact home --list", "bin/flows --exact home --list"),
            ("cargo test -p flows", "bin/flows --list"),
        ] {
            assert_eq!(asked(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_is_no_program_of_ours_is_let_be() {
        for line in ["git push", "cargo build --release -p harness-cli", "cargo test -p flows -- <flow>"] {
            assert_eq!(asked(line), None, "{line}");
        }
    }
}
