//! A browser or driver that dies in the middle of a run costs time and no picture, and the run file tells.

use std::{fs, process::Command};

use harness_model::VerdictName;

use crate::{
    app::App,
    interrupted::{RESTLESS_ON_TABLET, ended, under_way},
};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("a_browser_that_dies_in_a_run_is_replaced_and_its_picture_taken_again", || lost("chromium", 1)),
        // Its browser is spoken to without it.
        ("a_driver_that_dies_in_a_run_costs_no_picture", || lost("chromedriver", 0)),
    ]
}

/// The first process of this name below another one, by what Linux tells of each process.
fn below(parent: u32, name: &str) -> Option<u32> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let children: Vec<(u32, String)> = numbers
        .filter_map(|id| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            let (before, after) = stat.rsplit_once(") ")?;
            let called = before.split_once('(')?.1.to_owned();
            let of: u32 = after.split(' ').nth(1)?.parse().ok()?;
            (of == parent).then_some((id, called))
        })
        .collect();
    let found = children.iter().find(|(_, called)| called == name).map(|(id, _)| *id);
    found.or_else(|| children.iter().find_map(|(id, _)| below(*id, name)))
}

/// Kills what has this name below a run that is at its second picture, and sees the run to its end.
fn lost(name: &str, retries: u32) {
    let app = App::new(RESTLESS_ON_TABLET);
    let mut run = under_way(&app);
    let process = below(run.id(), name).unwrap();
    app.shows("<p>page</p>");
    assert!(Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap().success());
    let code = ended(&mut run);
    let report = app.report();
    assert_eq!(code, Some(100), "both pictures are new: {:#?}", report.pictures);
    assert_eq!(report.summary.retried, retries as usize);
    let found: Vec<_> = report.pictures.iter().map(|picture| (picture.verdict, picture.retries)).collect();
    assert_eq!(found, [(VerdictName::New, 0), (VerdictName::New, retries)]);
}
