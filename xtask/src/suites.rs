//! The test programs of the crates that keep tables, run once more on PostgreSQL.
//!
//! They are run as cargo built them: another selection of crates would compile their dependencies anew.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::{
    built::{self, Built},
    postgres, step,
};

/// Every test but the pictures. Without doc tests: the crates are programs' parts, and their examples are their tests.
/// One failure does not hide the others.
pub(crate) const ALL: [&str; 9] =
    ["test", "--workspace", "--exclude", "flows", "--lib", "--bins", "--tests", "--locked", "--no-fail-fast"];

/// Folders of the crates whose tests get a database from `stack/test-database`.
const WITH_TABLES: [&str; 5] = ["stack/test-database", "stack/http", "stack/auth", "stack/sync", "stack/cli"];

/// A test program and the folder it expects to run in.
pub(crate) struct Suite {
    name: String,
    program: PathBuf,
    folder: PathBuf,
}

/// The suites of the crates with tables, built.
pub(crate) fn with_tables() -> anyhow::Result<Vec<Suite>> {
    let mut build = step::cargo(&ALL);
    let printed =
        step::output("build of the tests", build.args(["--no-run", "--message-format=json-render-diagnostics"]))?;
    let suites = found(&printed, &crate::root());
    match WITH_TABLES.iter().find(|folder| !suites.iter().any(|suite| suite.name == **folder)) {
        None => Ok(suites),
        Some(folder) => bail!("cargo built no tests of {folder}"),
    }
}

/// Runs each with its databases on this server.
pub(crate) fn run(suites: &[Suite], url: &str) -> anyhow::Result<()> {
    for suite in suites {
        let mut program = step::command(&suite.program, &[]);
        program.current_dir(&suite.folder).env(postgres::VARIABLE, url);
        step::run(&format!("{} on PostgreSQL", suite.name), &mut program)
            .with_context(|| format!("the tests of {} pass on SQLite", suite.name))?;
    }
    Ok(())
}

fn found(printed: &str, root: &Path) -> Vec<Suite> {
    let tests = built::lines(printed).filter(Built::is_test);
    let suites = tests.filter_map(|built| {
        let folder = built.manifest_path?.parent()?.to_owned();
        let name = folder.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
        Some(Suite { name, program: built.executable?, folder })
    });
    suites.filter(|suite| WITH_TABLES.contains(&suite.name.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_test_programs_of_crates_with_tables_are_run() {
        let printed = [
            r#"{"manifest_path":"/w/stack/sync/Cargo.toml","executable":"/t/it-1","profile":{"test":true}}"#,
            r#"{"manifest_path":"/w/stack/cli/Cargo.toml","executable":"/t/stack","profile":{"test":false}}"#,
            r#"{"manifest_path":"/w/stack/web/Cargo.toml","executable":"/t/it-2","profile":{"test":true}}"#,
            r#"{"manifest_path":"/w/stack/auth/Cargo.toml","executable":null,"profile":{"test":true}}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ];
        let suites = found(&printed.join("\n"), Path::new("/w"));
        let named: Vec<_> = suites.iter().map(|suite| (suite.name.as_str(), suite.program.as_path())).collect();
        assert_eq!(named, [("stack/sync", Path::new("/t/it-1"))]);
        assert_eq!(suites[0].folder, Path::new("/w/stack/sync"));
    }
}
