//! The garden's pictures by a suite in Rust: the same ones, with the same baselines, as `visual.toml` asks for.

use std::{path::Path, process::ExitCode};

use harness_run::{
    Action, Flow, Folders, GateKind, Mask, Rule, RunError, RunReport, Step, Suite, Target, World, serve,
};

fn main() -> ExitCode {
    harness_run::main(suite)
}

fn suite() -> Result<Suite, RunError> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = Folders { snapshots: here.join("snapshots"), output: here.join("target/visual") };
    let output = folders.output.clone();
    let report = move |run: &RunReport| {
        let paths = reports_render::write(run, &output).map_err(|error| error.to_string())?;
        Ok(reports_render::terminal(run, Some(&paths.page), false))
    };
    // A site that runs somewhere is named by its address instead.
    let site = serve(&here.join("site"))?;
    Ok(Suite {
        flows: vec![garden()],
        world: World { locale: "en-GB".into(), time_zone: "Europe/London".into(), ..World::default() },
        ready: Some("main".into()),
        // What is different on every visit, and would push what is around it.
        masks: vec![Mask::placeholder(".visits", 90, 20).optional()],
        command: "cargo test -p examples-own-app".into(),
        ..Suite::new(site, folders, report)
    })
}

fn garden() -> Flow {
    // The carousel turns by itself: it is stopped, and put to its first picture.
    let still = [click(".pause"), click("[data-slide='0']")];
    let search = [
        Action::Type { into: "#plant".into(), text: "mint".into() },
        click("button"),
        Action::WaitFor(".found".into()),
    ];
    Flow::named("garden")
        .seen_by(["guest"])
        .step(Step::at("/", "start").after(still))
        .step(Step::at("/", "weather").after([click(".pause")]).showing(Target::Element("garden-weather".into())))
        .step(
            Step::at("/search.html", "search")
                .after(search)
                .judged(Rule::because("the list is small, and a missing line must not hide").gate(GateKind::Regions)),
        )
}

fn click(selector: &str) -> Action {
    Action::Click(selector.into())
}
