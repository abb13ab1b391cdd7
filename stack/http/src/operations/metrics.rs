//! Requests in figures that Prometheus reads.
//!
//! Labels are few and known beforehand: the route's pattern, not its path; no id, no address, nothing a caller chose.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::http::{HeaderName, Method, StatusCode, header};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

pub(super) const CONTENT_TYPE: [(HeaderName, &str); 1] =
    [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];

const REQUESTS: &str = "http_requests_total";
const DURATION: &str = "http_request_duration_seconds";
/// Upper bounds of the histogram, in seconds: from a cached answer to one that nobody waits for any more.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Samples are folded into the histogram when somebody reads it, and after this many requests when nobody does.
const FOLD_AFTER: u64 = 1024;

/// One service's figures. A recorder of its own, as several services may live in one process.
pub(super) struct Metrics {
    recorder: PrometheusRecorder,
    seen: AtomicU64,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).expect("there are buckets");
        let recorder = builder.build_recorder();
        with_local_recorder(&recorder, || {
            describe_counter!(REQUESTS, "Requests that were answered, by method, route and status.");
            describe_histogram!(DURATION, Unit::Seconds, "Time to the head of the answer, by method and route.");
        });
        Self { recorder, seen: AtomicU64::new(0) }
    }

    pub(super) fn answered(&self, method: &'static str, route: &str, status: StatusCode, took: Duration) {
        with_local_recorder(&self.recorder, || {
            let status = status.as_str().to_owned();
            counter!(REQUESTS, "method" => method, "route" => route.to_owned(), "status" => status).increment(1);
            histogram!(DURATION, "method" => method, "route" => route.to_owned()).record(took);
        });
        if self.seen.fetch_add(1, Ordering::Relaxed) % FOLD_AFTER == FOLD_AFTER - 1 {
            self.recorder.handle().run_upkeep();
        }
    }

    pub(super) fn render(&self) -> String {
        self.recorder.handle().render()
    }
}

/// The method's name, if it is one that services know: whoever calls may invent others without end.
pub(super) fn method_label(method: &Method) -> &'static str {
    const KNOWN: [(&Method, &str); 7] = [
        (&Method::GET, "GET"),
        (&Method::POST, "POST"),
        (&Method::PUT, "PUT"),
        (&Method::PATCH, "PATCH"),
        (&Method::DELETE, "DELETE"),
        (&Method::HEAD, "HEAD"),
        (&Method::OPTIONS, "OPTIONS"),
    ];
    KNOWN.into_iter().find(|(known, _)| *known == method).map_or("OTHER", |(_, name)| name)
}
