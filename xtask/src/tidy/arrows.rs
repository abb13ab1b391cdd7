//! The table of crates in ARCHITECTURE.md against what cargo knows, both ways.

use std::collections::BTreeMap;

use super::{Member, Workspace};

const MAP: &str = "ARCHITECTURE.md";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    Ok(compare(&workspace.read(MAP)?, &workspace.members))
}

/// A row of the table: `` | `folder` | level | what it is | `crate` `crate` or – | ``.
struct Row {
    level: u32,
    may_use: Vec<String>,
}

fn compare(map: &str, members: &[Member]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for line in map.lines() {
        if let Some((folder, row)) = row(line)
            && rows.insert(folder.clone(), row).is_some()
        {
            faults.push(format!("{MAP}: `{folder}` has two rows; keep one"));
        }
    }
    for folder in rows.keys().filter(|folder| !members.iter().any(|m| m.folder == **folder)) {
        faults.push(format!("{MAP}: `{folder}` is no crate of the workspace; remove its row"));
    }
    for member in members {
        let expected = member.folder.replace('/', "-");
        if member.name != expected {
            faults.push(format!(
                "{}/Cargo.toml: the crate is called {}; its folder says {expected}",
                member.folder, member.name
            ));
        }
        let Some(row) = rows.get(&member.folder) else {
            faults.push(format!("{MAP}: `{}` has no row in the table of crates; add one", member.folder));
            continue;
        };
        faults.extend(arrows(member, row, &rows, members));
    }
    faults
}

fn arrows(member: &Member, row: &Row, rows: &BTreeMap<String, Row>, members: &[Member]) -> Vec<String> {
    let mut faults = Vec::new();
    for used in member.uses.iter().filter(|used| !row.may_use.contains(used)) {
        faults.push(format!(
            "{}/Cargo.toml: {} uses {used}, which its row in {MAP} does not allow; \
             remove the dependency, or change the row and say in the commit why the arrow is needed",
            member.folder, member.name
        ));
    }
    for allowed in row.may_use.iter().filter(|allowed| !member.uses.contains(allowed)) {
        faults
            .push(format!("{MAP}: the row of `{}` allows {allowed}, which it does not use; remove it", member.folder));
    }
    for used in &member.uses {
        let level = members.iter().find(|m| m.name == *used).and_then(|m| rows.get(&m.folder)).map(|row| row.level);
        if level.is_some_and(|level| level >= row.level) {
            faults
                .push(format!("{MAP}: {} (level {}) points at {used}, which is not below it", member.name, row.level));
        }
    }
    faults
}

fn row(line: &str) -> Option<(String, Row)> {
    let cells: Vec<&str> = line.strip_prefix('|')?.trim_end().strip_suffix('|')?.split('|').map(str::trim).collect();
    let [folder, level, _, may_use] = cells.as_slice() else { return None };
    let folder = folder.strip_prefix('`')?.strip_suffix('`')?;
    let level = level.parse().ok()?;
    let may_use = may_use.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some((folder.to_owned(), Row { level, may_use }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(folder: &str, uses: &[&str]) -> Member {
        let uses = uses.iter().map(|&used| used.to_owned()).collect();
        Member { name: folder.replace('/', "-"), folder: folder.to_owned(), uses }
    }

    const TRUE_MAP: &str = "| folder | level | what | may use |\n|---|---|---|---|\n\
        | `a/low` | 0 | words | – |\n| `a/high` | 1 | deeds | `a-low` |";

    #[test]
    fn a_true_map_has_no_fault() {
        assert_eq!(compare(TRUE_MAP, &[member("a/low", &[]), member("a/high", &["a-low"])]), Vec::<String>::new());
    }

    #[test]
    fn each_lie_is_named() {
        for (members, part) in [
            (vec![member("a/low", &[]), member("a/high", &["a-low"]), member("b", &[])], "`b` has no row"),
            (vec![member("a/low", &[])], "`a/high` is no crate"),
            (vec![member("a/low", &[]), member("a/high", &[])], "allows a-low, which it does not use"),
            (vec![member("a/low", &["a-high"]), member("a/high", &["a-low"])], "does not allow"),
            (vec![member("a/low", &["a-high"]), member("a/high", &["a-low"])], "is not below it"),
        ] {
            let faults = compare(TRUE_MAP, &members).join("\n");
            assert!(faults.contains(part), "{part} in {faults}");
        }
    }
}
