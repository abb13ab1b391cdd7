//! The process that runs the tests: cargo nextest, or whatever has given its children the run's name.

use std::{fs, os::unix::process::parent_id, process::Command};

/// The nearest ancestor of this process that does not have this entry in its environment: it made the run.
pub(super) fn of(entry: &str) -> Option<u32> {
    let mut process = parent_id();
    while has(process, entry) {
        process = Stat::of(process)?.parent;
    }
    // Whose parent has ended belongs to no run that could be watched.
    (process > 1).then_some(process)
}

/// Where the system does not show a process's environment, the parent is taken to be the one.
fn has(process: u32, entry: &str) -> bool {
    let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|found| found == entry.as_bytes())
}

/// A process that is watched for its end.
pub(super) struct Runner {
    process: u32,
    /// By which another process that got the same number is told from it, where the system tells.
    started: Option<u64>,
}

impl Runner {
    /// Begins to watch it; `None` when it has ended.
    pub(super) fn watch(process: u32) -> Option<Self> {
        let runner = Self { process, started: Stat::of(process).map(|stat| stat.started) };
        runner.lives().then_some(runner)
    }

    pub(super) fn lives(&self) -> bool {
        if cfg!(target_os = "linux") {
            return self.started.is_some() && Stat::of(self.process).map(|stat| stat.started) == self.started;
        }
        let asked = Command::new("/bin/kill").args(["-0", &self.process.to_string()]).output();
        asked.is_ok_and(|answer| answer.status.success())
    }
}

/// What Linux tells of a process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    started: u64,
}

impl Stat {
    /// `None` also for one that has ended and is only waited for.
    fn of(process: u32) -> Option<Self> {
        Self::read(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    /// A process's name may hold anything, parentheses and spaces included; after the last one come plain fields.
    fn read(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        if fields.first() == Some(&"Z") {
            return None;
        }
        Some(Self { parent: fields.get(1)?.parse().ok()?, started: fields.get(19)?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn a_process_is_read_whatever_it_is_called() {
        let rest = "S 17 1 1 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 4711 9 9";
        assert_eq!(Stat::read(&format!("9 (a) b (c) {rest}")), Some(Stat { parent: 17, started: 4711 }));
        assert_eq!(Stat::read(&format!("9 (x) {}", rest.replacen('S', "Z", 1))), None);
        assert_eq!(Stat::read(""), None);
    }

    #[test]
    fn whoever_has_not_given_the_name_is_no_part_of_the_run() {
        assert_eq!(of("NEXTEST_RUN_ID=of no process at all"), Some(parent_id()));
    }

    #[test]
    fn a_process_that_was_waited_for_lives_no_more() {
        let mut child = Command::new("/bin/cat").stdin(Stdio::piped()).spawn().unwrap();
        let runner = Runner::watch(child.id()).unwrap();
        assert!(runner.lives());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!runner.lives());
        assert!(Runner::watch(child.id()).is_none());
    }
}
