//! Auth and a runner, beside the gateway.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use chrono::{TimeZone, Utc};
use serde_json::{Value, json};
use stack_api::{
    auth::LoginRequest,
    personas::{Action, ActionsRequest, Feedback, FeedbackRequest},
    routes,
    runner::TickReport,
};
use stack_crypto::{DEV_SEED_SECRET, persona_password};
use stack_http::Clock;
use stack_persona_runner::{Config, ModelConfig, Patience, PlayerConfig, Provider};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{gateway::Gateway, model_server};

pub(crate) const SERVICE_KEY: &str = "service-key";

/// Who lives in the stack: name, archetype, mix.
const PERSONAS: [(&str, &str, &str); 3] = [
    ("anna", "adhd-student", r#"{"todo":0.3,"journal":0.3,"notes":0.2,"mood":0.2}"#),
    ("ben", "adhd-student", r#"{"todo":0.4,"calendar":0.3,"journal":0.2,"habits":0.1}"#),
    ("maya", "overwhelmed-newbie", r#"{"todo":0.6,"journal":0.4}"#),
];

pub(crate) fn email(name: &str) -> String {
    format!("persona.{name}@mana.test")
}

pub(crate) fn token(name: &str) -> String {
    format!("token-of-{name}")
}

/// What auth holds, and how it is to misbehave.
#[derive(Default)]
pub(crate) struct Auth {
    pub(crate) actions: HashMap<String, Vec<Action>>,
    pub(crate) feedback: HashMap<String, Vec<Feedback>>,
    /// Personas whose day was stored are due no more.
    pub(crate) lived: Vec<String>,
    /// So many writes of calls still fail with this status; rows are kept when told so, and the answer alone fails.
    pub(crate) failing: Option<Failing>,
    pub(crate) writes_tried: usize,
    /// Whether writes of ratings get a lasting no.
    pub(crate) refusing_ratings: bool,
    /// Personas that cannot log in.
    pub(crate) locked_out: Vec<String>,
}

pub(crate) struct Failing {
    pub(crate) times: usize,
    pub(crate) status: StatusCode,
    pub(crate) after_keeping: bool,
}

type Shared = Arc<Mutex<Auth>>;

fn auth_router(auth: Shared) -> Router {
    Router::new()
        .route(routes::LOGIN, post(login))
        .route(routes::ORGANIZATION_LIST, get(spaces))
        .route(routes::INTERNAL_DUE, get(due))
        .route(routes::INTERNAL_ACTIONS, post(actions))
        .route(routes::INTERNAL_FEEDBACK, post(feedback))
        .route(routes::INTERNAL_MEMORY, get(memory))
        .with_state(auth)
}

fn name_of(email: &str) -> String {
    email.trim_start_matches("persona.").trim_end_matches("@mana.test").to_owned()
}

async fn login(State(auth): State<Shared>, Json(request): Json<LoginRequest>) -> Response {
    let right = persona_password(&request.email, DEV_SEED_SECRET) == request.password;
    let name = name_of(&request.email);
    if !right || auth.lock().unwrap().locked_out.contains(&name) {
        let body = json!({ "error": "INVALID_CREDENTIALS", "message": "Invalid email or password", "status": 401 });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let user = json!({
        "name": name, "email": request.email, "emailVerified": true, "image": null, "twoFactorEnabled": false,
        "createdAt": "2026-11-20T08:00:00.000Z", "updatedAt": "2026-11-20T08:00:00.000Z",
        "accessTier": "founder", "kind": "persona", "id": format!("id-{name}"),
    });
    let session = format!("session-{name}");
    let body = json!({
        "redirect": false, "token": session, "user": user, "accessToken": token(&name), "refreshToken": session,
    });
    Json(body).into_response()
}

async fn spaces(headers: HeaderMap) -> Json<Value> {
    let name = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer token-of-").to_owned();
    let space = |kind: &str| {
        json!({
            "id": format!("{kind}-{name}"), "name": kind, "slug": format!("{kind}-{name}"), "logo": null,
            "createdAt": "2026-11-20T08:00:00.000Z", "metadata": { "type": kind }, "role": "owner",
        })
    };
    Json(json!([space("family"), space("personal")]))
}

fn admitted(headers: &HeaderMap) -> bool {
    headers.get("x-service-key").is_some_and(|key| key == SERVICE_KEY)
}

async fn due(State(auth): State<Shared>, headers: HeaderMap) -> Response {
    if !admitted(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let lived = auth.lock().unwrap().lived.clone();
    let persona = |(name, archetype, mix): &(&str, &str, &str)| {
        json!({
            "userId": format!("id-{name}"), "email": email(name), "archetype": archetype, "tickCadence": "daily",
            "systemPrompt": format!("Du bist {name}."), "lastActiveAt": null,
            "moduleMix": serde_json::from_str::<Value>(mix).unwrap(),
        })
    };
    let due: Vec<Value> =
        PERSONAS.iter().filter(|(name, ..)| !lived.contains(&(*name).to_owned())).map(persona).collect();
    Json(json!({ "personas": due, "serverTime": "2026-11-20T08:00:00.000Z" })).into_response()
}

async fn actions(
    State(auth): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(request): Json<ActionsRequest>,
) -> Response {
    assert!(admitted(&headers), "the runner knows the key");
    let name = id.trim_start_matches("id-").to_owned();
    let mut auth = auth.lock().unwrap();
    auth.writes_tried += 1;
    let failing = auth.failing.as_mut().filter(|failing| failing.times > 0).map(|failing| {
        failing.times -= 1;
        (failing.status, failing.after_keeping)
    });
    if let Some((status, false)) = failing {
        return status.into_response();
    }
    // Kept once by tick id, as auth does.
    let kept = auth.actions.entry(name.clone()).or_default();
    let known = kept.iter().any(|row| row.tick_id == request.actions[0].tick_id);
    let written = if known { 0 } else { request.actions.len() };
    if !known {
        kept.extend(request.actions);
    }
    auth.lived.push(name);
    match failing {
        Some((status, _)) => status.into_response(),
        None => Json(json!({ "ok": true, "written": written })).into_response(),
    }
}

/// Everybody remembers one task and what it was like.
async fn memory(headers: HeaderMap) -> Json<Value> {
    assert!(admitted(&headers), "the runner knows the key");
    Json(json!({
        "recentActions": [{ "id": "t0-0-todo.create", "tickId": "t0", "toolName": "todo.create", "result": "ok",
            "createdAt": "2026-11-19T08:00:00.000Z" }],
        "recentFeedback": [{ "tickId": "t0", "module": "todo", "rating": 2, "notes": "Zu viele Felder.",
            "createdAt": "2026-11-19T08:00:00.000Z" }],
    }))
}

async fn feedback(
    State(auth): State<Shared>,
    Path(id): Path<String>,
    Json(request): Json<FeedbackRequest>,
) -> Response {
    let name = id.trim_start_matches("id-").to_owned();
    let written = request.feedback.len();
    let mut auth = auth.lock().unwrap();
    if auth.refusing_ratings {
        return StatusCode::BAD_REQUEST.into_response();
    }
    auth.feedback.entry(name).or_default().extend(request.feedback);
    Json(json!({ "ok": true, "written": written })).into_response()
}

/// A runner with all it needs.
pub(crate) struct Rig {
    pub(crate) auth: Shared,
    pub(crate) gateway: Gateway,
    pub(crate) stop: CancellationToken,
    pub(crate) runner: Url,
    pub(crate) task: JoinHandle<()>,
}

impl Rig {
    /// A runner whose loop sleeps, so that ticks come when they are asked for.
    pub(crate) async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (auth, gateway) = (Shared::default(), Gateway::default());
        let stop = CancellationToken::new();
        let mut config = Config {
            auth_url: serve(auth_router(Arc::clone(&auth))).await,
            mcp_url: serve(gateway.router()).await,
            service_key: Some(SERVICE_KEY.into()),
            seed_secret: DEV_SEED_SECRET.into(),
            interval: Duration::from_secs(3600),
            concurrency: 2,
            day_max: Duration::from_secs(600),
            paused: false,
            production: false,
            clock: Clock::starting_at(Utc.with_ymd_and_hms(2026, 11, 20, 8, 0, 0).unwrap()),
            player: PlayerConfig::Scripted { seed: 1 },
            stop: stop.clone(),
        };
        change(&mut config);
        let (router, task) = stack_persona_runner::router(config).unwrap();
        let runner = serve(router).await;
        Self { auth, gateway, stop, runner, task: tokio::spawn(task.run()) }
    }

    /// A runner whose player is the model at `url`, and on whose list Anna stands alone.
    pub(crate) async fn with_model(provider: Provider, url: &Url, change: impl FnOnce(&mut ModelConfig)) -> Self {
        let base_url = if provider == Provider::OpenAi { url.join("v1").unwrap() } else { url.clone() };
        let patience = Patience {
            quiet: Duration::from_secs(20),
            answer: Duration::from_secs(60),
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_secs(2),
            repetitions: 6,
        };
        let key = Some(model_server::KEY.into());
        let model = "claude-test".to_owned();
        let mut model = ModelConfig { provider, base_url, key, model, tokens_a_day: 1_000_000, patience };
        change(&mut model);
        let rig = Self::with(|config| config.player = PlayerConfig::Model(Box::new(model))).await;
        rig.auth.lock().unwrap().lived.extend(["ben".to_owned(), "maya".to_owned()]);
        rig
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(reqwest::get(self.runner.join(path).unwrap()).await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str) -> (u16, Value) {
        answer(reqwest::Client::new().post(self.runner.join(path).unwrap()).send().await.unwrap()).await
    }

    pub(crate) async fn tick(&self) -> TickReport {
        let (status, body) = self.post(routes::DIAG_TICK).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_value(body).unwrap()
    }

    pub(crate) fn actions(&self, name: &str) -> Vec<Action> {
        self.auth.lock().unwrap().actions.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn feedback(&self, name: &str) -> Vec<Feedback> {
        self.auth.lock().unwrap().feedback.get(name).cloned().unwrap_or_default()
    }
}

async fn answer(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// Asks until it is so. The pause only keeps the wait from spinning.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    let wait = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap_or_else(|_| panic!("never: {what}"));
}
