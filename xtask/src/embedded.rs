//! An embedded stack as a child process: started on free ports, seeded, lived in, ended.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::{built, step};

/// The moment at which demo and test stacks begin: a Monday, so that personas who live on weekdays are due too.
const STACK_NOW: &str = "2026-03-02T07:30:00Z";
/// The moment that every pictured page believes in: the evening of that day.
const PICTURE_NOW: &str = "2026-03-02T18:00:00Z";

const UP_WITHIN: Duration = Duration::from_secs(30);
const DOWN_WITHIN: Duration = Duration::from_secs(5);

/// What `stack up --addresses` writes.
#[derive(Deserialize)]
pub(crate) struct Addresses {
    pub(crate) auth: String,
    pub(crate) sync: String,
    mcp: String,
    web: String,
}

/// The programs that demo and tests run, as one build of the workspace leaves them. One build, because cargo would
/// compile shared dependencies once more for each other selection of crates.
pub(crate) struct Programs {
    stack: PathBuf,
    flows: PathBuf,
    live: PathBuf,
    /// The server that the MCP conformance suite calls.
    pub(crate) everything: PathBuf,
}

impl Programs {
    /// Builds them.
    pub(crate) fn build() -> anyhow::Result<Self> {
        let targets = ["--bins", "--test", "flows", "--test", "live", "--example", "everything"];
        let mut build = step::cargo(&["build", "--workspace", "--locked"]);
        build.args(targets);
        let printed = step::output("build", build.arg("--message-format=json-render-diagnostics"))?;
        let find = |name, kind| built::program(&printed, name, kind);
        Ok(Self {
            stack: find("stack", "bin")?,
            flows: find("flows", "test")?,
            live: find("live", "test")?,
            everything: find("everything", "example")?,
        })
    }

    /// Where the build left every program of the workspace.
    pub(crate) fn folder(&self) -> anyhow::Result<&Path> {
        self.stack.parent().context("a program lies in a folder")
    }

    /// One of the workspace's programs, by name.
    pub(crate) fn program(&self, name: &str) -> anyhow::Result<Command> {
        Ok(step::command(self.folder()?.join(name), &[]))
    }

    /// The test program that pictures the pages.
    pub(crate) fn flows(&self) -> &Path {
        &self.flows
    }

    /// Plays one day in the stack that the environment names.
    pub(crate) fn tick_attached(&self) -> Command {
        step::command(&self.stack, &["tick"])
    }

    /// The flows, looking at the stack that the environment names.
    pub(crate) fn flows_attached(&self, output: &Path) -> Command {
        let mut flows = step::command(&self.flows, &["--quiet"]);
        flows.env("VISUAL_OUTPUT", output);
        flows
    }
}

/// What the data folder keeps secret, as far as it is needed here.
#[derive(Deserialize)]
struct Secrets {
    admin_password: String,
}

/// A running stack. Ended on drop.
pub(crate) struct Embedded<'a> {
    programs: &'a Programs,
    process: Child,
    addresses: Addresses,
    data: PathBuf,
}

impl<'a> Embedded<'a> {
    /// Starts a stack on this data folder and waits until it is healthy.
    pub(crate) fn start(programs: &'a Programs, data: &Path, web_files: Option<&Path>) -> anyhow::Result<Self> {
        Self::start_with(programs, data, web_files, &[])
    }

    /// As [`Embedded::start`], with more variables in its environment.
    pub(crate) fn start_with(
        programs: &'a Programs,
        data: &Path,
        web_files: Option<&Path>,
        variables: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        let file = data.join("demo-addresses.json");
        if file.exists() {
            fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        let mut command = step::command(&programs.stack, &["up", "--free-ports", "--now", STACK_NOW]);
        // The day is played when it is asked for, not when the loop comes round.
        // Committed baselines are the scripted player's.
        command.env("RUNNER_PAUSED", "true").env_remove("PERSONA_PLAYER").envs(variables.iter().copied());
        command.arg("--data").arg(data).arg("--addresses").arg(&file);
        if let Some(files) = web_files {
            command.arg("--web-files").arg(files);
        }
        let mut process = command.stdout(Stdio::null()).spawn().context("cannot run the stack program")?;
        match wait_for(&file, &mut process) {
            Ok(addresses) => Ok(Self { programs, process, addresses, data: data.to_owned() }),
            Err(error) => {
                end(&mut process);
                Err(error)
            }
        }
    }

    /// Where its services are.
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// An access token of its administrator; it holds for 15 minutes.
    pub(crate) fn admin_token(&self) -> anyhow::Result<String> {
        let mut log_in = self.stack(&["admin", "token"]);
        let token = step::output("log in as the administrator", log_in.arg("--data").arg(&self.data))?;
        Ok(token.trim().to_owned())
    }

    /// Makes the ten personas.
    pub(crate) fn seed(&self) -> anyhow::Result<()> {
        step::run("seed the personas", self.stack(&["personas", "seed"]).arg("--data").arg(&self.data))
    }

    /// Plays one day for each persona that is due.
    pub(crate) fn tick(&self) -> anyhow::Result<()> {
        step::run("play a day", self.stack(&["tick"]).arg("--data").arg(&self.data))
    }

    /// The flows, looking at this stack.
    pub(crate) fn flows(&self, output: &Path) -> Command {
        let mut flows = self.looking(&self.programs.flows);
        flows.arg("--quiet").env("PERSONAS_NOW", PICTURE_NOW).env("VISUAL_OUTPUT", output);
        flows
    }

    /// The same under cargo nextest. The selection is that of [`Programs::build`], so nothing is compiled anew.
    pub(crate) fn flows_by_nextest(&self, nextest: &Path, output: &Path) -> Command {
        let mut flows = self.looking(nextest);
        flows.args(["nextest", "run", "--workspace", "--locked", "--test", "flows", "--no-fail-fast"]);
        flows.args(["--status-level", "fail", "--cargo-quiet"]);
        flows.env("PERSONAS_NOW", PICTURE_NOW).env("VISUAL_OUTPUT", output);
        flows
    }

    /// The tests that write through MCP and watch a page, and that look as the administrator. It changes what a persona has: pictures come before it.
    pub(crate) fn live(&self) -> Command {
        let mut live = self.looking(&self.programs.live);
        live.env("PERSONAS_MCP_URL", &self.addresses.mcp);
        live
    }

    /// The password that the stack's first start made for its administrator, who logs in as anybody does.
    fn admin_password(&self) -> Option<String> {
        let secrets = fs::read_to_string(self.data.join("secrets.json")).ok()?;
        serde_json::from_str::<Secrets>(&secrets).ok().map(|secrets| secrets.admin_password)
    }

    fn looking(&self, program: &Path) -> Command {
        let mut command = step::command(program, &[]);
        command.env("PERSONAS_BASE_URL", &self.addresses.web).env("PERSONAS_AUTH_URL", &self.addresses.auth);
        if let Some(password) = self.admin_password() {
            command.env("PERSONAS_ADMIN_PASSWORD", password);
        }
        command
    }
}

impl Embedded<'_> {
    fn stack(&self, arguments: &[&str]) -> Command {
        step::command(&self.programs.stack, arguments)
    }
}

impl Drop for Embedded<'_> {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn wait_for(file: &Path, process: &mut Child) -> anyhow::Result<Addresses> {
    let began = Instant::now();
    loop {
        if let Ok(text) = fs::read_to_string(file) {
            return serde_json::from_str(&text).context("the stack wrote addresses of another form");
        }
        if let Some(status) = process.try_wait().context("cannot watch the stack")? {
            bail!("the stack ended while it started ({status})");
        }
        if began.elapsed() > UP_WITHIN {
            bail!("the stack is not up after {} s", UP_WITHIN.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Asks the process to end, and ends it when it does not.
fn end(process: &mut Child) {
    let asked = Command::new("kill").arg(process.id().to_string()).status().is_ok_and(|status| status.success());
    let began = Instant::now();
    while asked && began.elapsed() < DOWN_WITHIN {
        if matches!(process.try_wait(), Ok(Some(_))) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _already_gone = process.kill();
    let _already_reaped = process.wait();
}
