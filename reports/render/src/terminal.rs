//! A run in the terminal: a line for each picture that is not as it was, a line of counts, the report's path.

use std::path::Path;

use harness_model::{PageError, PageErrors, PictureReport, RunReport, Summary, VerdictName};

use crate::{Group, groups, wording};

/// Characters of a message that are shown; the rest stands in the report.
const MESSAGE_WIDTH: usize = 160;
/// Left-over baselines that are named; the rest stands in the run file.
const ORPHANS_SHOWN: usize = 10;
/// Causes that are shown below a picture; the rest stands in the report.
const CAUSES_SHOWN: usize = 4;
/// Errors of the page that are shown below a picture; the rest stands in the report.
const ERRORS_SHOWN: usize = 3;
/// Groups that are told; the rest stands in the report.
const GROUPS_SHOWN: usize = 8;
/// Names of pictures not run that are told; the rest stands in `run.json`.
const NOT_RUN_SHOWN: usize = 10;

/// Counts in a summary line: what is as it was, then what is not, then what could not be told.
const COUNTED: [VerdictName; 10] = [
    VerdictName::Identical,
    VerdictName::Passed,
    VerdictName::PassedWithChange,
    VerdictName::Changed,
    VerdictName::SizeChanged,
    VerdictName::Flaky,
    VerdictName::New,
    VerdictName::NeverSettled,
    VerdictName::Error,
    VerdictName::Leak,
];

/// The run in words, ending with a line break.
///
/// `report` is the path to name at the end. `colour` adds ANSI colours and nothing else: whether the reader is a
/// terminal and wants them is the caller's to know.
#[must_use]
pub fn terminal(run: &RunReport, report: Option<&Path>, colour: bool) -> String {
    let paint = Paint { colour };
    let told: Vec<_> = wording::in_order(run).into_iter().filter(|picture| wording::is_told(picture.verdict)).collect();
    let mut text = picture_lines(&told, paint);
    if !told.is_empty() {
        text.push('\n');
    }
    text.push_str(&group_lines(run));
    text.push_str(&summary_line(run, paint));
    text.push('\n');
    text.push_str(&not_run_lines(run));
    text.push_str(&orphan_lines(run));
    text.extend(run.warnings.iter().map(|warning| format!("warning: {}\n", wording::visible(warning))));
    if let Some(path) = report {
        text.push_str(&format!("report: {}\n", path.display()));
    }
    text
}

/// Baselines that no picture asks for, by name.
fn orphan_lines(run: &RunReport) -> String {
    let shown: Vec<_> = run.orphans.iter().take(ORPHANS_SHOWN).map(ToString::to_string).collect();
    let more = match run.orphans.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more, told in run.json"),
    };
    match run.orphans.len() {
        0 => String::new(),
        1 => format!("1 baseline is left over, no picture asks for it: {}\n", shown[0]),
        count => format!("{count} baselines are left over, no picture asks for them: {}{more}\n", shown.join(", ")),
    }
}

/// One aligned line for each picture.
fn picture_lines(pictures: &[&PictureReport], paint: Paint) -> String {
    let rows: Vec<_> = pictures.iter().map(|picture| (picture, columns(picture))).collect();
    let width = |column: usize| rows.iter().map(|(_, row)| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4].map(width);
    let mut text = String::new();
    for (picture, row) in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let Some(&width) = widths.get(column) else {
                line.push_str(cell);
                continue;
            };
            if width == 0 {
                continue;
            }
            // Numbers line up at their last digit, words at their first letter.
            let padded = if matches!(column, 2 | 3) { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
            line.push_str(&if column == 0 { paint.verdict(picture.verdict, &padded) } else { padded });
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
        text.push_str(&cause_lines(picture));
        text.push_str(&error_lines(picture));
    }
    text
}

/// The groups of pictures that changed in the same ways, where that says more than the pictures one by one.
fn group_lines(run: &RunReport) -> String {
    let groups = groups(run);
    if groups.iter().all(|group| group.keys.len() < 2) {
        return String::new();
    }
    let line = |(at, group): (usize, &Group)| {
        let what = wording::cut(&wording::visible(&group.what), MESSAGE_WIDTH);
        format!("group {}: {what} ({})\n", at + 1, group.extent)
    };
    let mut text: String = groups.iter().enumerate().take(GROUPS_SHOWN).map(line).collect();
    if let Some(more @ 1..) = groups.len().checked_sub(GROUPS_SHOWN) {
        text.push_str(&format!("and {}, told in the report\n", wording::plural(more, "more group", "more groups")));
    }
    text.push('\n');
    text
}

/// The pictures that a run cut short did not come to.
fn not_run_lines(run: &RunReport) -> String {
    if run.not_run.is_empty() {
        return String::new();
    }
    let names: Vec<String> = run.not_run.iter().take(NOT_RUN_SHOWN).map(ToString::to_string).collect();
    let more = if run.not_run.len() > names.len() { ", …" } else { "" };
    let count = wording::plural(run.not_run.len(), "picture", "pictures");
    format!("the run was cut short: {count} not run: {}{more}\n", names.join(", "))
}

/// What is behind the differing pixels, a line each.
fn cause_lines(picture: &PictureReport) -> String {
    let mut lines: Vec<_> = picture.causes.iter().take(CAUSES_SHOWN).map(|cause| first_line(&cause.text)).collect();
    if let Some(more @ 1..) = picture.causes.len().checked_sub(CAUSES_SHOWN) {
        lines.push(format!("and {more} more, told in the report"));
    }
    lines.iter().map(|line| format!("    {line}\n")).collect()
}

/// What the page of a failed picture complained of, a line each.
fn error_lines(picture: &PictureReport) -> String {
    let PageErrors { console, failed_requests, left_out } = &picture.page_errors;
    let console = console.iter().map(|error| ("console", error));
    let requests = failed_requests.iter().map(|error| ("failed request", error));
    let told: Vec<_> = console.chain(requests).collect();
    let mut text = String::new();
    for (what, PageError { text: words, times }) in told.iter().take(ERRORS_SHOWN) {
        let times = if *times > 1 { format!(" ({times} times)") } else { String::new() };
        text.push_str(&format!("    {what}: {}{times}\n", first_line(words)));
    }
    let more = told.len().saturating_sub(ERRORS_SHOWN) as u64 + left_out;
    if more > 0 {
        let more = wording::plural(usize::try_from(more).unwrap_or(usize::MAX), "more error", "more errors");
        text.push_str(&format!("    and {more}, told in the report\n"));
    }
    text
}

/// Verdict, key, pixels, share, largest region, first line of the message.
fn columns(picture: &PictureReport) -> [String; 6] {
    let compared = picture.comparison.is_some();
    let region = wording::largest(picture).map(|region| format!("largest {}", wording::place(Some(region))));
    [
        wording::verdict(picture.verdict).to_owned(),
        picture.key.to_string(),
        if compared { format!("{} px", picture.diff_pixels) } else { String::new() },
        if compared { wording::percent(picture.ratio) } else { String::new() },
        region.unwrap_or_default(),
        note(picture),
    ]
}

fn note(picture: &PictureReport) -> String {
    let message = picture.message.as_deref().map(first_line).unwrap_or_default();
    match (picture.accepted, message.is_empty()) {
        (false, _) => message,
        (true, true) => "accepted".to_owned(),
        (true, false) => format!("accepted · {message}"),
    }
}

/// The first line, and the second where the first only announces it.
fn first_line(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut line = wording::visible(lines.next().unwrap_or_default());
    if let Some(next) = lines.next().filter(|_| line.ends_with(':')) {
        line = format!("{line} {}", wording::visible(next));
    }
    wording::cut(&line, MESSAGE_WIDTH)
}

/// `97 pictures: 95 identical, 1 changed, 1 new · 24.3 s`
fn summary_line(run: &RunReport, paint: Paint) -> String {
    let summary = Summary::of(&run.pictures);
    let duration = wording::duration(run.duration_ms);
    if summary.total == 0 {
        return format!("no picture was taken · {duration}");
    }
    let counts: Vec<_> = COUNTED
        .into_iter()
        .filter_map(|name| match wording::count(&summary, name) {
            0 => None,
            count => Some(paint.verdict(name, &format!("{count} {}", wording::verdict(name)))),
        })
        .collect();
    let pictures = if summary.total == 1 { "picture" } else { "pictures" };
    let retried = match summary.retried {
        0 => String::new(),
        retried => format!(" · {retried} retried"),
    };
    format!("{} {pictures}: {}{retried} · {duration}", summary.total, counts.join(", "))
}

/// Colours, or none.
#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn verdict(self, name: VerdictName, text: &str) -> String {
        let code = match name {
            VerdictName::Leak | VerdictName::Error | VerdictName::NeverSettled => "1;31",
            VerdictName::SizeChanged | VerdictName::Changed | VerdictName::Flaky => "31",
            VerdictName::New => "34",
            VerdictName::PassedWithChange => "33",
            VerdictName::Passed | VerdictName::Identical => "32",
        };
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
