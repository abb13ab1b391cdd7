//! A service's routes, each written down as it is added, so that a test can hold them against the wire's document.

use axum::{
    Router,
    body::Bytes,
    handler::Handler,
    http::header,
    routing::{MethodRouter, delete, get, post},
};
use serde_json::Value;
use stack_api::{openapi::Method, routes::OPENAPI};

/// A router that knows what it serves.
pub struct Routes<S> {
    router: Router<S>,
    served: Vec<(Method, &'static str)>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), served: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// `GET path`.
    #[must_use]
    pub fn get<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::Get, path, get(handler))
    }

    /// `POST path`.
    #[must_use]
    pub fn post<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::Post, path, post(handler))
    }

    /// `DELETE path`.
    #[must_use]
    pub fn delete<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.add(Method::Delete, path, delete(handler))
    }

    /// What is served, the document of it left out.
    #[must_use]
    pub fn served(&self) -> &[(Method, &'static str)] {
        &self.served
    }

    /// The router, which serves this document at `/openapi.json` too.
    pub fn into_router(self, document: &Value) -> Router<S> {
        let text = Bytes::from(document.to_string());
        self.router.route(OPENAPI, get(async move || ([(header::CONTENT_TYPE, "application/json")], text)))
    }

    fn add(mut self, method: Method, path: &'static str, handler: MethodRouter<S>) -> Self {
        self.served.push((method, path));
        self.router = self.router.route(path, handler);
        self
    }
}
