//! The routes, one file each.

mod health;
mod internal;
mod parameters;
mod pull;
mod push;
mod records;
mod shared_stream;
mod stream;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post},
};
use stack_api::{routes as paths, sync::SyncResponse};

use crate::{service::Service, store::Page};

/// Every route of the service.
pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route(paths::SYNC_PUSH, post(push::push))
        .route(paths::SYNC_PULL, get(pull::pull))
        .route(paths::SYNC_RECORDS, get(records::records))
        .route(paths::SYNC_STREAM, get(stream::stream))
        .route(paths::SYNC_SHARED_STREAM, get(shared_stream::shared_stream))
        .route(paths::SYNC_INTERNAL_USER, delete(internal::erase_user))
        .route(paths::SYNC_INTERNAL_SPACE, delete(internal::erase_space))
        .route(paths::HEALTH, get(health::health))
        .with_state(service)
}

/// The answer of push and pull.
fn answer(page: &Page) -> axum::response::Response {
    use axum::response::IntoResponse;
    let changes: Vec<_> = page.changes.iter().map(|change| change.as_json()).collect();
    let answer = SyncResponse {
        server_changes: changes.clone(),
        changes,
        conflicts: Vec::new(),
        synced_until: page.until.to_string(),
        has_more: page.has_more,
    };
    axum::Json(answer).into_response()
}
