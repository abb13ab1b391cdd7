//! `junit.xml` against what the readers of the form have in common, read back by an XML parser.

use std::{fs, sync::LazyLock};

use harness_model::{PictureReport, RunReport, VerdictName};
use reports_render::write;
use roxmltree::{Document, Node};

use crate::{
    hostile,
    sample::{picture, run},
};

fn junit(run: &RunReport) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::read_to_string(write(run, folder.path()).unwrap().junit).unwrap()
}

fn of(pictures: Vec<PictureReport>) -> String {
    junit(&run(pictures))
}

/// An element of the Jenkins schema `junit-10.xsd`: its name, the attributes it must and may have, what may be in it.
struct Element {
    name: &'static str,
    must: &'static [&'static str],
    may: &'static [&'static str],
    within: &'static [&'static str],
}

static SCHEMA: LazyLock<Vec<Element>> = LazyLock::new(|| {
    let element = |name, must, may, within| Element { name, must, may, within };
    let problem = |name| element(name, &[], &["type", "message"], &[]);
    vec![
        element("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
        element(
            "testsuite",
            &["name", "tests", "failures", "errors"],
            &["group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"],
            &["testsuite", "properties", "testcase", "system-out", "system-err"],
        ),
        element(
            "testcase",
            &["name"],
            &["time", "classname", "group"],
            &["skipped", "error", "failure", "system-out", "system-err"],
        ),
        problem("failure"),
        problem("error"),
        problem("skipped"),
        element("system-out", &[], &[], &[]),
    ]
});

/// Where a file breaks the schema.
fn faults(xml: &str) -> Vec<String> {
    let document = match Document::parse(xml) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut faults = Vec::new();
    if !document.root_element().has_tag_name("testsuites") {
        faults.push("the root is no testsuites".to_owned());
    }
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let Some(element) = SCHEMA.iter().find(|element| element.name == name) else {
            faults.push(format!("unknown element {name}"));
            continue;
        };
        let lacks = element.must.iter().filter(|must| !node.has_attribute(**must));
        faults.extend(lacks.map(|must| format!("{name} lacks {must}")));
        let known = |at: &str| element.must.contains(&at) || element.may.contains(&at);
        let extra = node.attributes().filter(|attribute| !known(attribute.name()));
        faults.extend(extra.map(|attribute| format!("{name} has {}", attribute.name())));
        let children = node.children().filter(Node::is_element).map(|child| child.tag_name().name().to_owned());
        faults.extend(
            children
                .filter(|child| !element.within.contains(&child.as_str()))
                .map(|child| format!("{child} in {name}")),
        );
        let text =
            node.children().any(|child| child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty()));
        if text && !element.within.is_empty() {
            faults.push(format!("text in {name}"));
        }
        // SUREFIRE_TIME: digits, and digits behind a point.
        let time = node.attribute("time").unwrap_or("0");
        if !time.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) {
            faults.push(format!("the time {time}"));
        }
        for count in ["tests", "failures", "errors", "skipped"] {
            if node.attribute(count).is_some_and(|value| value.parse::<usize>().is_err()) {
                faults.push(format!("{count} of {name}"));
            }
        }
    }
    faults
}

#[test]
fn the_check_itself_finds_what_breaks_the_schema() {
    for (xml, fault) in [
        ("<testsuites><testsuite/></testsuites>", "testsuite lacks name"),
        ("<testsuites disabled='0'/>", "testsuites has disabled"),
        ("<testsuites><testcase name='x'/></testsuites>", "testcase in testsuites"),
        ("<testsuites time='1,5'/>", "the time 1,5"),
        ("<testsuites>x</testsuites>", "text in testsuites"),
        ("<testsuite name='x' tests='1' failures='0' errors='0'/>", "the root is no testsuites"),
        ("<testsuites tests='many'/>", "tests of testsuites"),
    ] {
        assert!(faults(xml).contains(&fault.to_owned()), "{fault} in {:?}", faults(xml));
    }
}

#[test]
fn every_verdict_fits_the_schema_and_is_counted() {
    let pictures = VerdictName::ALL
        .map(|verdict| picture(&format!("home/{}/anna-desktop", verdict.as_str().replace('_', "-")), verdict));
    let failing = pictures.iter().filter(|picture| !picture.verdict.passes()).count();
    let mut found = run(pictures.to_vec());
    found.not_run = vec!["todo/list/ben-mobile".parse().unwrap()];
    let xml = junit(&found);
    assert_eq!(faults(&xml), [""; 0], "{xml}");
    let document = Document::parse(&xml).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(count("testcase"), VerdictName::ALL.len() + 1);
    assert_eq!((count("error"), count("failure")), (2, failing - 1));
    let all = document.root_element();
    assert_eq!(all.attribute("tests"), Some((VerdictName::ALL.len() + 1).to_string().as_str()));
    assert_eq!((all.attribute("errors"), all.attribute("time")), (Some("2"), Some("24.349")));
    let case = document.descendants().find(|node| node.attribute("name") == Some("ben-mobile")).unwrap();
    assert_eq!(case.attribute("classname"), Some("todo.list"));
    assert!(xml.contains("cut short"), "{xml}");
}

#[test]
fn what_was_accepted_does_not_fail() {
    let mut accepted = picture("home/start/anna-desktop", VerdictName::Changed);
    accepted.accepted = true;
    accepted.message = Some("it changed".into());
    let xml = of(vec![accepted]);
    assert!(!xml.contains("<failure") && xml.contains("<system-out>it changed<"), "{xml}");
}

#[test]
fn no_text_of_a_run_breaks_the_file_and_none_is_lost() {
    for attack in hostile::ATTACKS {
        let mut found = run(hostile::pictures(attack));
        found.started_at = attack.into();
        let xml = junit(&found);
        assert_eq!(faults(&xml), [""; 0], "{attack:?}: {xml}");
        let document = Document::parse(&xml).unwrap();
        let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
        let spelt = |text: &str| text.replace("\\u{", "").replace('}', "");
        let expected: String = attack
            .chars()
            .map(|c| match c {
                '\n' | '\r' | '\t' => c.to_string(),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => c.escape_unicode().to_string(),
                c => c.to_string(),
            })
            .collect();
        assert_eq!(spelt(failure.text().unwrap()), spelt(&expected), "{attack:?}");
        assert_eq!(document.descendants().filter(|node| node.has_tag_name("testcase")).count(), 3);
    }
}

#[test]
fn a_log_of_five_megabytes_is_cut() {
    let mut loud = picture("home/start/anna-desktop", VerdictName::Error);
    loud.message = Some("ä\n".repeat(5_000_000 / 3));
    let xml = of(vec![loud]);
    assert!(xml.len() < 100_000 && faults(&xml).is_empty(), "{} bytes", xml.len());
}

#[test]
fn a_leak_is_a_failure_of_its_own_type() {
    let mut leak = picture("spaces/list/ben-desktop", VerdictName::Leak);
    leak.message = Some("`#invite` is for anna alone, and another viewer's page holds it".into());
    let xml = of(vec![leak]);
    assert!(xml.contains("<failure type=\"leak\" message=\"leak: `#invite` is for anna alone"), "{xml}");
}
