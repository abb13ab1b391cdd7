//! The server under test and the files it is made of.

use std::fs;
use std::path::{Path, PathBuf};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;
use url::Url;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name}")).to_str().unwrap()
    }
}

pub(crate) async fn get(path: &str) -> Answer {
    send(Request::get(path).body(Body::empty()).unwrap()).await
}

pub(crate) async fn send(request: Request<Body>) -> Answer {
    send_to(None, request).await
}

/// Asks a server that hands out the files of this folder.
pub(crate) async fn get_from(folder: &std::path::Path, path: &str) -> Answer {
    send_to(Some(folder.to_owned()), Request::get(path).body(Body::empty()).unwrap()).await
}

async fn send_to(files: Option<std::path::PathBuf>, request: Request<Body>) -> Answer {
    let config = stack_web::Config {
        auth_url: Url::parse("http://localhost:3001").unwrap(),
        sync_url: Url::parse("http://localhost:3050/").unwrap(),
        files,
    };
    let response = stack_web::router(config).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, usize::MAX).await.unwrap().to_vec() }
}

/// Path and text of every file of the app with this ending, such as `/data/store.js`.
pub(crate) fn files(extension: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("app");
    let found: Vec<_> = walk(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .map(|path| (format!("/{}", path.strip_prefix(&root).unwrap().display()), fs::read_to_string(&path).unwrap()))
        .collect();
    assert!(!found.is_empty(), "no .{extension} file below {}", root.display());
    found
}

/// Path of every file of the app.
pub(crate) fn every_file() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("app");
    walk(&root).iter().map(|path| format!("/{}", path.strip_prefix(&root).unwrap().display())).collect()
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// What stands between `start` and `end`, each time.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split_once(end)).map(|(found, _)| found).collect()
}
