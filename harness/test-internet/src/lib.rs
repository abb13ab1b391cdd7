//! A server on loopback for one test: a bucket below `/bucket/` that speaks as much S3 as the programs here ask for, and
//! a webhook at `/hook`. It fails as often as it is told to, and remembers what it was asked.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

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
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::Value;

pub use axum::http::StatusCode;

/// What names the bucket's server and its credentials, for a program's environment, beside `AWS_ENDPOINT`.
pub const CREDENTIALS: [(&str, &str); 4] = [
    ("AWS_ALLOW_HTTP", "true"),
    ("AWS_ACCESS_KEY_ID", "key"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_REGION", "eu-central-1"),
];

/// An object: its content type and its bytes.
pub type Object = (String, Vec<u8>);

/// The server, as the test sees it. It ends with the test's runtime.
#[derive(Clone, Default)]
pub struct Internet {
    objects: Arc<Mutex<BTreeMap<String, Object>>>,
    asked: Arc<Mutex<Vec<String>>>,
    posted: Arc<Mutex<Vec<Value>>>,
    faults: Arc<AtomicU32>,
    fault: Arc<Mutex<StatusCode>>,
}

impl Internet {
    /// Starts it on a free port and gives its address.
    ///
    /// # Panics
    /// When loopback cannot be listened on.
    pub async fn start() -> (Self, String) {
        let internet = Self::default();
        let routes = Router::new()
            .route("/bucket/{*key}", get(fetch).put(store))
            .route("/hook", post(hook))
            .layer(DefaultBodyLimit::disable())
            .with_state(internet.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (internet, address)
    }

    /// Answers the next `times` requests with this status.
    pub fn fails(&self, times: u32, with: StatusCode) {
        *self.fault.lock().unwrap() = with;
        self.faults.store(times, Ordering::SeqCst);
    }

    /// What the bucket holds, by key.
    #[must_use]
    pub fn objects(&self) -> BTreeMap<String, Object> {
        self.objects.lock().unwrap().clone()
    }

    /// Puts other bytes in an object's place, or takes it away.
    pub fn replace(&self, key: &str, bytes: Option<&[u8]>) {
        let mut objects = self.objects.lock().unwrap();
        match bytes {
            Some(bytes) => drop(objects.insert(key.to_owned(), (String::new(), bytes.to_vec()))),
            None => drop(objects.remove(key)),
        }
    }

    /// What the bucket was asked and answered, in order: `PUT key`, `GET key`.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// What the webhook was told, in order.
    #[must_use]
    pub fn posted(&self) -> Vec<Value> {
        self.posted.lock().unwrap().clone()
    }

    fn fault(&self) -> Result<(), StatusCode> {
        let left = self.faults.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() { Err(*self.fault.lock().unwrap()) } else { Ok(()) }
    }

    /// Notes what is asked; refuses whoever does not sign.
    fn signed(&self, what: &str, key: &str, headers: &HeaderMap) -> Result<(), StatusCode> {
        if !told(headers, header::AUTHORIZATION).starts_with("AWS4-HMAC-SHA256 Credential=key/") {
            return Err(StatusCode::FORBIDDEN);
        }
        self.asked.lock().unwrap().push(format!("{what} {key}"));
        Ok(())
    }
}

fn told(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

async fn store(
    State(internet): State<Internet>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, StatusCode> {
    internet.fault()?;
    internet.signed("PUT", &key, &headers)?;
    let kind = told(&headers, header::CONTENT_TYPE);
    internet.objects.lock().unwrap().insert(key, (kind, body.to_vec()));
    Ok([(header::ETAG, "\"x\"")].into_response())
}

async fn fetch(
    State(internet): State<Internet>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    internet.fault()?;
    internet.signed("GET", &key, &headers)?;
    let found = internet.objects.lock().unwrap().get(&key).cloned();
    let (_, bytes) = found.ok_or(StatusCode::NOT_FOUND)?;
    Ok(([(header::ETAG, "\"x\""), (header::LAST_MODIFIED, "Mon, 02 Mar 2026 18:00:00 GMT")], bytes).into_response())
}

async fn hook(State(internet): State<Internet>, body: Bytes) -> Result<(), StatusCode> {
    internet.fault()?;
    internet.posted.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    Ok(())
}
