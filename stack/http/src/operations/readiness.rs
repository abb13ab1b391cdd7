//! Whether a service has what it needs: asked when somebody asks, and never for long.

use std::{pin::Pin, sync::Arc, time::Duration};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use stack_api::{Check, Readiness, routes};
use url::Url;

use crate::Database;

/// How long one need may take to answer. Whoever asks asks again soon.
const PATIENCE: Duration = Duration::from_secs(2);

type Asked = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Something without which a service cannot do its work.
#[derive(Clone)]
pub struct Need {
    name: &'static str,
    ask: Arc<dyn Fn() -> Asked + Send + Sync>,
}

impl Need {
    /// The database that the service keeps its tables in.
    #[must_use]
    pub fn database(database: &Database) -> Self {
        let database = database.clone();
        Self::new("database", move || {
            let database = database.clone();
            async move {
                let asked = sqlx::query("SELECT 1").execute(database.pool()).await;
                asked.map(drop).map_err(|error| error.to_string())
            }
        })
    }

    /// Another service, called `name`, at this base URL. That it lives is enough: were it to be ready, one database
    /// that is gone would make every service unready.
    ///
    /// # Panics
    /// When the base URL cannot have a path, such as `mailto:`.
    #[must_use]
    pub fn service(name: &'static str, base: &Url, http: reqwest::Client) -> Self {
        let url = base.join(routes::HEALTH).expect("a service's base URL takes a path");
        Self::new(name, move || {
            let asked = stack_trace::carry(http.get(url.clone())).send();
            async move {
                let answer = asked.await.and_then(reqwest::Response::error_for_status);
                answer.map(drop).map_err(|error| error.to_string())
            }
        })
    }

    fn new<F>(name: &'static str, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { name, ask: Arc::new(move || Box::pin(ask())) }
    }

    /// The log learns why; the caller, who may be anybody, only what.
    async fn check(&self) -> Check {
        let fault = match tokio::time::timeout(PATIENCE, (self.ask)()).await {
            Ok(Ok(())) => None,
            Ok(Err(reason)) => Some(reason),
            Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        if let Some(reason) = &fault {
            tracing::warn!(need = self.name, reason, "not ready");
        }
        Check { name: self.name.to_owned(), status: status(fault.is_none()).to_owned() }
    }
}

/// 200 when every need is met, else 503.
pub(super) async fn answer(service: &str, needs: &[Need]) -> Response {
    let mut checks = Vec::with_capacity(needs.len());
    let asked: Vec<_> = needs.iter().cloned().map(|need| tokio::spawn(async move { need.check().await })).collect();
    for (need, asked) in needs.iter().zip(asked) {
        let broken = || Check { name: need.name.to_owned(), status: status(false).to_owned() };
        checks.push(asked.await.unwrap_or_else(|_| broken()));
    }
    let ready = checks.iter().all(|check| check.status == status(true));
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(Readiness { status: status(ready).to_owned(), service: service.to_owned(), checks })).into_response()
}

fn status(good: bool) -> &'static str {
    if good { stack_api::health::OK } else { stack_api::health::UNAVAILABLE }
}
