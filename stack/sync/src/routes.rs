//! The routes, one file each.

mod internal;
mod parameters;
mod pull;
mod push;
mod records;
mod shared_stream;
mod socket;
mod stream;

use std::sync::Arc;

use axum::Router;
use stack_api::{openapi, routes as paths, sync::SyncResponse};
use stack_http::Routes;

use crate::{service::Service, store::Page};

/// The routes and the document that tells of them.
pub(crate) fn router(service: Arc<Service>) -> Router {
    routes().into_router(&openapi::sync()).with_state(service)
}

fn routes() -> Routes<Arc<Service>> {
    Routes::default()
        .post(paths::SYNC_PUSH, push::push)
        .get(paths::SYNC_PULL, pull::pull)
        .get(paths::SYNC_RECORDS, records::records)
        .get(paths::SYNC_STREAM, stream::stream)
        .get(paths::SYNC_SHARED_STREAM, shared_stream::shared_stream)
        .get(paths::SYNC_SOCKET, socket::every_app)
        .get(paths::SYNC_SOCKET_OF_APP, socket::one_app)
        .post(paths::SYNC_INTERNAL_COMPACT, internal::compact)
        .delete(paths::SYNC_INTERNAL_USER, internal::erase_user)
        .delete(paths::SYNC_INTERNAL_SPACE, internal::erase_space)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_is_what_the_document_says() {
        let mut documented: Vec<_> = openapi::sync_operations().iter().map(openapi::Operation::route).collect();
        let mut served = routes().served().to_vec();
        documented.sort();
        served.sort();
        assert_eq!(served, documented);
    }
}
