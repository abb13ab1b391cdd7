//! The engines that the harness is measured beside, as programs.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

/// The programs that were found, with their versions.
pub(crate) struct Peers {
    odiff: Option<PathBuf>,
    blazediff: Option<PathBuf>,
    versions: Vec<String>,
}

impl Peers {
    /// Asks the programs what they are.
    pub(crate) fn ask(odiff: Option<PathBuf>, blazediff: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut versions = Vec::new();
        for (name, program) in [("odiff", &odiff), ("blazediff", &blazediff)] {
            if let Some(program) = program {
                versions.push(version(name, program)?);
            }
        }
        Ok(Self { odiff, blazediff, versions })
    }

    /// What they say they are.
    pub(crate) fn told(&self) -> Vec<String> {
        self.versions.clone()
    }

    /// What each is called with: anti-aliasing left out of the count, a picture of the difference wanted. Of pictures of
    /// other sizes blazediff says only that they are.
    pub(crate) fn commands(
        &self,
        expected: &Path,
        actual: &Path,
        out: &Path,
        sizes_differ: bool,
    ) -> Vec<(&'static str, PathBuf, Vec<String>)> {
        let [expected, actual, out] = [expected, actual, out].map(|path| path.display().to_string());
        let odiff = self.odiff.iter().map(|program| {
            let arguments = vec![expected.clone(), actual.clone(), out.clone(), "--antialiasing".into()];
            ("odiff", program.clone(), arguments)
        });
        let blazediff = self.blazediff.iter().filter(|_| !sizes_differ).map(|program| {
            let arguments = vec![expected.clone(), actual.clone(), out.clone(), "--antialiasing".into()];
            ("blazediff", program.clone(), arguments)
        });
        odiff.chain(blazediff).collect()
    }
}

fn version(name: &str, program: &Path) -> anyhow::Result<String> {
    let told = Command::new(program).arg("--version").output();
    let told = told.with_context(|| format!("cannot run {}", program.display()))?;
    // odiff says it where errors are said.
    let told = if told.stdout.is_empty() { told.stderr } else { told.stdout };
    let text = String::from_utf8_lossy(&told);
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    Ok(if line.starts_with(name) { line } else { format!("{name} {line}") })
}
