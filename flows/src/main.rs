//! The flows: what the personas look at. `cargo test -p flows` pictures each page as each of them, on the live stack
//! that the environment names, and compares it with its baseline in `snapshots/`.
//!
//! One file, one flow. To add one, write a file that reads like a sentence and name it in [`all`].

mod acting;
mod addresses;
mod articles;
mod calendar;
mod contacts;
mod goals;
mod habits;
mod home;
mod invoices;
mod journal;
mod mood;
mod notes;
mod personas;
mod settings;
mod sign_in;
mod spaces;
mod suite;
mod todo;
mod trouble;

use harness_run::Flow;

use crate::addresses::Addresses;

/// Every flow.
fn all(addresses: &Addresses) -> Vec<Flow> {
    [
        home::flows(),
        todo::flows(),
        calendar::flows(),
        notes::flows(),
        journal::flows(),
        mood::flows(),
        habits::flows(),
        goals::flows(),
        contacts::flows(),
        articles::flows(),
        invoices::flows(),
        spaces::flows(),
        settings::flows(),
        sign_in::flows(addresses),
        trouble::flows(addresses),
    ]
    .concat()
}

fn main() -> std::process::ExitCode {
    harness_run::main(|| suite::suite(all))
}
