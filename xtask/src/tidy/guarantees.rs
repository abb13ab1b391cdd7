//! The table of promises: each names a test, and the test is there.

use super::Workspace;

const PAGE: &str = "docs/guarantees.md";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let page = workspace.read(PAGE)?;
    let mut faults = Vec::new();
    let mut promises = 0;
    for (number, krate, test) in rows(&page) {
        promises += 1;
        let Some(member) = workspace.members.iter().find(|member| member.name == krate) else {
            faults.push(format!("{PAGE}:{number}: the workspace has no crate {krate}"));
            continue;
        };
        let inside = format!("{}/", member.folder);
        let sources = workspace.files.iter().filter(|file| file.starts_with(&inside) && file.ends_with(".rs"));
        let mut found = false;
        for file in sources {
            found |= holds(&workspace.read(file)?, test);
        }
        if !found {
            faults.push(format!(
                "{PAGE}:{number}: {krate} has no test {test}; name the one that holds the promise, or write it"
            ));
        }
    }
    if promises == 0 {
        faults.push(format!("{PAGE}: no row promises anything; a row is | promise | `crate` | `test` |"));
    }
    Ok(faults)
}

/// Line, crate and test of each promise.
fn rows(page: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    page.lines().enumerate().filter_map(|(index, line)| {
        let cells: Vec<&str> =
            line.strip_prefix('|')?.trim_end().strip_suffix('|')?.split('|').map(str::trim).collect();
        let [_, krate, test] = cells.as_slice() else { return None };
        let bare = |cell: &'_ str| cell.len() > 2 && cell.starts_with('`') && cell.ends_with('`');
        (bare(krate) && bare(test)).then(|| (index + 1, krate.trim_matches('`'), test.trim_matches('`')))
    })
}

/// Whether a source holds a test of this name: a function, or an entry of a list with which a program makes its own.
fn holds(source: &str, test: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let (named, listed) = (format!("fn {test}("), format!("(\"{test}\", "));
    let is_test = |attribute: &str| attribute.starts_with("#[test]") || attribute.starts_with("#[tokio::test");
    lines.iter().enumerate().any(|(at, line)| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let listed = line.starts_with(&listed) && line.ends_with("),");
        let is_function = line.starts_with(&named);
        listed || is_function && lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).any(|a| is_test(a))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::Member;

    fn check_page(page: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(PAGE, page);
        write(
            "a/b/src/lib.rs",
            "#[tokio::test(flavor = \"x\")]\nasync fn it_holds() {}\n\nfn no_test() {}\n\n(\"listed\", other),\n",
        );
        let member = Member { name: "a-b".into(), folder: "a/b".into(), uses: Vec::new() };
        let files = vec!["a/b/src/lib.rs".into()];
        check(&Workspace { root: folder.path().to_owned(), files, members: vec![member] }).unwrap()
    }

    #[test]
    fn a_promise_that_a_test_holds_is_let_be() {
        let page = "| promise | crate | test |\n|---|---|---|\n| **All** | | |\n| x | `a-b` | `it_holds` |\n\
                    | y | `a-b` | `listed` |\n";
        assert_eq!(check_page(page), Vec::<String>::new());
    }

    #[test]
    fn a_promise_that_nothing_holds_is_named_with_its_line() {
        for (row, part) in [
            ("| x | `a-b` | `gone` |", "guarantees.md:1: a-b has no test gone"),
            ("| x | `a-b` | `no_test` |", "a-b has no test no_test"),
            ("| x | `c` | `it_holds` |", "the workspace has no crate c"),
            ("nothing", "no row promises anything"),
        ] {
            let faults = check_page(row).join("\n");
            assert!(faults.contains(part), "{part} in {faults:?}");
        }
    }
}
