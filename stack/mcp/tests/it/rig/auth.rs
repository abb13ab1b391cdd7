//! An auth service in memory: keys, tokens, spaces and vaults.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair},
};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use stack_api::{
    auth::{AUDIENCE, Claims},
    routes,
};
use stack_http::Clock;
use tokio::task::JoinHandle;
use url::Url;

/// Anna and Ben share this space.
pub(crate) const FAMILY: &str = "family";

/// Where a user's own records go.
pub(crate) fn personal(user: &str) -> String {
    format!("{user}-personal")
}

/// A key that signs tokens.
pub(crate) struct Signer {
    pub(crate) id: String,
    pkcs8: Vec<u8>,
    public: Vec<u8>,
}

impl Signer {
    pub(crate) fn new(id: &str) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref().to_vec();
        let public = Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap().public_key().as_ref().to_vec();
        Self { id: id.to_owned(), pkcs8, public }
    }

    pub(crate) fn sign(&self, claims: &Claims) -> String {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&self.pkcs8)).unwrap()
    }
}

pub(crate) struct FakeAuth {
    pub(crate) url: Url,
    pub(crate) signer: Arc<Signer>,
    clock: Clock,
    state: Arc<Vaults>,
    server: JoinHandle<()>,
}

/// Which token is whose, and the vaults.
#[derive(Default)]
struct Vaults {
    users: Mutex<HashMap<String, String>>,
    keys: Mutex<HashMap<String, [u8; 32]>>,
    asked: AtomicUsize,
    sessions_ended: AtomicBool,
    /// As the original's: there are no keys of spaces.
    older: AtomicBool,
}

impl FakeAuth {
    pub(crate) async fn start(clock: Clock) -> Self {
        let signer = Arc::new(Signer::new("key-1"));
        let state = Arc::<Vaults>::default();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": signer.id,
            "x": URL_SAFE_NO_PAD.encode(&signer.public)});
        let router = Router::new()
            .route(routes::JWKS, get(move || std::future::ready(Json(json!({"keys": [jwk]})))))
            .route(routes::ORGANIZATION_LIST, get(spaces))
            .route(routes::VAULT_KEY, get(key))
            .route(routes::VAULT_INIT, post(make_vault))
            .route(routes::VAULT_SPACE_KEY, get(space_key))
            .with_state(Arc::clone(&state));
        let (url, server) = super::serve(|_| router).await;
        Self { url, signer, clock, state, server }
    }

    /// What a good token of this user says.
    pub(crate) fn claims(&self, user: &str) -> Claims {
        let now = self.clock.now().timestamp();
        Claims {
            iat: now,
            sub: user.to_owned(),
            email: format!("persona.{user}@mana.test"),
            role: "user".to_owned(),
            sid: "session".to_owned(),
            tier: "founder".to_owned(),
            exp: now + 900,
            iss: self.url.as_str().trim_end_matches('/').to_owned(),
            aud: AUDIENCE.to_owned(),
        }
    }

    /// A good token of this user.
    pub(crate) fn token(&self, user: &str) -> String {
        let token = self.signer.sign(&self.claims(user));
        self.state.users.lock().unwrap().insert(token.clone(), user.to_owned());
        token
    }

    /// Tells whose token a request carries.
    pub(crate) fn resolver(&self) -> impl Fn(&HeaderMap) -> Option<String> + Clone + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move |headers| caller(&state, headers)
    }

    /// How often a vault was asked for its key.
    pub(crate) fn keys_asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// From now on every token's session is over.
    pub(crate) fn end_sessions(&self) {
        self.state.sessions_ended.store(true, Ordering::SeqCst);
    }

    pub(crate) fn fall_silent(&self) {
        self.server.abort();
    }

    /// Whether it is to be as the original's, which knows no keys of spaces.
    pub(crate) fn be_older(&self, older: bool) {
        self.state.older.store(older, Ordering::SeqCst);
    }

    /// Opens a field as its owner's browser would, by the format's own rules and without the stack's code. The owner of
    /// what is in [`FAMILY`] is the family.
    pub(crate) fn decrypt(&self, user: &str, field: &Value) -> Value {
        let field = field.as_str().unwrap();
        let (nonce, sealed) = field.strip_prefix("enc:1:").unwrap().split_once('.').unwrap();
        let key = self.state.keys.lock().unwrap()[user];
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&STANDARD.decode(nonce).unwrap()).unwrap();
        let mut bytes = STANDARD.decode(sealed).unwrap();
        serde_json::from_slice(key.open_in_place(nonce, Aad::empty(), &mut bytes).unwrap()).unwrap()
    }
}

fn caller(state: &Vaults, headers: &HeaderMap) -> Option<String> {
    let token = headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
    state.users.lock().unwrap().get(token).cloned()
}

async fn spaces(State(state): State<Arc<Vaults>>, headers: HeaderMap) -> Response {
    let ended = state.sessions_ended.load(Ordering::SeqCst);
    let Some(user) = caller(&state, &headers).filter(|_| !ended) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let space = |id: &str, kind: &str, role: &str| {
        json!({"id": id, "name": id.to_uppercase(), "slug": id, "logo": null, "createdAt": "2026-01-01T00:00:00Z",
            "metadata": {"type": kind, "tier": "founder"}, "role": role})
    };
    let mut spaces = Vec::new();
    if user == "anna" || user == "ben" {
        spaces.push(space(FAMILY, "family", if user == "anna" { "owner" } else { "member" }));
    }
    if user != "marcus" {
        spaces.push(space(&personal(&user), "personal", "owner"));
    }
    Json(spaces).into_response()
}

/// Julia's vault is in zero-knowledge mode; Maya's is not made yet.
async fn key(State(state): State<Arc<Vaults>>, headers: HeaderMap) -> Response {
    state.asked.fetch_add(1, Ordering::SeqCst);
    let Some(user) = caller(&state, &headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    if user == "julia" {
        return Json(json!({"requiresRecoveryCode": true, "recoveryWrappedMk": "eA==", "recoveryIv": "eA==",
            "formatVersion": 1}))
        .into_response();
    }
    if user == "maya" && !state.keys.lock().unwrap().contains_key("maya") {
        return (StatusCode::NOT_FOUND, Json(json!({"error": "VAULT_NOT_INITIALISED"}))).into_response();
    }
    vault(&state, &user)
}

async fn make_vault(State(state): State<Arc<Vaults>>, headers: HeaderMap) -> Response {
    match caller(&state, &headers) {
        Some(user) => vault(&state, &user),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn space_key(State(state): State<Arc<Vaults>>, Path(space): Path<String>, headers: HeaderMap) -> Response {
    let member = caller(&state, &headers).is_some_and(|user| user == "anna" || user == "ben");
    match space.as_str() {
        _ if state.older.load(Ordering::SeqCst) => StatusCode::NOT_FOUND.into_response(),
        FAMILY if member => vault(&state, FAMILY),
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

fn vault(state: &Vaults, user: &str) -> Response {
    let mut keys = state.keys.lock().unwrap();
    let key = keys.entry(user.to_owned()).or_insert_with(|| {
        let mut key = [0; 32];
        aws_lc_rs::rand::fill(&mut key).unwrap();
        key
    });
    Json(json!({"masterKey": STANDARD.encode(key), "formatVersion": 1, "kekId": "kek-1"})).into_response()
}
