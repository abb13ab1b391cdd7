//! A piece of work: the request it is for, and the span that its logs and its trace are in.

use http::HeaderMap;
use opentelemetry::{propagation::TextMapPropagator as _, trace::Status};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::RequestId;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Work for one request. Clones are the same work: hand one along where it goes on in another task.
#[derive(Debug, Clone)]
pub struct Work {
    id: RequestId,
    span: Span,
}

impl Work {
    /// Work for a request that came in; `name` says what is done, never for whom.
    #[must_use]
    pub fn of(headers: &HeaderMap, service: &'static str, name: &str) -> Self {
        let work = Self::begun(RequestId::of(headers), service, name, "server");
        let caller = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // Refused where no trace is collected, and then there is nothing to be part of.
        let _no_collector = work.span.set_parent(caller);
        work
    }

    /// Work that nobody asked for by a request.
    #[must_use]
    pub fn own(service: &'static str, name: &str) -> Self {
        Self::begun(RequestId::made(), service, name, "internal")
    }

    fn begun(id: RequestId, service: &'static str, name: &str, kind: &'static str) -> Self {
        // Of the highest level, so that whatever line is logged inside is logged with the id.
        let span = tracing::error_span!("work", service, request_id = %id, "otel.name" = name, "otel.kind" = kind);
        Self { id, span }
    }

    /// The id of its request.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.id
    }

    /// Tells the trace one thing about the work; logs do not repeat it.
    pub fn note(&self, name: &'static str, value: impl Into<opentelemetry::Value>) {
        self.span.set_attribute(name, value);
    }

    /// Tells the trace that the work failed.
    pub fn failed(&self, why: &'static str) {
        self.span.set_status(Status::error(why));
    }

    /// Does `future` as part of this work.
    pub async fn run<F: Future>(&self, future: F) -> F::Output {
        CURRENT.scope(self.id.clone(), future).instrument(self.span.clone()).await
    }

    /// The id of the request that the running task works for.
    #[must_use]
    pub fn current() -> Option<RequestId> {
        CURRENT.try_with(Clone::clone).ok()
    }
}
