//! What was measured: as a table for people, as JSON for programs.

use std::{fmt, fs, path::Path, thread};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::measure::Figure;

/// What one case needed, engine by engine.
pub(crate) struct Row {
    pub(crate) subject: &'static str,
    pub(crate) case: String,
    pub(crate) unit: &'static str,
    pub(crate) figures: Vec<Figure>,
    pub(crate) targets: Vec<Target>,
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    what: String,
    at_most: f64,
    met: bool,
}

impl Target {
    /// A figure that is to be no more than a limit.
    pub(crate) fn at_most(figure: f64, at_most: f64, what: &str) -> Self {
        Self { what: what.to_owned(), at_most, met: figure <= at_most }
    }
}

/// Everything.
pub(crate) struct Report {
    quick: bool,
    /// The load average that the run found: a machine that was busy measures itself.
    load_before: Option<f64>,
    peers: Vec<String>,
    skipped: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

impl Row {
    fn json(&self) -> Value {
        let figures: serde_json::Map<_, _> =
            self.figures.iter().map(|figure| (figure.engine.to_owned(), json!(figure.value))).collect();
        let target = |target: &Target| json!({ "what": target.what, "at_most": target.at_most, "met": target.met });
        json!({
            "subject": self.subject, "case": self.case, "unit": self.unit, "figures": figures,
            "targets": self.targets.iter().map(target).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {:<24}", self.subject, self.case)?;
        for Figure { engine, value } in &self.figures {
            write!(f, "  {engine} {value:>7.2}")?;
        }
        write!(f, " {:<3}", self.unit)?;
        for Target { what, at_most, met } in &self.targets {
            write!(f, "  {} {what} ({at_most:.2})", if *met { "met" } else { "MISSED" })?;
        }
        Ok(())
    }
}

impl Report {
    pub(crate) fn new(quick: bool, peers: Vec<String>, skipped: Vec<String>) -> Self {
        Self { quick, load_before: load_average(), peers, skipped, rows: Vec::new() }
    }

    /// Writes the JSON.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let json = json!({
            "version": 1, "quick": self.quick, "cores": thread::available_parallelism().ok(),
            "load_before": self.load_before, "peers": self.peers, "skipped": self.skipped,
            "cases": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&json).context("figures always serialize")?;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Processes that wanted to run in the last minute, where the system tells.
fn load_average() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        let targets: Vec<_> = self.rows.iter().flat_map(|row| &row.targets).collect();
        let met = targets.iter().filter(|target| target.met).count();
        writeln!(f, "\n{met} of {} targets met", targets.len())?;
        let load = self.load_before.map_or("unknown".to_owned(), |load| load.to_string());
        writeln!(f, "load average before the run: {load}")?;
        for peer in &self.peers {
            writeln!(f, "beside: {peer}")?;
        }
        for skipped in &self.skipped {
            writeln!(f, "skipped: {skipped}")?;
        }
        Ok(())
    }
}
