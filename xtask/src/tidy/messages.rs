//! The page of troubles: every error of the programs that people start stands there, and none that no program says.
//!
//! An error is told by its first words as the source has them, with `…` for what is filled in.

use super::Workspace;

const PAGE: &str = "docs/troubleshooting.md";

/// Sources whose errors end on somebody's terminal.
const SPEAKING: [&str; 14] = [
    "fixtures/src/",
    "harness/baseline/src/",
    "harness/browser/src/",
    "harness/capture/src/",
    "harness/cli/src/",
    "harness/compare/src/",
    "harness/model/src/",
    "harness/place/src/",
    "harness/run/src/",
    "reports/approve/src/",
    "reports/publish/src/",
    "reports/render/src/",
    "stack/cli/src/",
    "stack/http/src/database",
];

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let page = workspace.read(PAGE)?;
    let told: Vec<(usize, &str)> = rows(&page).collect();
    let mut said = Vec::new();
    let mut faults = Vec::new();
    let speaks = |file: &&String| SPEAKING.iter().any(|at| file.starts_with(at)) && file.ends_with(".rs");
    for file in workspace.files.iter().filter(speaks) {
        for message in messages(&workspace.read(file)?) {
            if !told.iter().any(|(_, row)| *row == message) {
                faults.push(format!("{file}: {PAGE} does not tell what to do about `{message}`; give it a row"));
            }
            said.push(message);
        }
    }
    for (number, row) in told {
        if !said.iter().any(|message| message == row) {
            faults.push(format!("{PAGE}:{number}: no program says `{row}`; take the row out, or mend its words"));
        }
    }
    Ok(faults)
}

/// Line and message of each row: a row is | `message` | cause | cure |.
fn rows(page: &str) -> impl Iterator<Item = (usize, &str)> {
    page.lines().enumerate().filter_map(|(index, line)| {
        let message = line.strip_prefix("| `")?.split("` |").next()?;
        Some((index + 1, message))
    })
}

/// The messages of a source's errors: what `#[error(…)]` says, up to its `help:`.
fn messages(source: &str) -> Vec<String> {
    let literals = source.split("#[error(").skip(1).filter_map(|rest| literal(rest.trim_start()));
    let messages = literals.filter_map(|literal| {
        let first = literal.split("\\n").next().unwrap_or_default();
        let message = filled(first);
        message.chars().any(|letter| letter.is_alphabetic()).then_some(message)
    });
    messages.collect()
}

/// The string that a source begins with, unescaped but for its line breaks.
fn literal(source: &str) -> Option<String> {
    let mut letters = source.strip_prefix('"')?.chars();
    let mut text = String::new();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => match letters.next()? {
                'n' => text.push_str("\\n"),
                // A line that goes on: what stands before the next word is no part of it.
                '\n' => {
                    let rest = letters.as_str().trim_start();
                    letters = rest.chars();
                }
                other => text.push(other),
            },
            letter => text.push(letter),
        }
    }
}

/// With `…` for what is filled in; no backtick and no bar, which would end a cell.
fn filled(message: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    for letter in message.chars() {
        match letter {
            '{' => {
                if depth == 0 {
                    text.push('…');
                }
                depth += 1;
            }
            '}' => depth = depth.saturating_sub(1),
            '`' | '|' => (),
            letter if depth == 0 => text.push(letter),
            _ => (),
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        #[error("cannot read {}: {source}", path.display())]
        #[error(transparent)]
        #[error("{0}")]
        #[error(
            "the baseline `{}` is damaged: \
             {problem}\n\
             help: take it anew", path.display()
        )]
    "#;

    fn check_page(page: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in [(PAGE, page), ("fixtures/src/error.rs", SOURCE), ("stack/api/src/lib.rs", SOURCE)] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files = vec!["fixtures/src/error.rs".into(), "stack/api/src/lib.rs".into()];
        check(&Workspace { root: folder.path().to_owned(), files, members: Vec::new() }).unwrap()
    }

    #[test]
    fn messages_are_told_by_their_first_words() {
        assert_eq!(messages(SOURCE), ["cannot read …: …", "the baseline … is damaged: …"]);
    }

    #[test]
    fn a_page_that_tells_all_is_let_be() {
        let page = "| error | why |\n|---|---|\n| `cannot read …: …` | x |\n| `the baseline … is damaged: …` | y |\n";
        assert_eq!(check_page(page), Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_and_what_nobody_says_is_named() {
        let faults = check_page("| `cannot read …: …` | x |\n| `it rains` | y |\n").join("\n");
        assert!(faults.contains("fixtures/src/error.rs: docs/troubleshooting.md does not tell"), "{faults}");
        assert!(faults.contains("troubleshooting.md:2: no program says `it rains`"), "{faults}");
    }
}
