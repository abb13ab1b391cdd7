//! An auth service made up for the tests: real keys and tokens, and whatever members a test wants.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_lc_rs::{rand::SystemRandom, signature::Ed25519KeyPair};
use axum::{Json, Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use stack_api::{
    auth::{AUDIENCE, Claims},
    routes,
    spaces::{Space, SpaceMetadata, SpaceType},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

pub(super) const KEY_ID: &str = "test-key";

/// What auth knows. Members and tokens may change at any time.
pub(super) struct Auth {
    pub(super) key: EncodingKey,
    pub(super) url: Url,
    pub(super) spaces: Mutex<HashMap<String, Vec<Space>>>,
    pub(super) users: Mutex<HashMap<String, String>>,
    pub(super) down: AtomicBool,
}

pub(super) fn space(id: &str) -> Space {
    Space {
        id: id.to_owned(),
        name: id.to_owned(),
        slug: id.to_owned(),
        logo: None,
        created_at: Utc::now(),
        metadata: SpaceMetadata { space_type: SpaceType::Family, tier: None },
        role: "member".to_owned(),
    }
}

/// A key of its own for every rig.
pub(crate) fn signing_key() -> EncodingKey {
    EncodingKey::from_ed_der(Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap().as_ref())
}

impl Auth {
    pub(super) async fn start() -> (Arc<Self>, CancellationToken) {
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (spaces, users, down) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        let auth = Arc::new(Self { key: signing_key(), url, spaces, users, down });
        let router = Router::new()
            .route(routes::JWKS, get(Self::keys))
            .route(routes::ORGANIZATION_LIST, get(Self::spaces))
            .with_state(Arc::clone(&auth));
        tokio::spawn(stack_http::serve::serve(listener, router, stop.clone()));
        (auth, stop)
    }

    pub(super) fn claims(&self, name: &str, seconds: i64) -> Claims {
        let now = Utc::now().timestamp();
        Claims {
            iat: now,
            sub: name.to_owned(),
            email: format!("{name}@mana.test"),
            role: "user".to_owned(),
            sid: format!("session of {name}"),
            tier: "founder".to_owned(),
            exp: now + seconds,
            iss: self.url.as_str().trim_end_matches('/').to_owned(),
            aud: AUDIENCE.to_owned(),
        }
    }

    pub(super) fn token(&self, name: &str, seconds: i64) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(KEY_ID.to_owned());
        let token = jsonwebtoken::encode(&header, &self.claims(name, seconds), &self.key).unwrap();
        self.users.lock().unwrap().insert(token.clone(), name.to_owned());
        token
    }

    async fn keys(State(auth): State<Arc<Self>>) -> Json<Value> {
        let mut jwk = Jwk::from_encoding_key(&auth.key, Algorithm::EdDSA).unwrap();
        jwk.common.key_id = Some(KEY_ID.to_owned());
        Json(json!({ "keys": [jwk] }))
    }

    async fn spaces(State(auth): State<Arc<Self>>, headers: HeaderMap) -> axum::response::Response {
        if auth.down.load(Ordering::SeqCst) {
            return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let token = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
        let Some(user) = auth.users.lock().unwrap().get(token).cloned() else {
            return axum::http::StatusCode::UNAUTHORIZED.into_response();
        };
        Json(auth.spaces.lock().unwrap().get(&user).cloned().unwrap_or_default()).into_response()
    }
}
