//! The JavaScript: what it imports, what it must not use, and the facts it shares with the rest of the stack.

use axum::http::StatusCode;
use stack_api::{pages, test_ids};
use url::Url;

use crate::app::{between, files, get};

#[tokio::test]
async fn every_import_resolves_to_an_embedded_module() {
    for (path, text) in files("js") {
        let here = Url::parse(&format!("http://web{path}")).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('*')) {
            for target in between(line, " from '", "'") {
                assert!(target.starts_with('.'), "{path} imports {target}: only own modules, by relative paths");
                let resolved = here.join(target).unwrap();
                let answer = get(resolved.path()).await;
                assert_eq!(answer.status, StatusCode::OK, "{path} imports {target}");
                assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
            }
        }
    }
}

#[test]
fn no_module_turns_text_into_markup_or_code() {
    let forbidden = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "setHTML",
        "document.write",
        "createContextualFragment",
        "DOMParser",
        "srcdoc",
        "eval(",
        "Function(",
        "setAttribute('style",
        "cssText",
    ];
    for (path, text) in files("js") {
        for word in forbidden {
            assert!(!text.contains(word), "{path} uses {word}");
        }
    }
}

#[test]
fn the_pages_test_ids_are_the_ones_that_flows_look_for() {
    let ids = [
        ("LIVE_TIME", test_ids::LIVE_TIME),
        ("PAGE", test_ids::PAGE),
        ("GREETING", test_ids::GREETING),
        ("CARD", test_ids::CARD),
        ("TASK", test_ids::TASK),
        ("NOTE", test_ids::NOTE),
        ("JOURNAL_ENTRY", test_ids::JOURNAL_ENTRY),
        ("HABIT", test_ids::HABIT),
        ("EVENT", test_ids::EVENT),
        ("CONTACT", test_ids::CONTACT),
        ("MOOD", test_ids::MOOD),
        ("ARTICLE", test_ids::ARTICLE),
        ("GOAL", test_ids::GOAL),
        ("INVOICE", test_ids::INVOICE),
        ("PERSONA", test_ids::PERSONA),
        ("EMPTY", test_ids::EMPTY),
        ("SIGN_IN", test_ids::SIGN_IN),
        ("SIGN_IN_ERROR", test_ids::SIGN_IN_ERROR),
        ("ADD_TASK", test_ids::ADD_TASK),
        ("TASK_LINK", test_ids::TASK_LINK),
        ("TASK_DETAIL", test_ids::TASK_DETAIL),
        ("COMPLETE", test_ids::COMPLETE),
        ("NOTE_LINK", test_ids::NOTE_LINK),
        ("NOTE_DETAIL", test_ids::NOTE_DETAIL),
        ("NOTES_SEARCH", test_ids::NOTES_SEARCH),
        ("WRITE_ENTRY", test_ids::WRITE_ENTRY),
        ("ENTRY_TITLE", test_ids::ENTRY_TITLE),
        ("ENTRY_TEXT", test_ids::ENTRY_TEXT),
        ("ENTRY_MOOD", test_ids::ENTRY_MOOD),
        ("SAVE_ENTRY", test_ids::SAVE_ENTRY),
        ("ADD_HABIT", test_ids::ADD_HABIT),
        ("ARCHIVE_HABIT", test_ids::ARCHIVE_HABIT),
        ("ARCHIVED_HABIT", test_ids::ARCHIVED_HABIT),
        ("SPACE", test_ids::SPACE),
        ("INVITE", test_ids::INVITE),
        ("ADMINISTRATION", test_ids::ADMINISTRATION),
        ("EMAIL", test_ids::EMAIL),
        ("PASSWORD", test_ids::PASSWORD),
        ("SUBMIT", test_ids::SUBMIT),
        ("OFFLINE", test_ids::OFFLINE),
        ("TROUBLE", test_ids::TROUBLE),
    ];
    let modules = files("js");
    let (_, text) = modules.iter().find(|(path, _)| path == "/test-ids.js").unwrap();
    let written: Vec<_> = between(text, "export const ", ";").iter().map(|line| line.replace('\'', "")).collect();
    let expected: Vec<_> = ids.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    assert_eq!(written, expected);
}

#[test]
fn every_page_has_a_module_and_every_page_in_the_navigation_a_drawing() {
    let modules = files("js");
    let (_, icons) = modules.iter().find(|(path, _)| path == "/art/icons.js").unwrap();
    for page in pages::ALL {
        assert!(modules.iter().any(|(path, _)| *path == format!("/pages/{}.js", page.module)), "{}", page.module);
        let drawing = format!("\n  {}:", page.module);
        assert!(!page.navigation || icons.contains(&drawing), "no drawing for {}", page.module);
    }
}
