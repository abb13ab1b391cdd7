//! What goes out with a call to another service: the request's id and its place in the trace.

use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{RequestId, Work};

/// The call with the headers of [`outgoing`].
pub fn carry(call: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    call.headers(outgoing())
}

/// The headers that tell another service for which request it is called: none outside of any [`Work`].
#[must_use]
pub fn outgoing() -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(id) = Work::current() {
        headers.insert(RequestId::HEADER, id.header_value());
    }
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut HeaderInjector(&mut headers));
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_carries_the_id_of_the_request_it_is_for() {
        assert!(outgoing().is_empty(), "nobody's work carries nothing");
        let mut came = HeaderMap::new();
        came.insert(RequestId::HEADER, "from-outside".parse().unwrap());
        let work = Work::of(&came, "test", "GET /");
        let call = work.run(async { carry(reqwest::Client::new().get("http://localhost/")).build().unwrap() }).await;
        assert_eq!(call.headers()[RequestId::HEADER], "from-outside");
        let elsewhere = work.clone();
        let in_a_task = tokio::spawn(async move { elsewhere.run(async { outgoing() }).await }).await.unwrap();
        assert_eq!(in_a_task[RequestId::HEADER], "from-outside");
        assert!(outgoing().is_empty());
    }
}
