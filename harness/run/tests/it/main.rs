//! The runner as a person runs it: a suite over a tiny app, as a process of its own, with real pictures.
//!
//! This program is both. With [`APP`] in its environment it is that suite; else it is the tests, which start themselves
//! again as the suite and look at what it says, writes and exits with.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod acting;
mod app;
mod baselines;
mod company;
mod endings;
mod faults;
mod grid;
mod interrupted;
mod losses;
mod on_grid;
mod refusals;
mod suite;
mod verdicts;

use std::{process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Trial};

use crate::suite::Asked;

/// The tiny app's address, for the suite.
pub(crate) const APP: &str = "TINY_APP";
/// Where baselines and output of the suite go.
pub(crate) const FOLDER: &str = "TINY_FOLDER";
/// How many seconds its pages may take to come to rest.
pub(crate) const SECONDS: &str = "TINY_SECONDS";
/// Which of its flows are taken.
pub(crate) const FLOWS: &str = "TINY_FLOWS";
/// How many bytes its baselines may take.
pub(crate) const BUDGET: &str = "TINY_BUDGET";

fn main() -> ExitCode {
    if let (Ok(app), Ok(folder)) = (std::env::var(APP), std::env::var(FOLDER)) {
        let seconds = std::env::var(SECONDS).unwrap().parse().unwrap();
        let asked = Asked {
            flows: std::env::var(FLOWS).unwrap_or_default(),
            budget: std::env::var(BUDGET).ok().map(|bytes| bytes.parse().unwrap()),
        };
        return harness_run::main(|| Ok(suite::suite(&app, folder.as_ref(), Duration::from_secs(seconds), &asked)));
    }
    let mut tests: Vec<(&str, fn())> = [
        acting::tests(),
        verdicts::tests(),
        refusals::tests(),
        faults::tests(),
        interrupted::tests(),
        losses::tests(),
        company::tests(),
        endings::tests(),
        baselines::tests(),
    ]
    .concat();
    // The grid serves one test at a time: between two of them others take their turn.
    for (place, test) in on_grid::tests().into_iter().enumerate() {
        tests.insert(place * 6, test);
    }
    let trials = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
    grid::end();
    conclusion.exit_code()
}
