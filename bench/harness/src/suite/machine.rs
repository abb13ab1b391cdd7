//! What the whole machine computed meanwhile: a tool's browser is nobody's child in the end, so that asking for one
//! process's time would miss the most of it.

use std::{fs, time::Duration};

use anyhow::Context as _;

/// What the processors did since the machine started, in ticks.
pub(super) struct Busy {
    busy: u64,
    all: u64,
}

/// What a run spent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    pub(super) cpu: Duration,
}

impl Busy {
    pub(super) fn now() -> anyhow::Result<Self> {
        let told = fs::read_to_string("/proc/stat").context("the system does not tell what its processors do")?;
        Self::read(&told).context("/proc/stat tells nothing of processors")
    }

    /// Ticks of user, nice, system, idle, waiting, and interrupts.
    fn read(told: &str) -> Option<Self> {
        let ticks: Vec<u64> = told
            .lines()
            .next()?
            .strip_prefix("cpu ")?
            .split_whitespace()
            .take(8)
            .map_while(|n| n.parse().ok())
            .collect();
        let idle = ticks.get(3)? + ticks.get(4)?;
        let all = ticks.iter().sum();
        Some(Self { busy: all - idle, all })
    }

    /// What was computed since, in a time of this length.
    pub(super) fn spent(&self, whole: Duration) -> anyhow::Result<Spent> {
        let now = Self::now()?;
        let cores = std::thread::available_parallelism().context("the system tells no processors")?.get();
        let share = (now.busy - self.busy) as f64 / (now.all - self.all).max(1) as f64;
        Ok(Spent { cpu: whole.mul_f64(share * cores as f64) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_waiting_ticks_are_no_work() {
        let read = Busy::read("cpu  10 1 5 100 20 2 1 0 0 0\ncpu0 5 0 2 50 10 1 0 0 0 0\n").unwrap();
        assert_eq!((read.busy, read.all), (19, 139));
        assert!(Busy::read("intr 1").is_none());
    }
}
