//! The pages: a web server that hands out the embedded app and tells it where the other services are.
//!
//! [`router`] is the whole of it. The server keeps no state and speaks to no other service: signing in, syncing and
//! decrypting happen in the browser. It must never see a token, a key or a record.

mod app_config;
mod assets;
mod security;

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use stack_api::pages;
use stack_http::Operations;
use url::Url;

/// Where the pages find the services they talk to.
#[derive(Debug, Clone)]
pub struct Config {
    /// Base URL of auth, as the browser reaches it.
    pub auth_url: Url,
    /// Base URL of sync, as the browser reaches it.
    pub sync_url: Url,
    /// Serve the app's files from this folder instead of the built-in ones.
    pub files: Option<PathBuf>,
}

/// The web server's routes; building them does no I/O.
///
/// # Examples
/// ```
/// # use url::Url;
/// let auth_url = Url::parse("http://localhost:3001").expect("a URL");
/// let sync_url = Url::parse("http://localhost:3050").expect("a URL");
/// let app = stack_web::router(stack_web::Config { auth_url, sync_url, files: None });
/// ```
pub fn router(config: Config) -> Router {
    let headers = Arc::new(security::headers(&config));
    let app_config = app_config::AppConfig::new(&config);
    let files = assets::Files::new(config.files);
    // The server asks nobody for anything, so it is ready when it lives.
    let operations = Operations::new("web", Vec::new());
    let mut router = Router::new()
        .merge(operations.routes())
        .route(pages::APP_CONFIG, get(async move || app_config.into_response()));
    for page in pages::ALL {
        let files = files.clone();
        router = router.route(page.path, get(async move |headers: HeaderMap| files.index(&headers)));
    }
    let router = router.fallback(async move |request: Request| files.file_or_not_found(&request)).layer(
        middleware::map_response(move |response: Response| {
            let headers = Arc::clone(&headers);
            async move { security::apply(&headers, response) }
        }),
    );
    operations.watch(router)
}
