//! A suite of pictures that are all as they were, from start to end: `visual check`, and Playwright Test over the same pages
//! through the same windows, with the same Chromium and as many workers. Beside them what cannot be saved: opening each page
//! and taking one picture of it, the browser's start included.

mod floor;
mod machine;
mod playwright;
mod site;
mod visual;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use harness_browser::Installation;
use harness_model::Viewport;

pub(crate) use self::playwright::version as playwright_version;
use self::{machine::Spent, site::Site};
use crate::{
    Plan,
    measure::{self, Figure, Run, alternating},
    report::{Report, Row, Target},
};

const SUBJECT: &str = "suite";
const OURS: &str = "visual check";
const PEER: &str = "playwright";
/// Playwright with one page for all tests of a worker, which its users have to write themselves.
const PEER_KEEPING: &str = "playwright, page kept";
const FLOOR: &str = "floor";
/// How many pages, each pictured through two windows; and for a first look.
const PAGES: (usize, usize) = (100, 20);
/// At most this share of Playwright's time.
const OF_A_PEER: f64 = 0.5;
/// A run's first verdict is to be there in less, in ms.
const FIRST_MS: f64 = 2_000.0;

/// What every tool is given.
struct Task<'a> {
    site: &'a Site,
    installation: &'a Installation,
    viewports: [Viewport; 2],
    pages: usize,
    workers: usize,
    folder: PathBuf,
}

/// One run of a tool.
#[derive(Debug, Clone, Copy)]
struct Took {
    whole: Duration,
    first: Option<Duration>,
}

/// What the runs of one tool spent besides time.
type Kept<'a> = (&'static str, &'a RefCell<Vec<(Took, Spent)>>);

pub(crate) fn measure(
    plan: &Plan,
    visual: &Path,
    playwright: Option<&Path>,
    folder: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    let pages = if plan.quick { PAGES.1 } else { PAGES.0 };
    for workers in [1, 2] {
        let case = format!("{pages} pages, workers {workers}");
        if !plan.wants(&format!("{SUBJECT} {case}")) {
            continue;
        }
        let installation = Installation::find()?;
        let site = Site::start()?;
        let task = Task {
            site: &site,
            installation: &installation,
            viewports: [Viewport::desktop(), Viewport::mobile()],
            pages,
            workers,
            folder: folder.to_owned(),
        };
        for row in rows(plan, &task, &case, visual, playwright)? {
            eprintln!("{row}");
            report.rows.push(row);
        }
    }
    Ok(())
}

fn rows(
    plan: &Plan,
    task: &Task<'_>,
    case: &str,
    visual: &Path,
    playwright: Option<&Path>,
) -> anyhow::Result<Vec<Row>> {
    visual::accept(task, visual)?;
    if let Some(playwright) = playwright {
        playwright::accept(task, playwright)?;
    }
    let spent: [RefCell<Vec<(Took, Spent)>>; 4] = Default::default();
    let mut runs: Vec<(&'static str, Run<'_>)> = vec![
        (OURS, counted(OURS, &spent[0], || visual::check(task, visual))),
        (FLOOR, counted(FLOOR, &spent[1], || floor::pictures(task))),
    ];
    let mut kept: Vec<Kept<'_>> = vec![(OURS, &spent[0]), (FLOOR, &spent[1])];
    if let Some(playwright) = playwright {
        runs.push((PEER, counted(PEER, &spent[2], || playwright::check(task, playwright, false))));
        let check = || playwright::check(task, playwright, true);
        runs.push((PEER_KEEPING, counted(PEER_KEEPING, &spent[3], check)));
        kept.extend([(PEER, &spent[2]), (PEER_KEEPING, &spent[3])]);
    }
    let times = alternating(if plan.quick { 1 } else { 3 }, runs)?;
    let own = measure::of(&times, OURS).context("it was measured")?;
    let targets =
        measure::of(&times, PEER).map(|peer| Target::at_most(own, OF_A_PEER * peer, &format!("{OF_A_PEER} × {PEER}")));
    let pictures = (task.pages * task.viewports.len()) as f64;
    let cpu = kept.iter().map(|&(engine, runs)| {
        let each = runs.borrow().iter().map(|(_, spent)| spent.cpu.as_secs_f64() * 1e3 / pictures).collect();
        Figure { engine, value: measure::median(each) }
    });
    let first = kept.iter().filter_map(|&(engine, runs)| {
        let each: Option<Vec<f64>> =
            runs.borrow().iter().map(|(took, _)| Some(took.first?.as_secs_f64() * 1e3)).collect();
        Some(Figure { engine, value: measure::median(each?) })
    });
    let first: Vec<_> = first.collect();
    let own_first = measure::of(&first, OURS).context("the first verdict was seen")?;
    let row = |subject, unit, figures, targets| Row { subject, case: case.to_owned(), unit, figures, targets };
    Ok(vec![
        row(SUBJECT, "ms", times, targets.into_iter().collect()),
        row("cpu each", "ms", cpu.collect(), Vec::new()),
        row("first", "ms", first, vec![Target::at_most(own_first, FIRST_MS, &format!("{FIRST_MS} ms"))]),
    ])
}

/// A run whose spending is kept, and told at once: all of them together take many minutes.
fn counted<'a>(
    engine: &'static str,
    spent: &'a RefCell<Vec<(Took, Spent)>>,
    run: impl Fn() -> anyhow::Result<Took> + 'a,
) -> Run<'a> {
    Box::new(move || {
        let before = machine::Busy::now()?;
        let took = run()?;
        eprintln!("{engine}: {:.1} s", took.whole.as_secs_f64());
        spent.borrow_mut().push((took, before.spent(took.whole)?));
        Ok(took.whole)
    })
}
