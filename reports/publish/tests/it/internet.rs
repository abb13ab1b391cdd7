//! A server that is a bucket below `/bucket/` and a webhook at `/hook`, and fails as often as it is told to.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    routing::{post, put},
};
use serde_json::Value;

/// What a client sent.
#[derive(Clone, Default)]
pub(crate) struct Internet {
    /// Objects by key: content type and length.
    pub(crate) objects: Arc<Mutex<BTreeMap<String, (String, usize)>>>,
    /// The order in which objects came.
    pub(crate) order: Arc<Mutex<Vec<String>>>,
    pub(crate) posted: Arc<Mutex<Vec<Value>>>,
    /// How many requests fail before one is answered.
    pub(crate) faults: Arc<AtomicU32>,
    /// What a failing request is answered with.
    pub(crate) fault: Arc<Mutex<StatusCode>>,
}

impl Internet {
    pub(crate) async fn start() -> (Self, String) {
        let internet = Self::default();
        internet.fails(0, StatusCode::SERVICE_UNAVAILABLE);
        let routes = Router::new()
            .route("/bucket/{*key}", put(store))
            .route("/hook", post(hook))
            .layer(DefaultBodyLimit::disable())
            .with_state(internet.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (internet, address)
    }

    pub(crate) fn fails(&self, times: u32, with: StatusCode) {
        self.faults.store(times, Ordering::SeqCst);
        *self.fault.lock().unwrap() = with;
    }

    fn fault(&self) -> Result<(), StatusCode> {
        let left = self.faults.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Err(*self.fault.lock().unwrap()) } else { Ok(()) }
    }
}

async fn store(
    State(internet): State<Internet>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<HeaderMap, StatusCode> {
    internet.fault()?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    if !header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=key/") {
        return Err(StatusCode::FORBIDDEN);
    }
    internet.order.lock().unwrap().push(key.clone());
    internet.objects.lock().unwrap().insert(key, (header("content-type"), body.len()));
    Ok(HeaderMap::from_iter([(axum::http::header::ETAG, "\"x\"".parse().unwrap())]))
}

async fn hook(State(internet): State<Internet>, body: Bytes) -> Result<(), StatusCode> {
    internet.fault()?;
    internet.posted.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    Ok(())
}
