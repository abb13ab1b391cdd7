//! The runner's routes. Those under `/diag` are for developers and do not exist in production.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;
use stack_api::{Health, personas::EMAIL_DOMAIN, routes, runner::DiagLogin};

use crate::{
    login::log_in,
    tick::{Runner, TickError},
};

/// `GET` figures for Prometheus.
const METRICS: &str = "/metrics";

pub(crate) fn router(runner: Arc<Runner>) -> Router {
    let open = Router::new().route(routes::HEALTH, get(health)).route(METRICS, get(metrics));
    let diagnostics = || Router::new().route(routes::DIAG_TICK, post(tick)).route(routes::DIAG_LOGIN, get(login));
    let router = if runner.config.production { open } else { open.merge(diagnostics()) };
    router.with_state(runner)
}

async fn health() -> Json<Health> {
    Json(Health::ok("runner"))
}

async fn metrics(State(runner): State<Arc<Runner>>) -> Response {
    let text = runner.metrics.render(runner.player.name());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Plays a tick and gives its report. While another one runs, this one waits and then plays who is still due.
async fn tick(State(runner): State<Arc<Runner>>) -> Response {
    match runner.tick_now().await {
        Ok(report) => Json(report).into_response(),
        Err(error) => {
            let status = match error {
                TickError::NoServiceKey | TickError::Stopping => StatusCode::SERVICE_UNAVAILABLE,
                TickError::Due(_) => StatusCode::BAD_GATEWAY,
                TickError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            refusal(status, &error.to_string())
        }
    }
}

#[derive(Deserialize)]
struct LoginQuery {
    email: Option<String>,
}

/// Whether the runner can log this persona in.
async fn login(State(runner): State<Arc<Runner>>, Query(query): Query<LoginQuery>) -> Response {
    let Some(email) = query.email.filter(|email| !email.is_empty()) else {
        return refusal(StatusCode::BAD_REQUEST, "email is missing; ask /diag/login?email=persona.anna@mana.test");
    };
    if !email.ends_with(EMAIL_DOMAIN) {
        return refusal(StatusCode::BAD_REQUEST, &format!("email is {email}; a persona's ends with {EMAIL_DOMAIN}"));
    }
    match log_in(&runner.auth, &email, &runner.config.seed_secret).await {
        Ok(persona) => {
            Json(DiagLogin { ok: true, user_id: persona.user_id, space_id: persona.space_id }).into_response()
        }
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &format!("{email} {error}")),
    }
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "ok": false, "error": error }))).into_response()
}
