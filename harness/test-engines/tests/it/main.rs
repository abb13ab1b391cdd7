//! Whole runs with other browsers than a Chromium of this machine: Firefox, and those of a real Selenium Grid.
//!
//! As in `harness/run/tests/it`, of which app and suite are borrowed, this program is both the tests and the suite that
//! they start. `cargo xtask setup` installs what the tests need.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[expect(dead_code, reason = "borrowed, and not all of it needed")]
#[path = "../../../run/tests/it/app.rs"]
mod app;
mod grid;
#[expect(dead_code, reason = "borrowed, and not all of it needed")]
#[path = "../../../run/tests/it/interrupted.rs"]
mod interrupted;
#[expect(dead_code, reason = "borrowed, and not all of it needed")]
#[path = "../../../run/tests/it/losses.rs"]
mod losses;
mod on_firefox;
mod on_grid;
mod pages_in_firefox;
#[path = "../../../run/tests/it/suite.rs"]
mod suite;

use std::{process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Trial};

/// The tiny app's address, for the suite.
pub(crate) const APP: &str = "TINY_APP";
/// Where baselines and output of the suite go.
pub(crate) const FOLDER: &str = "TINY_FOLDER";
/// How many seconds its pages may take to come to rest.
pub(crate) const SECONDS: &str = "TINY_SECONDS";

fn main() -> ExitCode {
    if let (Ok(app), Ok(folder)) = (std::env::var(APP), std::env::var(FOLDER)) {
        let seconds = std::env::var(SECONDS).unwrap().parse().unwrap();
        return harness_run::main(|| Ok(suite::suite(&app, folder.as_ref(), Duration::from_secs(seconds))));
    }
    let trials =
        [on_grid::tests(), on_firefox::tests(), pages_in_firefox::tests()].concat().into_iter().map(|(name, test)| {
            Trial::test(name, move || {
                test();
                Ok(())
            })
        });
    // The grid has one place, and each test looks at who has it.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    grid::end();
    conclusion.exit_code()
}
