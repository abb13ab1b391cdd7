//! What is done around every request: it gets its id, its place in the logs and the trace, and is counted.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use stack_trace::{RequestId, Work};

use super::{Operations, metrics::method_label};

/// The route of a request that no route knows.
const UNMATCHED: &str = "unmatched";

pub(super) async fn watched(
    State(Operations(operations)): State<Operations>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = method_label(request.method());
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let work = Work::of(request.headers(), operations.service, &format!("{method} {route}"));
    work.note("http.request.method", method);
    work.note("http.route", route.to_owned());
    // For handlers whose work goes on in another task.
    request.extensions_mut().insert(work.clone());

    let began = Instant::now();
    let mut response = work.run(next.run(request)).await;
    let (status, took) = (response.status(), began.elapsed());
    operations.metrics.answered(method, route, status, took);
    work.note("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        work.failed("the answer is a fault of the service");
    }
    work.run(async { tracing::debug!(method, route, status = status.as_u16(), ms = took.as_millis(), "answered") })
        .await;
    response.headers_mut().insert(RequestId::HEADER, work.id().header_value());
    response
}
