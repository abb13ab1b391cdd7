//! The commands of the documents, each given to the program that it starts: it must understand every word.
//!
//! What needs no stack and no network is run as it stands: `visual`, in a copy of the examples, because it writes
//! baselines. The flows list the pictures that they would take. Every other command would take minutes, a port that may be
//! taken, or somebody's baselines; it is asked for its help, so nothing is started, and a flag or a subcommand that is no
//! more is refused all the same, because it stands before the question. What those commands do is played in full by the
//! steps of `cargo xtask test` that start a stack: pictures, live updates and the rehearsal of a night.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context as _, bail};

use crate::{demo, embedded::Programs, step, tidy};

/// Gives every command of every document to its program.
pub(crate) fn check(programs: &Programs) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    let mut understood = 0;
    let mut ran = BTreeSet::new();
    let scratch = scratch()?;
    for (place, line) in tidy::documented_commands()? {
        if let Some(mut command) = as_it_stands(&line, programs.folder()?, &scratch) {
            if ran.insert(line.clone()) {
                let output = command.output().with_context(|| format!("cannot run {}", step::shown(&command)))?;
                faults.extend(complaint(&output).map(|complaint| format!("{place}: `{line}` fails: {complaint}")));
            }
            continue;
        }
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
    anyhow::ensure!(!ran.is_empty(), "no document holds a command that can be run as it stands, which cannot be");
    eprintln!("── documents: {} commands were run, {understood} more are understood by their programs", ran.len());
    Ok(())
}

/// Two pictures of the names that the documents use.
const PICTURES: [&str; 2] = ["a.png", "b.png"];
/// What they are: any baseline.
const BASELINE: &str = "snapshots/home/dashboard/anna-desktop.png";

/// A folder with what the commands name.
fn scratch() -> anyhow::Result<std::path::PathBuf> {
    let folder = crate::root().join("target").join("test").join("documents");
    demo::fresh(&folder)?;
    demo::copy(&crate::root().join("examples"), &folder.join("examples"))?;
    for name in PICTURES {
        let baseline = crate::root().join(BASELINE);
        fs::copy(&baseline, folder.join(name)).with_context(|| format!("cannot copy {}", baseline.display()))?;
    }
    Ok(folder)
}

/// The command itself, where all the files that it names are in the scratch folder.
fn as_it_stands(line: &str, folder: &Path, scratch: &Path) -> Option<Command> {
    let words = words(line);
    let (program, arguments) = words.split_first()?;
    if program != "target/release/visual" {
        return None;
    }
    let files = arguments.iter().enumerate().filter(|(at, word)| {
        let made = *at > 0 && arguments[at - 1] == "--out";
        !made && (word.ends_with(".toml") || word.ends_with(".png"))
    });
    let mut files = files.peekable();
    files.peek()?;
    if !files.all(|(_, file)| scratch.join(file).is_file()) {
        return None;
    }
    let mut command = Command::new(folder.join("visual"));
    command.args(arguments).current_dir(scratch).env_remove("CI");
    Some(command)
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
    fn a_command_whose_files_are_there_is_run_as_it_stands() {
        let scratch = tempfile::tempdir().unwrap();
        fs::create_dir_all(scratch.path().join("examples")).unwrap();
        for file in ["examples/visual.toml", "a.png"] {
            fs::write(scratch.path().join(file), "").unwrap();
        }
        let runs =
            |line: &str| as_it_stands(line, Path::new("bin"), scratch.path()).map(|command| step::shown(&command));
        let line = "target/release/visual check --config examples/visual.toml";
        assert_eq!(runs(line).as_deref(), Some("bin/visual check --config examples/visual.toml"));
        let line = "target/release/visual diff a.png a.png --out difference.png";
        assert_eq!(runs(line).as_deref(), Some("bin/visual diff a.png a.png --out difference.png"));
        for line in [
            "target/release/visual check --config visual.toml",
            "target/release/visual diff a.png b.png",
            "target/release/visual --help",
            "cargo xtask demo",
        ] {
            assert_eq!(runs(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_no_program_of_ours_is_let_be() {
        for line in ["git push", "cargo build --release -p harness-cli", "cargo test -p flows -- <flow>"] {
            assert_eq!(asked(line), None, "{line}");
        }
    }
}
