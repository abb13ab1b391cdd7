//! What was measured on: figures mean nothing without it.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde::Serialize;

/// A page of SQLite and of Linux; PostgreSQL writes two of them at a time.
const BLOCK: usize = 4096;
/// Blocks that are written in turn, so that the file does not grow meanwhile.
const BLOCKS: u64 = 1024;
const FOR: Duration = Duration::from_secs(1);

/// The machine before the run.
#[derive(Serialize)]
pub(crate) struct Machine {
    cores: Option<usize>,
    processor: Option<String>,
    /// Processes that wanted to run in the last minute: a machine that was busy measures itself.
    load_before: Option<f64>,
    /// How often a second one block after the other is written and known to be on the disk. A client that waits for each
    /// of its writes to be durable cannot write more often, whatever the program.
    syncs_a_second: f64,
}

impl Machine {
    /// Looks at this machine, and at the disk that `folder` lies on.
    pub(crate) fn look(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            cores: thread::available_parallelism().ok().map(Into::into),
            processor: fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| processor(&text)),
            load_before: fs::read_to_string("/proc/loadavg").ok().and_then(|text| load_average(&text)),
            syncs_a_second: syncs_a_second(folder).context("cannot measure the disk")?,
        })
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unknown = || "?".to_owned();
        let cores = self.cores.map_or_else(unknown, |cores| cores.to_string());
        let processor = self.processor.as_deref().unwrap_or("an unknown processor");
        let load = self.load_before.map_or_else(unknown, |load| load.to_string());
        let syncs = self.syncs_a_second;
        write!(f, "{cores} × {processor}; load average before the run {load}; its disk takes {syncs:.0} syncs a second")
    }
}

fn processor(cpuinfo: &str) -> Option<String> {
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(name.trim_start_matches(|c: char| c.is_whitespace() || c == ':').to_owned())
}

fn load_average(loadavg: &str) -> Option<f64> {
    loadavg.split_whitespace().next()?.parse().ok()
}

fn syncs_a_second(folder: &Path) -> std::io::Result<f64> {
    let folder = tempfile::tempdir_in(folder)?;
    let options = OpenOptions::new().create_new(true).write(true).open(folder.path().join("blocks"));
    let file = options?;
    let block = [1; BLOCK];
    let write = |number: u64| file.write_all_at(&block, number % BLOCKS * BLOCK as u64);
    (0..BLOCKS).try_for_each(write)?;
    file.sync_all()?;
    let began = Instant::now();
    let mut syncs = 0_u64;
    while began.elapsed() < FOR {
        write(syncs)?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(syncs as f64 / began.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_machine_is_told_by_its_processor_and_its_load() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\nmodel name\t: other\n";
        assert_eq!(super::processor(cpuinfo).as_deref(), Some("Some CPU @ 2.00GHz"));
        assert_eq!(super::processor(""), None);
        assert_eq!(super::load_average("0.52 0.58 0.59 1/467 12345\n"), Some(0.52));
    }
}
