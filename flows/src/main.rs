//! The flows: what the personas look at. `cargo test -p flows` pictures each page as each of them, on the live stack
//! that the environment names, and compares it with its baseline in `snapshots/`.
//!
//! One file, one flow. To add one, write a file that reads like a sentence and name it in [`all`].

mod habits;
mod home;
mod journal;
mod notes;
mod personas;
mod suite;
mod todo;

use harness_run::Flow;

/// Every flow.
fn all() -> Vec<Flow> {
    vec![home::flow(), todo::flow(), notes::flow(), journal::flow(), habits::flow()]
}

fn main() -> std::process::ExitCode {
    harness_run::main(|| suite::suite(all()))
}
