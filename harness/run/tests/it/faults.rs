//! What the harness sees and names: small faults in four pages, pictured by a real Chromium, compared and explained.
//!
//! The faults are `faults/table.toml`, one replacement in a page's source each, with what has to be said of it. What
//! came out is `docs/faults.md`, which this test keeps true: another verdict, or a fault that is named no more, fails.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
};

use harness_browser::Installation;
use harness_capture::{Browser, Driver, Picture, PictureRequest, World};
use harness_compare::{Gate, GateKind, Options, compare_png, explain, verdict};
use harness_model::{CauseKind, VerdictName, Viewport};
use serde::Deserialize;

const PAGES: [(&str, &str); 4] = [
    ("board", include_str!("faults/board.html")),
    ("article", include_str!("faults/article.html")),
    ("checkout", include_str!("faults/checkout.html")),
    ("layers", include_str!("faults/layers.html")),
];

/// At least this many of a hundred faults are seen under `gate = "regions"`, and named.
const SEEN_OF_100: usize = 96;
const NAMED_OF_100: usize = 90;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    page: String,
    name: String,
    from: String,
    to: String,
    element: String,
    says: String,
}

/// What came of one fault.
struct Row {
    fault: String,
    page: String,
    viewport: String,
    ratio: f64,
    by_ratio: bool,
    by_regions: bool,
    named: bool,
}

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![("small_faults_are_seen_and_named", || {
        tokio::runtime::Runtime::new().unwrap().block_on(small_faults_are_seen_and_named());
    })]
}

async fn small_faults_are_seen_and_named() {
    let table: Table = toml::from_str(include_str!("faults/table.toml")).unwrap();
    let shown = Arc::new(Mutex::new(String::new()));
    let url = site(Arc::clone(&shown));
    let driver = Driver::start(&Installation::find().unwrap(), World::default()).await.unwrap();
    let mut browser = driver.open().await.unwrap();
    let mut rows = Vec::new();
    let mut unnamed = String::new();
    for viewport in [Viewport::desktop(), Viewport::mobile()] {
        browser.enter(&viewport, &[]).await.unwrap();
        for (page, source) in PAGES {
            source.clone_into(&mut shown.lock().unwrap());
            let before = pictured(&mut browser, &url).await;
            for fault in table.fault.iter().filter(|fault| fault.page == page) {
                assert_eq!(source.matches(&fault.from).count(), 1, "{:?} has to stand in {page} once", fault.from);
                *shown.lock().unwrap() = source.replace(&fault.from, &fault.to);
                let after = pictured(&mut browser, &url).await;
                let (row, said) = judge(fault, &viewport, &before, &after);
                if !row.named {
                    writeln!(
                        unnamed,
                        "{} on {}: {said:#?}, not {:?}: {:?}",
                        fault.name, viewport.name, fault.element, fault.says
                    )
                    .unwrap();
                }
                rows.push(row);
            }
        }
    }
    browser.close().await;
    let unseen: Vec<_> =
        rows.iter().filter(|row| !row.by_regions).map(|row| (&row.fault, &row.viewport, row.ratio)).collect();
    let seen = rows.iter().filter(|row| row.by_regions).count();
    let named = rows.iter().filter(|row| row.named).count();
    println!("{unnamed}");
    assert!(seen * 100 >= rows.len() * SEEN_OF_100, "{seen} of {} seen, not {unseen:#?}", rows.len());
    assert!(named * 100 >= rows.len() * NAMED_OF_100, "{named} of {} named:\n{unnamed}", rows.len());
    is_documented(&document(&rows));
}

async fn pictured(browser: &mut Browser, url: &str) -> Picture {
    let picture = browser.picture(&PictureRequest::new(url)).await.unwrap();
    assert_eq!(picture.outcome, harness_capture::Outcome::Settled);
    picture
}

/// A fault is named when the first cause is what the table says, and no other cause than what moved along is told.
fn judge(fault: &Fault, viewport: &Viewport, before: &Picture, after: &Picture) -> (Row, Vec<String>) {
    let outcome = compare_png(&before.png, &after.png, &Options::default()).unwrap();
    let comparison = outcome.comparison();
    let causes = explain(before.outline.as_ref().unwrap(), after.outline.as_ref().unwrap(), comparison).causes;
    let surplus = causes.iter().skip(1).any(|cause| cause.kind != CauseKind::Moved);
    let named = !surplus
        && causes.first().is_some_and(|cause| {
            let after = cause.text.strip_prefix(&fault.element);
            after.is_some_and(|after| !after.starts_with(char::is_alphanumeric) && after.contains(&fault.says))
        });
    let fails = |kind| {
        let word = verdict(comparison, &causes, &Gate { kind, ..Gate::default() });
        matches!(word, VerdictName::Changed | VerdictName::SizeChanged)
    };
    let row = Row {
        fault: fault.name.clone(),
        page: fault.page.clone(),
        viewport: viewport.name.to_string(),
        ratio: comparison.ratio,
        by_ratio: fails(GateKind::Ratio),
        by_regions: fails(GateKind::Regions),
        named,
    };
    (row, causes.into_iter().map(|cause| cause.text).collect())
}

type Is = fn(&Row) -> bool;

/// The page `docs/faults.md`.
fn document(rows: &[Row]) -> String {
    let count = |viewport: &str, is: Is| {
        let of_viewport = || rows.iter().filter(|row| row.viewport == viewport);
        format!("{} of {}", of_viewport().filter(|row| is(row)).count(), of_viewport().count())
    };
    let mut page = String::from(
        "# Small faults: what is seen, and what is named\n\n\
         Written by the test `small_faults_are_seen_and_named` of `harness/run`, which puts each fault into a page, \
         pictures it and compares. Every\nverdict is checked in each test run; the share of differing pixels is as it \
         was when the page was written, and hangs on the browser's version.\n\n\
         | | desktop | mobile |\n|---|---|---|\n",
    );
    let lines: [(&str, Is); 3] = [
        ("fails at 0.2 % of the pixels, the default", |row| row.by_ratio),
        ("fails with `gate = \"regions\"`", |row| row.by_regions),
        ("the element and what befell it are named, and nothing else", |row| row.named),
    ];
    for (what, is) in lines {
        writeln!(page, "| {what} | {} | {} |", count("desktop", is), count("mobile", is)).unwrap();
    }
    page.push_str("\nA fault that does not fail at 0.2 % still leads the summary and the report as `passed_with_change` where its pixels stand together or an element changed.\n");
    page.push_str("\n| fault | page | viewport | differs | 0.2 % | regions | named |\n|---|---|---|---|---|---|---|\n");
    let word = |yes: bool| if yes { "yes" } else { "no" };
    for row in rows {
        let Row { fault, page: on, viewport, ratio, by_ratio, by_regions, named } = row;
        let (by_ratio, by_regions, named) = (word(*by_ratio), word(*by_regions), word(*named));
        let differs = format!("{:.4} %", ratio * 100.0);
        writeln!(page, "| {fault} | {on} | {viewport} | {differs} | {by_ratio} | {by_regions} | {named} |").unwrap();
    }
    page
}

/// Whether the committed page says the same, but for the shares.
fn is_documented(measured: &str) {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let written = std::fs::read_to_string(&committed).unwrap_or_default();
    let (was, is) = (without_shares(&written), without_shares(measured));
    let different: Vec<_> = is.iter().filter(|(row, told)| was.get(*row) != Some(told)).collect();
    if !different.is_empty() || was.len() != is.len() {
        let candidate = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults.md");
        std::fs::write(&candidate, measured).unwrap();
        panic!(
            "docs/faults.md does not say what was measured: {different:#?}\nhelp: cp {} {}",
            candidate.display(),
            committed.display()
        );
    }
}

/// The lines of the page by their first three columns, without the column of shares.
fn without_shares(page: &str) -> BTreeMap<String, Vec<&str>> {
    let lines = page.lines().enumerate().map(|(at, line)| match line.split('|').collect::<Vec<_>>().as_slice() {
        [_, fault, on, viewport, _, told @ ..] if told.len() == 4 => (format!("{fault}{on}{viewport}"), told.to_vec()),
        _ => (format!("line {at}"), vec![line]),
    });
    lines.collect()
}

/// Serves whatever page stands in the cell.
fn site(page: Arc<Mutex<String>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let page = Arc::clone(&page);
            std::thread::spawn(move || {
                let asked = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                let found = asked.collect::<Vec<_>>().first().is_some_and(|line| line.starts_with("GET / "));
                let (status, body) = if found { (200, page.lock().unwrap().clone()) } else { (404, String::new()) };
                let head = "Content-Type: text/html; charset=utf-8\r\nConnection: close";
                let _closed_early =
                    write!(&stream, "HTTP/1.1 {status} x\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            });
        }
    });
    url
}
