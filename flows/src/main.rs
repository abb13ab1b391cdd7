//! The flows: what the personas look at. `cargo test -p flows` pictures each page as each of them, on the live stack
//! that the environment names, and compares it with its baseline in `snapshots/`.
//!
//! One file, one flow. To add one, write a file that reads like a sentence and name it in [`all`].

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
mod suite;
mod todo;

use harness_run::Flow;

/// Every flow.
fn all() -> Vec<Flow> {
    vec![
        home::flow(),
        todo::flow(),
        calendar::flow(),
        notes::flow(),
        journal::flow(),
        mood::flow(),
        habits::flow(),
        goals::flow(),
        contacts::flow(),
        articles::flow(),
        invoices::flow(),
    ]
}

fn main() -> std::process::ExitCode {
    harness_run::main(|| suite::suite(all()))
}
