//! What documents put in backticks: paths exist, commands run, variables are read.

use super::Workspace;

/// Folders that runs make and git ignores.
const MADE_BY_RUNS: [&str; 2] = ["target/", "data/"];

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let sources: Vec<String> = workspace
        .files
        .iter()
        .filter(|file| file.ends_with(".rs") || file.ends_with(".js") || file.starts_with(".ci/"))
        .map(|file| workspace.read(file))
        .collect::<Result<_, _>>()?;
    let mut faults = Vec::new();
    for file in workspace.files.iter().filter(|file| file.ends_with(".md")) {
        for (number, term) in terms(&workspace.read(file)?) {
            if let Some(fault) = fault(workspace, &sources, &term) {
                faults.push(format!("{file}:{number}: `{term}`: {fault}"));
            }
        }
    }
    Ok(faults)
}

/// Place and text of every line in a fenced shell block.
pub(super) fn commands(workspace: &Workspace) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for file in workspace.files.iter().filter(|file| file.ends_with(".md")) {
        let lines = fenced(&workspace.read(file)?);
        found.extend(lines.into_iter().map(|(number, line)| (format!("{file}:{number}"), line)));
    }
    Ok(found)
}

/// Every term in single backticks outside fenced blocks, and every line of a fenced shell block.
fn terms(text: &str) -> Vec<(usize, String)> {
    let mut found = fenced(text);
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            found.extend(line.split('`').skip(1).step_by(2).map(|term| (index + 1, term.to_owned())));
        }
    }
    found.sort_by_key(|(number, _)| *number);
    found
}

/// Number and text of every line in a fenced shell block, comments apart; one that goes on after `\` is one line.
fn fenced(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut shell = None;
    let mut goes_on = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(language) = line.strip_prefix("```") {
            shell = if shell.is_some() { None } else { Some(matches!(language.trim(), "sh" | "bash" | "console")) };
        } else if shell == Some(true) && !line.is_empty() && !line.starts_with('#') {
            let part = line.trim_start_matches("$ ").trim_end_matches('\\').trim_end();
            match found.last_mut() {
                Some((_, command)) if goes_on => {
                    command.push(' ');
                    command.push_str(part);
                }
                _ => found.push((index + 1, part.to_owned())),
            }
            goes_on = line.ends_with('\\');
        }
    }
    found
}

fn fault(workspace: &Workspace, sources: &[String], term: &str) -> Option<String> {
    let words: Vec<&str> = term.split_whitespace().filter(|word| !is_assignment(word)).collect();
    match words.as_slice() {
        ["cargo", "xtask", task, ..] if !is_known(sources, &format!("Task::{}", capital(task))) => {
            Some(format!("xtask has no task {task}"))
        }
        ["cargo", rest @ ..] => crate_named(rest)
            .filter(|name| !workspace.members.iter().any(|member| member.name == *name))
            .map(|name| format!("the workspace has no crate {name}")),
        ["stack", verb, ..]
            if !verb.starts_with(['-', '<']) && !is_known(sources, &format!("Command::{}", capital(verb))) =>
        {
            Some(format!("stack has no command {verb}"))
        }
        [path] if is_path(workspace, path) => {
            let path = path.trim_end_matches('/');
            (!workspace.root.join(path).exists()).then(|| "there is no such file or folder".to_owned())
        }
        [name] if is_variable(name) && !is_known(sources, name) => Some("no program reads it".to_owned()),
        _ => None,
    }
}

fn is_known(sources: &[String], text: &str) -> bool {
    sources.iter().any(|source| source.contains(text))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_variable(name))
}

fn is_variable(word: &str) -> bool {
    word.contains('_')
        && word.len() > 4
        && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn crate_named<'a>(words: &[&'a str]) -> Option<&'a str> {
    let at = words.iter().position(|word| matches!(*word, "-p" | "--package"))?;
    words.get(at + 1).copied()
}

/// Whether a term claims to be a path of this workspace: it begins with one of its files or folders.
fn is_path(workspace: &Workspace, term: &str) -> bool {
    if term.contains(['<', '>', '{', '*', '(', ':', '…', '"']) || MADE_BY_RUNS.iter().any(|made| term.starts_with(made))
    {
        return false;
    }
    let first = term.split('/').next().unwrap_or_default();
    let ours = workspace.files.iter().any(|file| file.split('/').next() == Some(first));
    ours && (term.contains('/') || term.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Member;

    fn check_term(term: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("stack/api")).unwrap();
        let workspace = Workspace {
            root: folder.path().to_owned(),
            files: vec!["stack/api/lib.rs".into(), "README.md".into()],
            members: vec![Member { name: "flows".into(), folder: "flows".into(), uses: Vec::new() }],
        };
        fault(&workspace, &["Task::Demo Command::Up \"PERSONAS_NOW\"".into()], term)
    }

    #[test]
    fn what_exists_is_let_be() {
        for term in [
            "stack/api",
            "stack/api/",
            "cargo xtask demo --show-change",
            "cargo test -p flows",
            "stack up --data DIR",
            "UPDATE_SNAPSHOTS=all cargo test -p flows -- home",
            "PERSONAS_NOW",
            "Vec<u8>",
            "target/visual/run.json",
            "home/dashboard/anna-desktop",
            "stack/<crate>/src",
        ] {
            assert_eq!(check_term(term), None, "{term}");
        }
    }

    #[test]
    fn what_does_not_exist_is_named() {
        for term in
            ["stack/gone", "cargo xtask fly", "cargo test -p wings", "stack down", "PERSONAS_GONE", "README.md/x"]
        {
            assert!(check_term(term).is_some(), "{term}");
        }
    }

    #[test]
    fn terms_are_found_in_text_and_in_shell_blocks() {
        let found = terms("a `b` c `d e`\n```sh\n# no\n$ cargo x\n```\n```rust\nlet `z`\n```\n");
        let found: Vec<(usize, &str)> = found.iter().map(|(n, t)| (*n, t.as_str())).collect();
        assert_eq!(found, [(1, "b"), (1, "d e"), (4, "cargo x")]);
    }
}
