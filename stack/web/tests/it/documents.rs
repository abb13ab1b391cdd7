//! The two documents and the style sheets: nothing inline, no link into nothing.

use axum::http::StatusCode;

use crate::app::{between, every_file, files, get};

#[test]
fn the_documents_hold_no_inline_script_or_style() {
    for (path, text) in files("html") {
        for script in between(&text, "<script", "</script>") {
            let (attributes, content) = script.split_once('>').unwrap();
            assert!(attributes.contains("src=\"/") && content.is_empty(), "{path}: {script}");
        }
        for forbidden in ["<style", " style=", "javascript:", "http-equiv"] {
            assert!(!text.contains(forbidden), "{path} holds {forbidden}");
        }
        let handler = text.split_whitespace().find(|word| word.starts_with("on") && word.contains("=\""));
        assert_eq!(handler, None, "{path}");
    }
}

#[tokio::test]
async fn everything_a_document_or_a_style_sheet_names_is_there() {
    for (path, text) in files("html") {
        for target in [between(&text, "href=\"", "\""), between(&text, "src=\"", "\"")].concat() {
            assert_eq!(get(target).await.status, StatusCode::OK, "{path} names {target}");
        }
    }
    for (path, text) in files("css") {
        for target in between(&text, "url(\"", "\")") {
            assert_eq!(get(target).await.status, StatusCode::OK, "{path} names {target}");
        }
        assert!(!text.contains("@import"), "{path}: an imported sheet is found one round trip late");
    }
}

#[test]
fn the_app_links_every_style_sheet_and_preloads_every_module() {
    let documents = files("html");
    let (_, index) = documents.iter().find(|(path, _)| path == "/index.html").unwrap();
    for path in every_file() {
        let link = match path.rsplit_once('.').unwrap().1 {
            "css" => format!("<link rel=\"stylesheet\" href=\"{path}\" />"),
            "js" if path != "/main.js" => format!("<link rel=\"modulepreload\" href=\"{path}\" />"),
            _ => continue,
        };
        assert!(index.contains(&link), "index.html lacks {link}");
    }
}

#[test]
fn every_font_family_comes_with_its_licence() {
    let paths = every_file();
    let fonts: Vec<_> = paths.iter().filter(|path| path.ends_with(".woff2")).collect();
    assert!(!fonts.is_empty());
    for font in fonts {
        let family = font.split("-latin").next().unwrap();
        assert!(paths.contains(&format!("{family}-LICENSE.txt")), "{font} has no licence beside it");
    }
}
