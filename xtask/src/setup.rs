//! What a fresh machine lacks besides Rust: a browser with its driver and, for the tests alone, PostgreSQL, npm, Python
//! and Java.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};
use harness_browser::{FindError, Installation};

use crate::{postgres, step};

/// Debian's names. Browser and driver come of one source package, so their versions fit each other; the font is what
/// pages fall back to that bring none of their own.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// The program, and its version where it has to be built.
const NEXTEST: (&str, &str) = ("cargo-nextest", "0.9.143");

const PYTHON: &str = "python3";

/// Keeps Debian's package from making and starting a cluster of the system's own, which nobody asked for.
const NO_CLUSTER: &str = "mkdir -p /etc/postgresql-common/createcluster.d && \
     echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/beholder.conf";

/// Finds Chromium and ChromeDriver; installs what is missing where it may.
pub(crate) fn browser() -> anyhow::Result<Installation> {
    let missing = match Installation::find() {
        Ok(found) => return Ok(told(found)),
        Err(error @ (FindError::ChromiumMissing { .. } | FindError::DriverMissing { .. })) => error,
        Err(other) => return Err(other.into()),
    };
    eprintln!("{missing}");
    install("Chromium and ChromeDriver", &PACKAGES, by_hand())?;
    Installation::find().map(told).context("installed, but still not usable")
}

/// Finds npm, from which the MCP conformance suite comes; installs it where it is missing and may be.
pub(crate) fn npm() -> anyhow::Result<()> {
    program("npm", ["npm", "--version"], &["nodejs", "npm"], "install Node.js with its npm")
}

/// Finds cargo nextest; where it is missing, cargo builds it, which takes minutes and is done once.
pub(crate) fn nextest() -> anyhow::Result<PathBuf> {
    let there = |program: &Path| {
        let answer = Command::new(program).args(["nextest", "--version"]).output();
        answer.is_ok_and(|output| output.status.success())
    };
    let own = crate::root().join("target").join("nextest");
    let built = own.join("bin").join(NEXTEST.0);
    if let Some(found) = [PathBuf::from(NEXTEST.0), built.clone()].into_iter().find(|program| there(program)) {
        return Ok(found);
    }
    let mut install = step::cargo(&["install", "--quiet", "--locked", NEXTEST.0, "--version", NEXTEST.1]);
    step::run("build cargo nextest", install.arg("--root").arg(&own))?;
    if there(&built) { Ok(built) } else { bail!("cargo nextest is built, but does not run") }
}

/// Finds a C++ compiler, with which libFuzzer is built; installs it where it is missing and may be.
pub(crate) fn cxx() -> anyhow::Result<()> {
    program("a C++ compiler", ["c++", "--version"], &["g++"], "install a C++ compiler that is called c++")
}

/// Finds Java, on which a Selenium Grid runs; installs it where it is missing and may be.
pub(crate) fn java() -> anyhow::Result<()> {
    let by_hand = "install a Java runtime of version 17 or later";
    program("Java", ["java", "-version"], &["default-jre-headless"], by_hand)
}

/// Finds a program that answers to this call; installs it where it is missing and may be.
fn program(what: &str, [name, flag]: [&str; 2], packages: &[&str], by_hand: &str) -> anyhow::Result<()> {
    let there = || Command::new(name).arg(flag).output().is_ok_and(|output| output.status.success());
    if there() {
        return Ok(());
    }
    install(what, packages, by_hand)?;
    if there() { Ok(()) } else { bail!("{what} is installed, but {name} {flag} still fails") }
}

/// Finds a Python that makes environments, into which Schemathesis is installed; installs it where it is missing and
/// may be.
pub(crate) fn python() -> anyhow::Result<&'static str> {
    let there = || {
        let mut ask = Command::new(PYTHON);
        // Debian keeps `ensurepip`, without which an environment has no pip, in a package of its own.
        let answer = ask.args(["-c", "import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 10))"]).output();
        answer.is_ok_and(|output| output.status.success())
    };
    if there() {
        return Ok(PYTHON);
    }
    install("Python", &["python3", "python3-venv"], "install Python 3.10 or later with its venv module")?;
    if there() { Ok(PYTHON) } else { bail!("Python is installed, but still older than 3.10 or without venv") }
}

/// Finds PostgreSQL's programs, unless the environment names a server; installs them where it may.
pub(crate) fn postgres() -> anyhow::Result<()> {
    if postgres::named().is_some() {
        eprintln!("PostgreSQL: the server that {} names", postgres::VARIABLE);
        return Ok(());
    }
    if postgres::programs().is_none() {
        eprintln!("PostgreSQL is not installed");
        let by_hand = format!("install PostgreSQL, or name a server by {}", postgres::VARIABLE);
        if let Some(run_as_root) = as_root() {
            step::run("keep PostgreSQL from starting by itself", &mut run_as_root("sh", &["-c", NO_CLUSTER]))?;
        }
        install("PostgreSQL", &["postgresql"], &by_hand)?;
    }
    let programs = postgres::programs().context("installed, but PostgreSQL's programs are not found")?;
    eprintln!("PostgreSQL at {}", programs.display());
    Ok(())
}

/// Installs Debian packages, or names what to do by hand.
fn install(what: &str, packages: &[&str], by_hand: &str) -> anyhow::Result<()> {
    let Some(run_as_root) = as_root() else {
        bail!("cannot install {what} here\nhelp: {by_hand}");
    };
    step::run("package lists", run_as_root("apt-get", &["update"]).stdout(std::process::Stdio::null()))?;
    let mut install = vec!["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    step::run(&format!("install {what}"), &mut run_as_root("env", &install))
}

fn told(found: Installation) -> Installation {
    eprintln!("Chromium {} at {}", found.chromium_version, found.chromium.display());
    eprintln!("ChromeDriver {} at {}", found.chromedriver_version, found.chromedriver.display());
    found
}

/// Makes a command that runs as root.
type AsRoot = fn(&str, &[&str]) -> Command;

/// How to run commands with the rights that apt-get needs, if this system has it and we have them.
fn as_root() -> Option<AsRoot> {
    if !Path::new("/usr/bin/apt-get").exists() {
        return None;
    }
    let answers = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.ok().filter(|output| output.status.success()).map(|output| output.stdout)
    };
    if answers("id", &["-u"]).is_some_and(|uid| uid.trim_ascii() == b"0") {
        return Some(|program, arguments| step::command(program, arguments));
    }
    answers("sudo", &["--non-interactive", "true"])?;
    Some(|program, arguments| {
        let mut command = step::command("sudo", &["--non-interactive", program]);
        command.args(arguments);
        command
    })
}

fn by_hand() -> &'static str {
    if cfg!(target_os = "macos") {
        "brew install --cask chromium && brew install chromedriver"
    } else if Path::new("/usr/bin/apt-get").exists() {
        "sudo apt-get install chromium chromium-driver fonts-dejavu-core"
    } else if Path::new("/usr/bin/dnf").exists() {
        "sudo dnf install chromium chromedriver"
    } else if Path::new("/usr/bin/pacman").exists() {
        "sudo pacman -S chromium"
    } else {
        "install Chromium and the ChromeDriver of the same version, then name them by CHROME and CHROMEDRIVER"
    }
}
