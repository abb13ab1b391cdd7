//! The runner's routes. Those under `/diag` are for developers and do not exist in production.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;
use stack_api::{Health, personas::EMAIL_DOMAIN, routes, runner::DiagLogin};
use stack_http::{Need, Operations};

use crate::{
    login::log_in,
    tick::{Runner, TickError},
};

pub(crate) fn router(runner: Arc<Runner>) -> Router {
    let operations = operations(&runner);
    let open = Router::new().merge(operations.routes());
    let diagnostics = || Router::new().route(routes::DIAG_TICK, post(tick)).route(routes::DIAG_LOGIN, get(login));
    let router = if runner.config.production { open } else { open.merge(diagnostics()) };
    operations.watch(router.with_state(runner))
}

fn operations(runner: &Arc<Runner>) -> Operations {
    let (http, config) = (reqwest::Client::new(), &runner.config);
    let needs = [("auth", &config.auth_url), ("mcp", &config.mcp_url)];
    let needs = needs.map(|(name, url)| Need::service(name, url, http.clone()));
    let runner = Arc::clone(runner);
    let counted = move || runner.metrics.render(runner.player.name());
    Operations::telling("runner", Health::ok("runner"), needs.into(), counted)
}

/// Plays a tick and gives its report. While another one runs, this one waits and then plays who is still due.
async fn tick(State(runner): State<Arc<Runner>>) -> Response {
    match runner.tick_now().await {
        Ok(report) => Json(report).into_response(),
        Err(error) => {
            let status = match error {
                TickError::NoServiceKey | TickError::NoModelKey { .. } | TickError::Stopping => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
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
