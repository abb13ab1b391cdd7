//! A property-based run over the OpenAPI documents of auth and sync: whatever fits a document is sent, and much that
//! does not; no answer may be a 5xx or lie outside its schema.
//!
//! The tool is Schemathesis, a Python program. Its version and those of all it needs stand in `requirements.txt` in
//! `stack/api/conformance`. Runs are seeded, so what one finds the next one finds too.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::{
    demo,
    embedded::{Embedded, Programs},
    setup, step,
};

const REQUIREMENTS: &str = "stack/api/conformance/requirements.txt";
/// Opens the internal routes of the stack that is looked at.
const SERVICE_KEY: &str = "wire-conformance";
/// What an answer is held to. Which requests are refused is what the services' own tests are about.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
const SEED: &str = "20260302";
/// Requests of one operation that are made up by chance, besides those that the schemas' corners give.
const EXAMPLES: &str = "8";
/// Ends the session that all other requests need.
const LOGOUT: &str = "/api/v1/auth/logout";
/// Never end, as long as their caller listens.
const STREAMS: &str = "/stream$";

/// The tool, installed.
pub(crate) struct Prober {
    folder: PathBuf,
}

impl Prober {
    /// Installs it where it is not yet.
    pub(crate) fn install() -> anyhow::Result<Self> {
        let folder = crate::root().join("target").join("wire");
        let python = setup::python()?;
        install(&folder, python)?;
        Ok(Self { folder })
    }

    /// Lets it loose on both services of a fresh stack.
    pub(crate) fn probe(&self, programs: &Programs) -> anyhow::Result<()> {
        let data = self.folder.join("data");
        demo::fresh(&data)?;
        let stack = Embedded::start_with(programs, &data, None, &[("MANA_SERVICE_KEY", SERVICE_KEY)])?;
        let token = stack.admin_token()?;
        let [auth, sync] = [&stack.addresses().auth, &stack.addresses().sync];
        self.run("auth, as an administrator", auth, Some(&token), &["--exclude-path", LOGOUT])?;
        self.run("auth, as nobody", auth, None, &["--include-path", LOGOUT])?;
        self.run("sync, as an administrator", sync, Some(&token), &["--exclude-path-regex", STREAMS])?;
        self.run("sync, as nobody", sync, None, &["--include-path-regex", STREAMS])
    }

    /// What the tool says is shown where it found fault.
    fn run(&self, name: &str, url: &str, token: Option<&str>, chosen: &[&str]) -> anyhow::Result<()> {
        let path = self.folder.join(format!("{}.log", name.replace(", ", "-").replace(' ', "-")));
        let log = fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut tool = step::command(self.folder.join("venv/bin/schemathesis"), &["--no-color", "run"]);
        tool.arg(format!("{url}/openapi.json")).args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"]);
        tool.args(["--seed", SEED, "--generation-deterministic"]);
        tool.args(["--max-examples", EXAMPLES, "--suppress-health-check", "all", "--warnings", "off", "--no-shrink"]);
        tool.args(chosen).current_dir(&self.folder);
        if let Some(token) = token {
            tool.args([
                "-H",
                &format!("Authorization: Bearer {token}"),
                "-H",
                &format!("X-Service-Key: {SERVICE_KEY}"),
            ]);
        }
        tool.stderr(log.try_clone().context("cannot write the log twice")?).stdout(log);
        let status = step::status(&format!("wire of {name}"), &mut tool)?;
        if status.success() {
            return Ok(());
        }
        eprintln!("{}", fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?);
        bail!("{name}: answers do not fit the OpenAPI document ({status})\nhelp: read {}", path.display())
    }
}

/// Installs exactly what the list says, unless that is what is there.
fn install(folder: &Path, python: &str) -> anyhow::Result<()> {
    let list = crate::root().join(REQUIREMENTS);
    let wanted = fs::read_to_string(&list).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    let done = folder.join("installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let venv = folder.join("venv");
    step::run("make a Python environment", Command::new(python).args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(venv.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]).arg(&list);
    step::run("install Schemathesis", pip.stdout(Stdio::null()))?;
    fs::write(done, wanted).context("cannot note what is installed")
}
