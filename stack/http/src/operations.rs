//! What operators ask of every service, in one place: whether it lives, whether it is ready, what it did, and which
//! request a line of its log belongs to.

mod metrics;
mod readiness;
mod requests;

use std::sync::Arc;

use axum::{Json, Router, middleware, routing::get};
use stack_api::{Health, routes};
use tower_http::catch_panic::CatchPanicLayer;

use self::metrics::Metrics;
pub use self::readiness::Need;

/// One service's operations; clones share them.
#[derive(Clone)]
pub struct Operations(Arc<Inner>);

struct Inner {
    service: &'static str,
    health: Health,
    needs: Vec<Need>,
    metrics: Metrics,
    counted: Box<dyn Fn() -> String + Send + Sync>,
}

impl Operations {
    /// Those of the service that this health answer names; it is ready while it has what it `needs`.
    #[must_use]
    pub fn new(service: &'static str, needs: Vec<Need>) -> Self {
        Self::telling(service, Health::ok(service), needs, String::new)
    }

    /// As [`Operations::new`], with a health answer of the service's own, and with what it counts itself as Prometheus
    /// reads it.
    #[must_use]
    pub fn telling(
        service: &'static str,
        health: Health,
        needs: Vec<Need>,
        counted: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner { service, health, needs, metrics: Metrics::new(), counted: Box::new(counted) }))
    }

    /// `/health`, `/health/live`, `/health/ready` and `/metrics`, for the service's own layers to go around.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let live = || {
            let Self(inner) = self.clone();
            get(move || std::future::ready(Json(inner.health.clone())))
        };
        let Self(ready) = self.clone();
        let Self(metrics) = self.clone();
        Router::new()
            .route(routes::HEALTH, live())
            .route(routes::HEALTH_LIVE, live())
            .route(routes::HEALTH_READY, get(async move || readiness::answer(ready.service, &ready.needs).await))
            .route(
                routes::METRICS,
                get(async move || (metrics::CONTENT_TYPE, metrics.metrics.render() + &(metrics.counted)())),
            )
    }

    /// Puts request ids, metrics and traces around all routes of a service; the outermost layer there is.
    pub fn watch(&self, router: Router) -> Router {
        // A panic becomes an answer before it is counted.
        let router = router.layer(CatchPanicLayer::new());
        router.layer(middleware::from_fn_with_state(self.clone(), requests::watched))
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        http::{Request, StatusCode},
    };
    use stack_api::Readiness;
    use stack_test_database::TestDatabase;
    use tower::ServiceExt as _;

    use super::*;
    use crate::Database;

    async fn ask(router: &Router, path: &str) -> (StatusCode, String) {
        let answer = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    fn router(needs: Vec<Need>) -> Router {
        let operations = Operations::new("test", needs);
        let own = Router::new().route("/items/{id}", get(async || "item"));
        operations.watch(own.merge(operations.routes()))
    }

    #[tokio::test]
    async fn what_the_wire_s_documents_say_of_every_service_is_served() {
        let router = router(vec![]);
        for operation in stack_api::openapi::every_service() {
            let (_, path) = operation.route();
            assert_eq!(ask(&router, path).await.0, StatusCode::OK, "{path}");
        }
    }

    #[tokio::test]
    async fn a_service_without_its_needs_lives_and_is_not_ready() {
        let fresh = TestDatabase::fresh();
        let database = Database::open(&fresh.url()).await.unwrap();
        let nobody = "http://127.0.0.1:9".parse().unwrap();
        let needs = vec![Need::database(&database), Need::service("auth", &nobody, reqwest::Client::new())];
        let router = router(needs);
        assert_eq!(ask(&router, "/health/live").await.0, StatusCode::OK);
        let (status, body) = ask(&router, "/health/ready").await;
        let body: Readiness = serde_json::from_str(&body).unwrap();
        let checks: Vec<_> = body.checks.iter().map(|check| (check.name.as_str(), check.status.as_str())).collect();
        assert_eq!((status, body.status.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert_eq!(checks, [("database", "ok"), ("auth", "unavailable")]);
        database.close().await;
        let (_, body) = ask(&router, "/health/ready").await;
        assert!(body.contains(r#"{"name":"database","status":"unavailable"}"#), "{body}");
        assert!(!body.contains("127.0.0.1"), "an address inside the stack was told: {body}");
    }

    #[tokio::test]
    async fn requests_are_counted_by_pattern_and_each_service_counts_its_own() {
        let (one, other) = (router(Vec::new()), router(Vec::new()));
        for path in ["/items/a", "/items/b", "/items/persona.anna@mana.test", "/gone"] {
            ask(&one, path).await;
        }
        let (_, figures) = ask(&one, "/metrics").await;
        assert!(
            figures.contains(r#"http_requests_total{method="GET",route="/items/{id}",status="200"} 3"#),
            "{figures}"
        );
        assert!(figures.contains(r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#), "{figures}");
        assert!(
            figures.contains(r#"http_request_duration_seconds_count{method="GET",route="/items/{id}"} 3"#),
            "{figures}"
        );
        assert!(!figures.contains("anna") && !figures.contains("gone"), "{figures}");
        assert!(!ask(&other, "/metrics").await.1.contains("items"));
    }

    #[tokio::test]
    async fn a_method_nobody_knows_makes_no_label() {
        let router = router(Vec::new());
        let strange = Request::builder().method("ANNA").uri("/items/a").body(Body::empty()).unwrap();
        router.clone().oneshot(strange).await.unwrap();
        let (_, figures) = ask(&router, "/metrics").await;
        assert!(figures.contains(r#"method="OTHER""#) && !figures.contains("ANNA"), "{figures}");
    }
}
