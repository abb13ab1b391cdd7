//! The program under test, and a stack that it runs.

use std::{
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use stack_api::Addresses;
use stack_test_database::TestDatabase;

/// Longest that starting or ending may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The `stack` program, deaf to this machine's own settings.
pub(crate) fn stack(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stack"));
    command.args(arguments).env("RUNNER_PAUSED", "true").env("RUST_LOG", "warn").stdin(Stdio::null());
    for variable in [
        "MANA_ADMIN_JWT",
        "MANA_AUTH_URL",
        "MANA_RUNNER_URL",
        "PERSONA_SEED_SECRET",
        "PERSONA_PLAYER",
        "MANA_ENV",
        "DATABASE_URL",
        "MANA_AUTH_KEK",
        "MANA_AUTH_KEK_PREVIOUS",
        "LOG_FORMAT",
    ] {
        command.env_remove(variable);
    }
    command
}

/// What a finished program said.
pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Sends SIGTERM to a process and waits; gives how long the end took.
pub(crate) fn terminate(process: &mut Child) -> (ExitStatus, Duration) {
    let began = Instant::now();
    assert!(Command::new("kill").arg(process.id().to_string()).status().unwrap().success());
    while began.elapsed() < PATIENCE {
        if let Some(status) = process.try_wait().unwrap() {
            return (status, began.elapsed());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the process does not end");
}

/// Waits until the condition holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A stack that `stack up` runs.
pub(crate) struct Up {
    pub(crate) database: TestDatabase,
    pub(crate) process: Child,
    pub(crate) addresses: Addresses,
}

impl Up {
    pub(crate) fn start() -> Self {
        Self::start_on(TestDatabase::fresh())
    }

    pub(crate) fn start_on(database: TestDatabase) -> Self {
        Self::start_with(database, |_| {})
    }

    /// As [`Up::start_on`], with other settings; what it logs is kept.
    pub(crate) fn start_with(database: TestDatabase, change: impl FnOnce(&mut Command)) -> Self {
        let file = database.folder().join("addresses.json");
        // A stack that was killed left it behind.
        let _none_there = std::fs::remove_file(&file);
        let mut command = stack(&["up", "--free-ports", "--now", "2026-03-02T07:30:00Z", "--data"]);
        let command = command.arg(database.folder().join("data")).arg("--addresses").arg(&file);
        if database.is_postgres() {
            command.env("DATABASE_URL", database.url());
        }
        change(command);
        let log = std::fs::File::create(database.folder().join("log")).unwrap();
        let mut process = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let began = Instant::now();
        let text = loop {
            if let Ok(text) = std::fs::read_to_string(&file) {
                break text;
            }
            let log = || std::fs::read_to_string(database.folder().join("log")).unwrap();
            assert!(process.try_wait().unwrap().is_none(), "the stack ended while it started: {}", log());
            assert!(began.elapsed() < PATIENCE, "the stack does not come up");
            std::thread::sleep(Duration::from_millis(10));
        };
        let addresses = serde_json::from_str(&text).expect("the addresses are written whole");
        Self { database, process, addresses }
    }

    /// Everything that the stack wrote to its terminal so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.database.folder().join("log")).unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.database.folder().join("data")
    }

    /// Runs another verb of the program on this stack's data folder.
    pub(crate) fn verb(&self, arguments: &[&str]) -> Output {
        stack(arguments).arg("--data").arg(self.data()).output().unwrap()
    }

    pub(crate) fn seed_and_tick(&self) {
        for verb in [&["personas", "seed"][..], &["tick"]] {
            let output = self.verb(verb);
            assert!(output.status.success(), "{verb:?}: {}", told(&output));
        }
    }

    /// Sends SIGTERM and waits; gives how long the end took.
    pub(crate) fn terminate(&mut self) -> (ExitStatus, Duration) {
        terminate(&mut self.process)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _already_reaped = self.process.wait();
    }
}
