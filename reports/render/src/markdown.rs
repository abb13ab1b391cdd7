//! `comment.md`: the run as a comment on a pull request. The same text is the summary of a step on GitHub.
//!
//! What an app says of itself is shown and never marks up: it cannot mention anyone, link anywhere or end a table.

use harness_model::{RunReport, VerdictName};

use crate::{Group, groups, wording};

/// Opens the comment, unseen, so that a job finds its own comment again and replaces it.
const MARK: &str = "<!-- beholder -->";
/// Groups that are told.
const GROUPS_TOLD: usize = 20;
/// Pictures named of one group.
const KEYS_TOLD: usize = 30;
/// Characters of one explanation.
const WHAT_WIDTH: usize = 300;
/// GitHub refuses comments of more than 65,536 characters; some are left to whoever adds a link.
const LENGTH_MAX: usize = 60_000;

/// The comment.
#[must_use]
pub fn markdown(run: &RunReport) -> String {
    let groups = groups(run);
    let mut text = format!("{MARK}\n### {}\n\n", headline(run));
    text.push_str(&counts(run));
    if !run.not_run.is_empty() {
        let count = wording::plural(run.not_run.len(), "picture", "pictures");
        text.push_str(&format!("**The run was cut short: {count} not run.**\n\n"));
    }
    let mut told = 0;
    for group in groups.iter().take(GROUPS_TOLD) {
        let part = group_part(group);
        if text.len() + part.len() > LENGTH_MAX {
            break;
        }
        text.push_str(&part);
        told += 1;
    }
    if let Some(more @ 1..) = groups.len().checked_sub(told) {
        text.push_str(&format!("and {} in the report\n", wording::plural(more, "more group", "more groups")));
    }
    text
}

fn headline(run: &RunReport) -> String {
    let looks = run.pictures.iter().filter(|picture| wording::needs_look(picture)).count();
    match (run.pictures.len(), looks) {
        (0, _) => "No picture was taken".to_owned(),
        (total, 0) => format!("{} as they were", wording::plural(total, "picture", "pictures")),
        (total, looks) => format!("{looks} of {} to look at", wording::plural(total, "picture", "pictures")),
    }
}

/// A line of what was counted, and how long it took.
fn counts(run: &RunReport) -> String {
    let summary = harness_model::Summary::of(&run.pictures);
    let told = VerdictName::ALL.into_iter().filter_map(|name| match wording::count(&summary, name) {
        0 => None,
        count => Some(format!("{count} {}", wording::verdict(name))),
    });
    let told: Vec<String> = told.chain([wording::duration(run.duration_ms)]).collect();
    format!("{}\n\n", told.join(" · "))
}

fn group_part(group: &Group) -> String {
    let what = code(&wording::cut(&group.what, WHAT_WIDTH));
    let mut part = format!(
        "<details><summary><b>{}</b>: {what}<br>{}</summary>\n\n",
        wording::verdict(group.verdict),
        escaped(&group.extent),
    );
    for key in group.keys.iter().take(KEYS_TOLD) {
        part.push_str(&format!("- `{key}`\n"));
    }
    if let Some(more @ 1..) = group.keys.len().checked_sub(KEYS_TOLD) {
        part.push_str(&format!("- and {more} more\n"));
    }
    part.push_str("\n</details>\n\n");
    part
}

/// Words of the app, as code: GitHub looks for no mention, no link and no marks of Markdown within.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// `text` on one line, with everything spelt out that HTML or Markdown would take for its own.
fn escaped(text: &str) -> String {
    wording::visible(text).chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' | '<' | '>' | '"' | '\'' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '|' | '~' | '@' | '#' | '\\'
            | '!' | ':' => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            c => out.push(c),
        }
        out
    })
}
