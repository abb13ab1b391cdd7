//! A sync service in memory: keeps what is pushed, folds it when asked for records.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stack_api::routes;
use tokio::task::JoinHandle;
use url::Url;

use super::auth::{FAMILY, FakeAuth, personal};

/// One change as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Pushed {
    pub(crate) user: String,
    pub(crate) client: Value,
    pub(crate) app: String,
    pub(crate) change: Value,
}

pub(crate) struct FakeSync {
    pub(crate) url: Url,
    state: Arc<Store>,
    server: JoinHandle<()>,
}

type Caller = Box<dyn Fn(&HeaderMap) -> Option<String> + Send + Sync>;

struct Store {
    caller: Caller,
    pushed: Mutex<Vec<Pushed>>,
}

impl FakeSync {
    pub(crate) async fn start(auth: &FakeAuth) -> Self {
        let state = Arc::new(Store { caller: Box::new(auth.resolver()), pushed: Mutex::default() });
        let router = Router::new()
            .route(routes::SYNC_PUSH, post(push))
            .route(routes::SYNC_RECORDS, get(records))
            .with_state(Arc::clone(&state));
        let (url, server) = super::serve(|_| router).await;
        Self { url, state, server }
    }

    /// Everything that was pushed, oldest first.
    pub(crate) fn pushed(&self) -> Vec<Pushed> {
        self.state.pushed.lock().unwrap().clone()
    }

    /// The one change that was pushed last.
    pub(crate) fn last(&self) -> Pushed {
        self.pushed().pop().expect("something was pushed")
    }

    /// A record that another program of the user's wrote.
    pub(crate) fn insert(&self, app: &str, table: &str, space: &str, id: &str, data: Value) {
        let change = json!({"table": table, "id": id, "op": "insert", "spaceId": space, "data": data});
        let pushed = Pushed { user: "somebody".into(), client: json!("web"), app: app.into(), change };
        self.state.pushed.lock().unwrap().push(pushed);
    }

    pub(crate) fn fall_silent(&self) {
        self.server.abort();
    }
}

fn is_member(user: &str, space: &str) -> bool {
    space == personal(user) || (space == FAMILY && (user == "anna" || user == "ben"))
}

async fn push(
    State(store): State<Arc<Store>>,
    Path(app): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let Some(user) = (store.caller)(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let changes = body["changes"].as_array().unwrap();
    if let Some(foreign) = changes.iter().find(|change| !is_member(&user, change["spaceId"].as_str().unwrap_or(""))) {
        return (StatusCode::FORBIDDEN, format!("not a member of {}", foreign["spaceId"])).into_response();
    }
    let mut pushed = store.pushed.lock().unwrap();
    for change in changes {
        let client = body["clientId"].clone();
        pushed.push(Pushed { user: user.clone(), client, app: app.clone(), change: change.clone() });
    }
    let until = body["since"].clone();
    Json(json!({"serverChanges": [], "changes": [], "conflicts": [], "syncedUntil": until, "hasMore": false}))
        .into_response()
}

#[derive(Deserialize)]
struct Which {
    collection: String,
    space: String,
}

async fn records(
    State(store): State<Arc<Store>>,
    Path(app): Path<String>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Response {
    let Some(user) = (store.caller)(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    if !is_member(&user, &which.space) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let pushed = store.pushed.lock().unwrap();
    let mut order = Vec::new();
    let mut states = BTreeMap::<String, Map<String, Value>>::new();
    for change in pushed.iter().filter(|pushed| pushed.app == app).map(|pushed| &pushed.change) {
        if change["table"] != json!(which.collection) || change["spaceId"] != json!(which.space) {
            continue;
        }
        let id = change["id"].as_str().unwrap().to_owned();
        let state = states.entry(id.clone()).or_default();
        if let Some(data) = change["data"].as_object() {
            order.push(id);
            state.extend(data.clone());
        }
        for (field, set) in change["fields"].as_object().into_iter().flatten() {
            state.insert(field.clone(), set["value"].clone());
        }
    }
    let record = |id: &String| json!({"table": which.collection, "id": id, "spaceId": which.space, "data": states[id]});
    let records: Vec<_> = order.iter().map(record).collect();
    Json(json!({"records": records, "syncedUntil": "2031-05-04T23:30:00.000Z"})).into_response()
}
