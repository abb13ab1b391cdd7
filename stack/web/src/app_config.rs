//! `/config.json`: what the app in the browser must know before its first request.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use stack_api::collections::{self, Collection};
use stack_api::pages::{self, Page};
use url::Url;

use crate::Config;

/// The body of [`pages::APP_CONFIG`].
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppConfig {
    auth_url: String,
    sync_url: String,
    collections: &'static [Collection],
    pages: &'static [Page],
}

impl AppConfig {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            auth_url: without_slash(&config.auth_url),
            sync_url: without_slash(&config.sync_url),
            collections: collections::ALL,
            pages: pages::ALL,
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Json(self).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

/// The app appends paths that begin with a slash, so a base URL ends without one.
fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}
