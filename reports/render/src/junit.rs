//! `junit.xml`: the run for whatever shows test results. A flow is a suite, a picture a case.
//!
//! There is no standard, so the form keeps to what the Jenkins schema `junit-10.xsd` and the readers of GitLab, GitHub
//! actions and Azure have in common: no attribute and no element that one of them refuses.

use std::collections::BTreeMap;

use harness_model::{PictureReport, RunReport, SnapshotKey, VerdictName};

use crate::wording;

/// Bytes of one message; readers of this form hold the whole file in memory.
const MESSAGE_LIMIT: usize = 16 * 1024;

/// The file.
pub(crate) fn render(run: &RunReport) -> String {
    let mut flows: BTreeMap<&str, Flow<'_>> = BTreeMap::new();
    for picture in &run.pictures {
        flows.entry(picture.key.flow()).or_default().pictures.push(picture);
    }
    for key in &run.not_run {
        flows.entry(key.flow()).or_default().not_run.push(key);
    }
    let count = |what: &dyn Fn(&Flow<'_>) -> usize| flows.values().map(what).sum::<usize>();
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    xml.push_str(&format!(
        "<testsuites name=\"pictures\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
        count(&|flow| flow.tests()),
        count(&|flow| flow.failures()),
        count(&|flow| flow.errors()),
        seconds(run.duration_ms),
    ));
    for (name, flow) in &flows {
        suite(&mut xml, name, flow, run);
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// The pictures of one flow.
#[derive(Default)]
struct Flow<'a> {
    pictures: Vec<&'a PictureReport>,
    not_run: Vec<&'a SnapshotKey>,
}

impl Flow<'_> {
    fn tests(&self) -> usize {
        self.pictures.len() + self.not_run.len()
    }

    fn failures(&self) -> usize {
        self.pictures.iter().filter(|picture| picture.fails() && picture.verdict != VerdictName::Error).count()
    }

    fn errors(&self) -> usize {
        self.pictures.iter().filter(|picture| picture.fails() && picture.verdict == VerdictName::Error).count()
            + self.not_run.len()
    }
}

fn suite(xml: &mut String, name: &str, flow: &Flow<'_>, run: &RunReport) {
    let ms = flow.pictures.iter().map(|picture| picture.ms).sum();
    xml.push_str(&format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{}\" timestamp=\"{}\">\n",
        escaped(name),
        flow.tests(),
        flow.failures(),
        flow.errors(),
        seconds(ms),
        escaped(&run.started_at),
    ));
    for picture in &flow.pictures {
        case(xml, picture);
    }
    for key in &flow.not_run {
        xml.push_str(&head(key, 0));
        xml.push_str("><error type=\"not_run\" message=\"the run was cut short before this picture\"/></testcase>\n");
    }
    xml.push_str("  </testsuite>\n");
}

fn case(xml: &mut String, picture: &PictureReport) {
    xml.push_str(&head(&picture.key, picture.ms));
    let message = picture.message.as_deref().unwrap_or_default();
    if picture.fails() {
        let element = if picture.verdict == VerdictName::Error { "error" } else { "failure" };
        let first = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        xml.push_str(&format!(
            "><{element} type=\"{}\" message=\"{}\">{}</{element}></testcase>\n",
            picture.verdict.as_str(),
            escaped(&format!("{}: {}", wording::verdict(picture.verdict), wording::cut(first, 300))),
            escaped(limited(message)),
        ));
    } else if message.is_empty() {
        xml.push_str("/>\n");
    } else {
        // What passed with a change says so, though nothing failed.
        xml.push_str(&format!("><system-out>{}</system-out></testcase>\n", escaped(limited(message))));
    }
}

fn head(key: &SnapshotKey, ms: u64) -> String {
    let name = format!("{}-{}", key.viewer(), key.viewport());
    let class = format!("{}.{}", key.flow(), key.step());
    format!("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"", escaped(&class), escaped(&name), seconds(ms))
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn limited(message: &str) -> &str {
    &message[..message.floor_char_boundary(MESSAGE_LIMIT)]
}

/// `text` as XML may hold it. Characters that XML 1.0 cannot hold in any spelling are spelt out as Rust does.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Else an attribute would turn them into spaces.
            '\n' | '\r' | '\t' => out.push_str(&format!("&#{};", u32::from(c))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
        out
    })
}
