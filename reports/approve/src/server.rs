//! The review server: the report on loopback, with keys to accept and refuse.
//!
//! It writes baselines, so it trusts nobody but the browser that was handed its address. The address holds a token that
//! only this run of the server knows; the page trades it for a cookie that no other site's requests carry. What changes
//! something must also come from the page itself: its own origin, the token in a header that no form can set, JSON. The
//! host is checked, so that a name that somebody points at loopback leads nowhere. Only files that the run names are
//! handed out, and what is written is the desk's to decide.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use harness_model::SnapshotKey;
use reports_render::{Review, is_within, review_page};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;

use crate::{ApproveError, Decided, Desk, Outcome};

const COOKIE: &str = "beholder-review";
const TOKEN_HEADER: &str = "x-beholder-token";
/// A request names pictures and a reason, no more.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// A server that listens and does not answer yet.
pub struct Server {
    listener: TcpListener,
    shared: Shared,
}

#[derive(Clone)]
struct Shared {
    desk: Arc<Mutex<Desk>>,
    token: Arc<str>,
    address: SocketAddr,
}

impl Server {
    /// Listens on loopback; on a free port where `port` is 0.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn bind(desk: Desk, port: u16) -> Result<Self, ApproveError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |source| ApproveError::Listen { address: wanted.to_string(), source };
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        // 122 random bits of the system's.
        let token = uuid::Uuid::new_v4().simple().to_string().into();
        Ok(Self { listener, shared: Shared { desk: Arc::new(Mutex::new(desk)), token, address } })
    }

    /// The address to open, with its token.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/?token={}", self.shared.address, self.shared.token)
    }

    /// Answers until `end` is ready.
    ///
    /// # Errors
    /// When the system stops it from answering.
    pub async fn run(self, end: impl Future<Output = ()> + Send + 'static) -> Result<(), ApproveError> {
        let address = self.shared.address.to_string();
        let routes = Router::new()
            .route("/api/review", post(decide))
            .route("/report/", get(page))
            .fallback(get(file))
            .layer(middleware::from_fn_with_state(self.shared.clone(), within_the_session))
            .route("/", get(enter))
            .layer(middleware::from_fn_with_state(self.shared.clone(), own_host))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .with_state(self.shared);
        let served = axum::serve(self.listener, routes).with_graceful_shutdown(end).await;
        served.map_err(|source| ApproveError::Listen { address, source })
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().expect("no panic happens under this lock")
    }

    fn is_token(&self, told: &str) -> bool {
        told.as_bytes().ct_eq(self.token.as_bytes()).into()
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == COOKIE && self.is_token(value))
    }

    fn is_own_page(&self, headers: &HeaderMap) -> bool {
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let origin = text(header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        let token = headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
        origin.is_some_and(|host| self.is_own_host(host)) && token.is_some_and(|token| self.is_token(token))
    }

    fn is_own_host(&self, host: &str) -> bool {
        host == self.address.to_string() || host == format!("localhost:{}", self.address.port())
    }
}

/// Nothing is answered under a foreign name.
async fn own_host(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !shared.is_own_host(host) {
        return refused("this server answers on loopback only");
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// Nothing but the way in is answered to a stranger.
async fn within_the_session(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if shared.has_cookie(request.headers()) {
        next.run(request).await
    } else {
        refused("open the address that `cargo xtask approve --serve` printed")
    }
}

fn refused(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    token: String,
}

/// Trades the token for a cookie and leaves the address without it.
async fn enter(State(shared): State<Shared>, Query(entry): Query<Entry>) -> Response {
    if !shared.is_token(&entry.token) {
        return refused("open the address that `cargo xtask approve --serve` printed");
    }
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", shared.token);
    ([(header::SET_COOKIE, cookie)], Redirect::to("/report/")).into_response()
}

/// The report, with what was decided.
async fn page(State(shared): State<Shared>) -> Response {
    let desk = shared.desk();
    let decided = serde_json::to_value(desk.decided()).expect("decisions are names and texts");
    let page = review_page(desk.run(), &Review { token: shared.token.to_string(), decided });
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// A picture that the run names.
async fn file(State(shared): State<Shared>, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/').to_owned();
    let found = {
        let desk = shared.desk();
        let mut named = desk.run().pictures.iter().flat_map(|picture| {
            let images = &picture.images;
            [&images.expected, &images.actual, &images.diff].into_iter().flatten()
        });
        named.any(|file| *file == path && is_within(file)).then(|| desk.folder().join(&path))
    };
    let bytes = match found {
        Some(path) => tokio::fs::read(path).await.ok(),
        None => None,
    };
    match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, "image/png")], Body::from(bytes)).into_response(),
        None => (StatusCode::NOT_FOUND, "the run has no such picture").into_response(),
    }
}

/// What the page asks for.
#[derive(Deserialize)]
struct Wish {
    act: Act,
    /// Pictures' names, as texts: one that is no name is refused in words.
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Accept,
    Refuse,
    Undo,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    outcome: Outcome,
    decided: BTreeMap<SnapshotKey, Decided>,
}

async fn decide(State(shared): State<Shared>, headers: HeaderMap, Json(wish): Json<Wish>) -> Response {
    if !shared.is_own_page(&headers) {
        return refused("only the review page itself may decide");
    }
    let done = tokio::task::spawn_blocking(move || {
        let keys = wish.keys.iter().map(|key| key.parse()).collect::<Result<Vec<SnapshotKey>, _>>();
        let keys = keys.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        let mut desk = shared.desk();
        let outcome = match wish.act {
            Act::Accept => desk.accept(&keys, &wish.reason),
            Act::Refuse => desk.refuse(&keys, &wish.reason),
            Act::Undo => desk.undo(),
        };
        let outcome = outcome.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        Ok::<_, (StatusCode, String)>(Answer { outcome, decided: desk.decided().clone() })
    });
    match done.await.expect("deciding does not panic") {
        Ok(answer) => Json(answer).into_response(),
        Err((status, why)) => (status, why).into_response(),
    }
}
