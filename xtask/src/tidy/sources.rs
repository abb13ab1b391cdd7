//! Rules of the source files that the compiler does not know.

use super::Workspace;

/// Names that say nothing about what is inside.
const GRAB_BAGS: [&str; 7] = ["utils", "util", "helpers", "common", "misc", "imp", "mod"];
/// A file this long has a second subject.
const LINES_MAX: usize = 900;
/// Comments that admit a fact with two homes.
const TWO_HOMES: [&str; 2] = ["keep in sync with", "must be kept in sync"];

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let mut faults: Vec<String> =
        workspace.files.iter().filter(|file| is_built(file)).map(|file| built(file)).collect();
    for file in workspace.files.iter().filter(|file| file.ends_with(".rs")) {
        let text = workspace.read(file)?;
        faults.extend(rules(file, &text).into_iter().map(|fault| format!("{file}: {fault}")));
    }
    Ok(faults)
}

/// Whether a file lies where programs leave what they make.
fn is_built(file: &str) -> bool {
    file.split('/').rev().skip(1).any(|folder| folder == "target")
}

fn built(file: &str) -> String {
    format!("{file}: is what a build or a run left; take it out with `git rm --cached {file}`")
}

fn rules(file: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let name = file.rsplit('/').next().and_then(|name| name.strip_suffix(".rs")).unwrap_or_default();
    if GRAB_BAGS.contains(&name) {
        faults.push(format!("`{name}` says nothing; name the file after its subject"));
    }
    if !text.starts_with("//!") {
        faults.push("does not open with `//!`; say what the file is for".to_owned());
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        faults.push(format!("has {lines} lines; split it where its second subject begins"));
    }
    // This very file names the words it bans.
    if file == "xtask/src/tidy/sources.rs" {
        return faults;
    }
    if text.contains("#[ignore") {
        faults.push("skips a test; let it run, or report at run time why it cannot".to_owned());
    }
    for words in TWO_HOMES.iter().filter(|words| text.contains(**words)) {
        faults.push(format!("says \"{words}\"; give the fact one home"));
    }
    if file.starts_with("harness/") && text.to_lowercase().contains("mana.") {
        faults.push("names the stack; the harness knows none".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_or_a_run_left_is_not_committed() {
        for file in ["target/x.rs", "examples/own-app/target/visual/run.json", "a/target/b/c.png"] {
            assert!(is_built(file) && built(file).contains(&format!("git rm --cached {file}")), "{file}");
        }
        for file in ["bench/stack/src/target.rs", "docs/target", "targets/x.rs"] {
            assert!(!is_built(file), "{file}");
        }
    }

    #[test]
    fn each_broken_rule_is_named() {
        for (file, text, part) in [
            ("a/src/utils.rs", "//! x", "says nothing"),
            ("a/src/key.rs", "fn x() {}", "does not open"),
            ("a/src/key.rs", "//! x\n#[ignore]", "skips a test"),
            ("a/src/key.rs", "//! keep in sync with b", "one home"),
            ("harness/run/src/key.rs", "//! x\n// mana.test", "names the stack"),
        ] {
            let faults = rules(file, text).join("\n");
            assert!(faults.contains(part), "{part} in {faults:?}");
        }
        assert!(rules("a/src/key.rs", &"//! x\n".repeat(901)).join("").contains("901 lines"));
        assert!(rules("harness/run/src/key.rs", "//! Keys.").is_empty());
    }
}
