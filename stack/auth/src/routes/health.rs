//! `GET /health`.

use axum::{Json, extract::State};
use stack_api::Health;

use crate::{
    app::App,
    refusal::{Refusal, fault},
};

/// Healthy is who can ask the database something.
pub(crate) async fn health(State(app): State<App>) -> Result<Json<Health>, Refusal> {
    sqlx::query("SELECT 1").execute(app.db.pool()).await.map_err(fault("asking the database whether it is there"))?;
    Ok(Json(Health::ok("auth")))
}
