//! Checks that the map of the workspace is true and that rules nobody could remember are kept.
//!
//! Each check gives every fault it finds, as a sentence that says where, what and what to do.

mod arrows;
mod docs;
mod guarantees;
mod messages;
mod sources;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::step;

/// What the checks look at.
struct Workspace {
    root: PathBuf,
    /// Files that git tracks, or would if they were added; relative to the root.
    files: Vec<String>,
    members: Vec<Member>,
}

/// A crate of the workspace.
struct Member {
    name: String,
    /// Its folder, relative to the root, with `/`.
    folder: String,
    /// The workspace crates it depends on, in whatever way.
    uses: Vec<String>,
}

impl Workspace {
    fn read(&self, file: &str) -> anyhow::Result<String> {
        std::fs::read_to_string(self.root.join(file)).with_context(|| format!("cannot read {file}"))
    }
}

/// Runs every check.
pub(crate) fn tidy() -> anyhow::Result<()> {
    let workspace = workspace()?;
    let mut faults = arrows::check(&workspace)?;
    faults.extend(docs::check(&workspace)?);
    faults.extend(guarantees::check(&workspace)?);
    faults.extend(messages::check(&workspace)?);
    faults.extend(sources::check(&workspace)?);
    if faults.is_empty() {
        eprintln!(
            "── tidy: {} crates and {} files as the map and the rules say",
            workspace.members.len(),
            workspace.files.len()
        );
        return Ok(());
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    bail!("tidy found {} faults", faults.len())
}

/// Place and text of every shell command in the documents.
pub(crate) fn documented_commands() -> anyhow::Result<Vec<(String, String)>> {
    docs::commands(&workspace()?)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    path: Option<PathBuf>,
}

fn workspace() -> anyhow::Result<Workspace> {
    let root = crate::root();
    let metadata = output(&mut step::cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Metadata =
        serde_json::from_str(&metadata).context("cargo metadata has another form than expected")?;
    let mut members = Vec::new();
    for package in metadata.packages {
        let folder = package.manifest_path.parent().context("a manifest lies in a folder")?;
        let folder = folder.strip_prefix(&root).context("every member lies in the workspace")?;
        let uses = package.dependencies.into_iter().filter(|d| d.path.is_some()).map(|d| d.name);
        let mut uses: Vec<String> = uses.collect();
        uses.sort();
        uses.dedup();
        members.push(Member { name: package.name, folder: folder.to_string_lossy().replace('\\', "/"), uses });
    }
    let listed = output(&mut step::command("git", &["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let files = listed.lines().filter(|file| root.join(file).is_file()).map(str::to_owned).collect();
    Ok(Workspace { root, files, members })
}

fn output(command: &mut std::process::Command) -> anyhow::Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))?;
    if !output.status.success() {
        bail!("{} failed ({})", command.get_program().to_string_lossy(), output.status);
    }
    String::from_utf8(output.stdout).context("the output is no text")
}
