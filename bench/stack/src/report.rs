//! What was measured: as a table for people, as JSON for programs.

use std::{fmt, fs, path::Path};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    cases::Case,
    load::Measured,
    machine::Machine,
    targets::{GATEWAY_MIB, Target},
    ticks::{Growth, Tick},
};

/// A case under load.
pub(crate) struct Row {
    database: &'static str,
    case: Case,
    clients: usize,
    calls: usize,
    a_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    target: Option<(Target, bool)>,
}

/// The peak of a service.
pub(crate) struct Peak {
    pub(crate) database: &'static str,
    pub(crate) service: &'static str,
    pub(crate) mib: Option<f64>,
}

/// Everything.
pub(crate) struct Report {
    quick: bool,
    /// The version of the project that was measured, where it is known.
    commit: Option<String>,
    machine: Machine,
    pub(crate) rows: Vec<Row>,
    /// Calls after which the gateway's peak was read, and the peak.
    pub(crate) gateway: Option<(usize, Option<f64>)>,
    pub(crate) ticks: Vec<Tick>,
    pub(crate) memory: Vec<Peak>,
}

impl Row {
    pub(crate) fn new(database: &'static str, case: Case, clients: usize, measured: Measured) -> Self {
        let a_second = measured.a_second * case.counts() as f64;
        let target = Target::of(case, clients).map(|target| (target, target.is_met(a_second, measured.p50)));
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
        let (p50_ms, p99_ms) = (ms(measured.p50), ms(measured.p99));
        Self { database, case, clients, calls: measured.calls, a_second, p50_ms, p99_ms, target }
    }

    fn json(&self) -> Value {
        let target = self.target.map(|(target, met)| match target {
            Target::Rate { original, times } => {
                json!({ "original": original, "times": times, "a_second": original * times, "met": met })
            }
            Target::Median(most) => json!({ "p50_ms": most.as_secs_f64() * 1e3, "met": met }),
        });
        json!({
            "database": self.database, "case": self.case.name(), "clients": self.clients, "calls": self.calls,
            "a_second": self.a_second, "p50_ms": self.p50_ms, "p99_ms": self.p99_ms, "target": target,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { database, case, clients, a_second, p50_ms, p99_ms, target, .. } = self;
        write!(f, "{database:<10} {:<34} {clients:>7} {a_second:>10.0} {p50_ms:>9.2} {p99_ms:>9.2}", case.name())?;
        let Some((target, met)) = target else { return Ok(()) };
        let met = if *met { "met" } else { "MISSED" };
        match target {
            Target::Rate { original, times } => {
                let required = original * times;
                write!(f, " {required:>9.0}/s {met:<6}  {times} × the original's {original}, as given")
            }
            Target::Median(most) => write!(f, "  < {:>5} ms {met}", most.as_millis()),
        }
    }
}

impl Report {
    pub(crate) fn new(quick: bool, commit: Option<String>, machine: Machine) -> Self {
        Self { quick, commit, machine, rows: Vec::new(), gateway: None, ticks: Vec::new(), memory: Vec::new() }
    }

    /// Each database's tick of many beside its tick of few.
    fn growth(&self) -> Vec<Growth> {
        self.ticks.chunks(2).filter_map(|ticks| Some(Growth::of(ticks.first()?, ticks.get(1)?))).collect()
    }

    /// Writes the JSON.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let gateway = self.gateway.map(|(calls, peak)| {
            json!({ "calls": calls, "peak_mib": peak, "target_mib": GATEWAY_MIB, "met": peak.map(|mib| mib < GATEWAY_MIB) })
        });
        let peak = |peak: &Peak| json!({ "database": peak.database, "service": peak.service, "peak_mib": peak.mib });
        let json = json!({
            "version": 2, "quick": self.quick, "commit": self.commit, "machine": self.machine,
            "cases": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "gateway": gateway, "ticks": self.ticks, "tick_growth": self.growth(), "memory": self.memory.iter().map(peak).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&json).context("figures always serialize")?;
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<10} {:<34} {:>7} {:>10} {:>9} {:>9} {:>11} ",
            "database", "case", "clients", "a second", "p50 ms", "p99 ms", "target"
        )?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        if let Some((calls, peak)) = self.gateway {
            let met = if peak.is_some_and(|mib| mib < GATEWAY_MIB) { "met" } else { "MISSED" };
            writeln!(f, "\nthe gateway after {calls} calls more: {peak:.1?} MiB at most; target {GATEWAY_MIB}, {met}")?;
        }
        writeln!(f, "\n{}", self.machine)?;
        for tick in &self.ticks {
            writeln!(f, "{tick}")?;
        }
        for growth in self.growth() {
            writeln!(f, "{growth}")?;
        }
        for peak in &self.memory {
            let mib = peak.mib.map_or("unknown".to_owned(), |mib| format!("{mib:.1} MiB"));
            writeln!(f, "{:<10} {:<7} peak {mib}", peak.database, peak.service)?;
        }
        Ok(())
    }
}
