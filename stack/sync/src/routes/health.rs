//! `GET /health`.

use axum::Json;
use stack_api::Health;

pub(super) async fn health() -> Json<Health> {
    Json(Health::ok("sync"))
}
