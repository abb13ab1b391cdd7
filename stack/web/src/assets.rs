//! The files of the app and the answers made of them: those of `app/`, embedded, or those of another folder.
//!
//! A build without optimisation reads the files from the source folder at each request, so an edit shows on reload; a
//! release build carries them inside. Every file has an `ETag` and is checked at each use: names hold no hash, and a
//! page must never run yesterday's module with today's style.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use rust_embed::utils::read_file_from_fs;
use rust_embed::{EmbeddedFile, RustEmbed};

const INDEX: &str = "index.html";
const NOT_FOUND: &str = "not-found.html";

#[derive(RustEmbed)]
#[folder = "app/"]
struct App;

/// Where the app's files come from.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// Instead of the embedded ones.
    folder: Option<Arc<Path>>,
}

impl Files {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder: folder.map(Arc::from) }
    }

    /// The one document behind every page of the app.
    pub(crate) fn index(&self, headers: &HeaderMap) -> Response {
        self.document(INDEX, StatusCode::OK, headers)
    }

    /// The file that the path names, or the page that says there is none.
    pub(crate) fn file_or_not_found(&self, request: &Request<Body>) -> Response {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
        }
        let path = request.uri().path().trim_start_matches('/');
        match self.get(path) {
            // The documents are reached by the pages' own paths.
            Some(file) if !is_document(path) => answer(path, &file, StatusCode::OK, request.headers()),
            _ => self.document(NOT_FOUND, StatusCode::NOT_FOUND, request.headers()),
        }
    }

    fn get(&self, path: &str) -> Option<EmbeddedFile> {
        let Some(folder) = &self.folder else { return App::get(path) };
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        // A path of plain names cannot leave the folder.
        Path::new(path)
            .components()
            .all(plain)
            .then(|| folder.join(path))
            .and_then(|file| read_file_from_fs(&file).ok())
    }

    fn document(&self, name: &str, status: StatusCode, request: &HeaderMap) -> Response {
        match self.get(name) {
            Some(file) => answer(name, &file, status, request),
            // Only a source folder or a folder of one's own that lacks the file comes here.
            None => (StatusCode::INTERNAL_SERVER_ERROR, format!("the app's file {name} is missing")).into_response(),
        }
    }
}

fn is_document(path: &str) -> bool {
    path.ends_with(".html")
}

fn answer(path: &str, file: &EmbeddedFile, status: StatusCode, request: &HeaderMap) -> Response {
    let etag = etag(file);
    let unchanged = status == StatusCode::OK && matches(request, &etag);
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (status, Body::from(file.data.clone().into_owned())).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type(path, file));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, etag);
    response
}

fn etag(file: &EmbeddedFile) -> HeaderValue {
    let mut text = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(16) {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
    }
    text.push('"');
    HeaderValue::from_str(&text).expect("hexadecimal digits and quotes are ASCII")
}

/// Whether the browser's copy is the current one (RFC 9110, 13.1.2: a list, compared weakly).
fn matches(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let tags = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|list| list.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.trim_start_matches("W/").as_bytes() == etag.as_bytes()
    })
}

fn content_type(path: &str, file: &EmbeddedFile) -> HeaderValue {
    let mime = file.metadata.mimetype();
    let text = mime.starts_with("text/") || mime == "image/svg+xml";
    let value = if text { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    HeaderValue::from_str(&value).unwrap_or_else(|_| panic!("MIME type of embedded file {path} is ASCII"))
}
