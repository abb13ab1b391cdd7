//! The message about a run, in the form that Slack's incoming webhooks read and Mattermost's too.

use harness_model::{RunReport, Summary, VerdictName};
use reports_render::{groups, needs_look, visible};
use serde_json::{Value, json};

/// Groups that are told; the report tells them all.
const GROUPS_TOLD: usize = 5;
/// Characters of one explanation; a block of Slack's holds 3,000.
const WHAT_WIDTH: usize = 300;

/// What to post about a run: counts, the first groups, the address of the report. `None` where nothing needs a look.
#[must_use]
pub fn message(run: &RunReport, link: Option<&str>) -> Option<Value> {
    let looks = run.pictures.iter().filter(|picture| needs_look(picture)).count();
    if looks == 0 && run.not_run.is_empty() {
        return None;
    }
    let headline = format!("{looks} of {} pictures need a look", run.pictures.len());
    let mut blocks = vec![section(&format!("*{headline}*\n{}", counts(run)))];
    let groups = groups(run);
    for group in groups.iter().take(GROUPS_TOLD) {
        let what: String = visible(&group.what).chars().take(WHAT_WIDTH).collect();
        blocks.push(section(&format!("• {}\n_{}_", escaped(&what), escaped(&group.extent))));
    }
    if let Some(more @ 1..) = groups.len().checked_sub(GROUPS_TOLD) {
        blocks.push(section(&format!("and {more} more {}", if more == 1 { "change" } else { "changes" })));
    }
    if let Some(link) = link {
        // What stands between the brackets must not end them.
        let link = link.replace('|', "%7C").replace('>', "%3E").replace('<', "%3C");
        blocks.push(section(&format!("<{}|Open the report>", escaped(&link))));
    }
    Some(json!({ "text": headline, "blocks": blocks }))
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn counts(run: &RunReport) -> String {
    // The run file spells them; nothing that is zero is told.
    let summary = serde_json::to_value(Summary::of(&run.pictures)).expect("a summary holds numbers");
    let counted = VerdictName::ALL.iter().filter_map(|name| {
        let count = summary.get(name.as_str())?.as_u64().filter(|count| *count > 0)?;
        Some(format!("{count} {}", name.as_str().replace('_', " ")))
    });
    let not_run = (!run.not_run.is_empty()).then(|| format!("{} not run", run.not_run.len()));
    counted.chain(not_run).collect::<Vec<_>>().join(", ")
}

/// Slack's three, and the marks that would format or mention.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A zero-width joiner keeps a mark from beginning anything, and a name from being a mention.
            '*' | '_' | '~' | '`' | '@' => {
                out.push(c);
                out.push('\u{2060}');
            }
            c => out.push(c),
        }
        out
    })
}
