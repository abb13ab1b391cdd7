//! Packages of npm's that tests need, installed as their lock file says and into `target` alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::setup;

/// What npm reads.
const FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// Installs what the lock file in `source` says into the folder of this name in `target`, unless that is what is there.
pub(crate) fn install(what: &str, source: &str, name: &str) -> anyhow::Result<PathBuf> {
    let folder = crate::root().join("target").join(name);
    setup::npm()?;
    install_into(what, &crate::root().join(source), &folder)?;
    Ok(folder)
}

fn install_into(what: &str, source: &Path, folder: &Path) -> anyhow::Result<()> {
    let done = folder.join("installed");
    let wanted =
        fs::read_to_string(source.join(FILES[1])).with_context(|| format!("cannot read the lock file of {what}"))?;
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in FILES {
        fs::copy(source.join(file), folder.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    eprintln!("── install {what}");
    let mut npm = Command::new("npm");
    // Not `ci`: it takes a lock file that names the optional packages of one system alone for a broken one.
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder);
    match npm.stdout(Stdio::null()).status() {
        Ok(status) if status.success() => {}
        Ok(status) => bail!("cannot install {what}: npm install failed ({status}) in {}", folder.display()),
        Err(error) => return Err(error).context("cannot run npm"),
    }
    fs::write(done, wanted).context("cannot note what is installed")
}
