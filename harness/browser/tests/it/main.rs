//! Finding browser and driver, with executables that only say a version, in folders of their own.
//! Run with `cargo test -p harness-browser`.
#![expect(clippy::unwrap_used, reason = "a test stops at whatever it did not expect")]

use std::{
    collections::HashMap,
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use harness_browser::{FindError, FirefoxInstallation, Installation, UsualPlaces};

/// A machine with nothing on it.
struct Machine {
    root: tempfile::TempDir,
    variables: HashMap<&'static str, OsString>,
    usual: UsualPlaces,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = std::env::join_paths([root.path().join("bin"), root.path().join("more")]).unwrap();
        Self { root, variables: HashMap::from([("PATH", path)]), usual: UsualPlaces::default() }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Puts a script at `name`. A shell writes it: were this process to hold the file open for writing while another
    /// test starts a program, the system would refuse to run it ("text file busy").
    fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.at(name);
        let mut shell = Command::new("/bin/sh")
            .args(["-c", r#"mkdir -p "$(dirname "$1")" && cat > "$1" && chmod 755 "$1""#, "sh"])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        write!(shell.stdin.take().unwrap(), "#!/bin/sh\n{body}\n").unwrap();
        assert!(shell.wait().unwrap().success());
        path
    }

    fn says(&self, name: &str, version: &str) -> PathBuf {
        self.script(name, &format!("[ \"$1\" = --version ] && echo {version}"))
    }

    fn find(&self) -> Result<Installation, FindError> {
        Installation::find_in(|name| self.variables.get(name).cloned(), &self.usual)
    }

    fn chromium(&self) -> PathBuf {
        self.find().unwrap().chromium
    }

    fn complaint(&self) -> String {
        self.find().unwrap_err().to_string()
    }
}

fn set(machine: &mut Machine, name: &'static str, path: &Path) {
    machine.variables.insert(name, path.into());
}

#[test]
fn a_pair_in_path_is_found_with_its_versions() {
    let machine = Machine::new();
    let chromium = machine.says("bin/chromium", "Chromium 156.0.8078.79 built on Debian");
    let chromedriver = machine.says("more/chromedriver", "ChromeDriver 156.0.8100.1 abc");
    let found = machine.find().unwrap();
    assert_eq!((found.chromium, found.chromedriver), (chromium, chromedriver));
    assert_eq!(found.chromium_version.to_string(), "156.0.8078.79");
    assert_eq!(found.chromedriver_version.to_string(), "156.0.8100.1");
}

#[test]
fn variables_win_over_path_and_path_over_usual_places() {
    let mut machine = Machine::new();
    machine.says("bin/chromedriver", "ChromeDriver 9.1");
    let usual = machine.says("usual/chrome", "Chromium 9.3");
    machine.usual.chromium = vec![machine.at("usual/absent"), usual.clone()];
    assert_eq!(machine.chromium(), usual, "nothing else is there");

    let own = machine.says("own/browser", "Chromium 9.4");
    set(&mut machine, "CHROME", &own);
    assert_eq!(machine.chromium(), own);

    machine.variables.insert("CHROME", "".into());
    assert_eq!(machine.chromium(), usual, "an empty variable is none");
}

#[test]
fn the_program_is_preferred_to_a_script_that_starts_it() {
    let mut machine = Machine::new();
    machine.says("bin/chromedriver", "ChromeDriver 9.1");
    let script = machine.says("bin/chromium", "Chromium 9.1");
    assert_eq!(machine.chromium(), script, "a lone script serves");

    let program = machine.says("lib/chromium/chromium", "Chromium 9.1");
    machine.usual.chromium = vec![program.clone()];
    assert_eq!(machine.chromium(), program);
}

#[test]
fn a_better_name_wins_over_an_earlier_folder() {
    let machine = Machine::new();
    machine.says("bin/chromedriver", "ChromeDriver 9.1");
    machine.says("bin/google-chrome", "Google Chrome 9.1");
    let chromium = machine.says("more/chromium", "Chromium 9.1");
    assert_eq!(machine.chromium(), chromium);
}

#[test]
fn a_driver_in_a_usual_place_is_found() {
    let mut machine = Machine::new();
    machine.says("bin/chromium", "Chromium 9.1");
    let driver = machine.says("lib/chromedriver", "ChromeDriver 9.1");
    machine.usual.chromedriver = vec![driver.clone()];
    assert_eq!(machine.find().unwrap().chromedriver, driver);
}

#[test]
fn a_variable_that_names_nothing_is_an_error_that_names_the_variable() {
    for variable in ["CHROME", "CHROMEDRIVER"] {
        let mut machine = Machine::new();
        machine.says("bin/chromium", "Chromium 9.1");
        machine.says("bin/chromedriver", "ChromeDriver 9.1");
        let wrong = machine.at("gone");
        set(&mut machine, variable, &wrong);
        let complaint = machine.complaint();
        assert!(complaint.starts_with(&format!("{variable} names {}", wrong.display())), "{complaint}");
        assert!(complaint.contains(&format!("help: unset {variable}")), "{complaint}");
    }
}

#[test]
fn what_is_missing_is_named_with_the_next_command() {
    let machine = Machine::new();
    let complaint = machine.complaint();
    assert!(complaint.starts_with("Chromium is missing"), "{complaint}");
    assert!(
        complaint.contains("google-chrome-stable") && complaint.ends_with("help: cargo xtask setup"),
        "{complaint}"
    );

    machine.says("bin/chromium", "Chromium 9.1");
    let complaint = machine.complaint();
    assert!(complaint.starts_with("ChromeDriver is missing"), "{complaint}");
    assert!(complaint.contains("version 9.1.0.0") && complaint.ends_with("help: cargo xtask setup"), "{complaint}");
}

#[test]
fn versions_apart_are_both_told() {
    let machine = Machine::new();
    machine.says("bin/chromium", "Chromium 156.0.1.2");
    machine.says("bin/chromedriver", "ChromeDriver 155.0.3.4");
    let complaint = machine.complaint();
    assert!(complaint.contains("156.0.1.2") && complaint.contains("155.0.3.4"), "{complaint}");
    assert!(complaint.contains("help: cargo xtask setup"), "{complaint}");
}

#[test]
fn a_program_that_fails_or_babbles_is_not_runnable() {
    for (body, expected) in [
        ("echo no display >&2; exit 3", "exit status: 3: no display"),
        ("echo hello", "no version in \"hello\""),
        ("", "no version in \"\""),
    ] {
        let machine = Machine::new();
        let path = machine.script("bin/chromium", body);
        let error = machine.find().unwrap_err();
        assert!(matches!(&error, FindError::NotRunnable { path: named, .. } if *named == path), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().ends_with(&format!("help: {} --version", path.display())), "{error}");
    }
}

#[test]
fn this_machine_has_a_fitting_pair() {
    let found = Installation::find().unwrap();
    assert_eq!(found.chromium_version.major(), found.chromedriver_version.major());
}

impl Machine {
    fn firefox(&self) -> Result<FirefoxInstallation, FindError> {
        FirefoxInstallation::find_in(|name| self.variables.get(name).cloned(), &self.usual)
    }
}

#[test]
fn firefox_and_geckodriver_are_found_or_named_as_missing() {
    let mut machine = Machine::new();
    let complaint = |machine: &Machine| machine.firefox().unwrap_err().to_string();
    assert!(complaint(&machine).starts_with("Firefox is missing: FIREFOX is not set"), "{}", complaint(&machine));
    let old = machine.says("own/firefox", "Mozilla Firefox 140.1esr");
    set(&mut machine, "FIREFOX", &old);
    assert!(complaint(&machine).contains("is Firefox 140.1.0.0; it has to be 153 or later"), "{}", complaint(&machine));
    let firefox = machine.says("bin/firefox-esr", "Mozilla Firefox 153.8.0esr");
    machine.variables.remove("FIREFOX");
    assert!(complaint(&machine).ends_with("help: cargo install geckodriver --locked"), "{}", complaint(&machine));
    let home = machine.at("home");
    set(&mut machine, "HOME", &home);
    let geckodriver = machine.says("home/.cargo/bin/geckodriver", "geckodriver 0.37.1 (abc 2026)");
    let found = machine.firefox().unwrap();
    assert_eq!((found.firefox, found.geckodriver), (firefox, geckodriver));
}
