//! `cargo xtask test`: the one command that says whether a change may land. CI runs it and nothing else.

use crate::{
    accessibility, alone,
    conformance::Suite,
    demo, documented,
    embedded::{Embedded, Programs},
    fuzz, grid, nightly, partitions, postgres, setup, step, suites, tidy,
    wire::Prober,
};

/// How long each fuzz target runs; the nightly job gives them minutes.
const FUZZED_SECONDS: u32 = 5;

/// Cheap checks first; pictures last, as they need everything else.
pub(crate) fn test() -> anyhow::Result<()> {
    let _alone = alone::in_folder(&crate::root().join("target").join("test"))?;
    step::run("format", &mut step::cargo(&["fmt", "--all", "--check"]))?;
    tidy::tidy()?;
    setup::browser()?;
    setup::postgres()?;
    grid::install()?;
    let (suite, prober) = (Suite::install()?, Prober::install()?);
    step::run(
        "lints",
        &mut step::cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
    )?;
    step::run(
        "docs",
        step::cargo(&["doc", "--quiet", "--workspace", "--no-deps", "--locked"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    let programs = Programs::build()?;
    documented::check(&programs)?;
    // On SQLite, whatever the environment names.
    step::run("tests", step::cargo(&suites::ALL).env_remove(postgres::VARIABLE))?;
    accessibility::check()?;
    fuzz::all(FUZZED_SECONDS)?;
    tests_on_postgres()?;
    suite.judge(&programs.everything)?;
    prober.probe(&programs)?;
    pictures(&programs)?;
    nightly::Rehearsal::default().run()
}

/// The suites of the crates that keep tables once more, on the server that the environment names or on one of our own.
fn tests_on_postgres() -> anyhow::Result<()> {
    let suites = suites::with_tables()?;
    if let Some(url) = postgres::named() {
        return suites::run(&suites, &url);
    }
    let server = postgres::Server::start(postgres::Durability::None)?;
    suites::run(&suites, &server.url())
}

/// Ten personas, one day, every page, against the committed baselines.
fn pictures(programs: &Programs) -> anyhow::Result<()> {
    let folder = crate::root().join("target").join("test");
    demo::fresh(&folder)?;
    let stack = Embedded::start(programs, &folder.join("data"), None)?;
    stack.seed()?;
    stack.tick()?;
    step::run("pictures", &mut stack.flows(&crate::root().join("target").join("visual")))?;
    partitions::check(programs, &stack)?;
    step::run("live update", &mut stack.live())
}
