//! A running auth service and the callers that speak to it.

use std::sync::Arc;

use axum::Router;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Method, StatusCode, header};
use reqwest::{Client, RequestBuilder};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use stack_api::{
    auth::{LoginResponse, SERVICE_KEY_HEADER, SESSION_COOKIE},
    routes,
};
use stack_auth::{AdminAccount, AuthError, Config};
use stack_crypto::Kek;
use stack_http::{Clock, Database, ServiceKey};
use stack_test_database::TestDatabase;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const ADMIN_EMAIL: &str = "admin@mana.test";
pub(crate) const SERVICE_KEY: &str = "a-service-key";
pub(crate) const SECRET: &str = "a cookie secret of at least 32 bytes";
pub(crate) const PAGE: &str = "http://pages.test:5173";

/// A running service.
pub(crate) struct Rig {
    pub(crate) base: Url,
    pub(crate) issuer: Url,
    pub(crate) http: Client,
    database: Arc<TestDatabase>,
    server: JoinHandle<()>,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A key-encryption key of equal bytes.
pub(crate) fn kek(byte: u8) -> Kek {
    Kek::from_base64(&STANDARD.encode([byte; 32])).unwrap()
}

/// The configuration that every test starts from.
pub(crate) fn config(database_url: String, public_url: Url) -> Config {
    Config {
        database_url,
        public_url,
        web_origins: vec![PAGE.parse().unwrap()],
        secret: SECRET.into(),
        service_key: ServiceKey::new(SERVICE_KEY.into()),
        keys: kek(7).into(),
        clock: Clock::system(),
        production: false,
        require_verification: false,
        sync_url: None,
        admin: Some(AdminAccount { email: ADMIN_EMAIL.to_owned(), password: SecretString::from(PASSWORD) }),
    }
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_at(moment: &str) -> Self {
        let moment: DateTime<Utc> = moment.parse().unwrap();
        Self::start_with(|config| config.clock = Clock::starting_at(moment)).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::try_start(Arc::new(TestDatabase::fresh()), None, change).await.unwrap()
    }

    /// A second service on the same tables, under the same name, whose clock is ahead by `time`.
    pub(crate) async fn later(&self, time: TimeDelta) -> Self {
        self.again(|config| config.clock = Clock::starting_at(Utc::now() + time)).await.unwrap()
    }

    /// A second service on the same tables, under the same name.
    pub(crate) async fn again(&self, change: impl FnOnce(&mut Config)) -> Result<Self, AuthError> {
        Self::try_start(Arc::clone(&self.database), Some(self.issuer.clone()), change).await
    }

    async fn try_start(
        database: Arc<TestDatabase>,
        issuer: Option<Url>,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, AuthError> {
        let (listener, base) = listen().await;
        let issuer = issuer.unwrap_or_else(|| base.clone());
        let mut config = config(database.url(), issuer.clone());
        change(&mut config);
        let server = serve(listener, stack_auth::router(config).await?);
        Ok(Self { base, issuer, http: Client::new(), database, server })
    }

    /// Everything that is stored, as it rests.
    pub(crate) fn stored(&self) -> Vec<u8> {
        self.database.stored()
    }

    /// Where its tables are.
    pub(crate) fn database_url(&self) -> String {
        self.database.url()
    }

    /// The tables, for what no route tells.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let db = Database::open(&self.database_url()).await.unwrap();
        let count = sqlx::query_scalar(sql).fetch_one(db.pool()).await.unwrap();
        db.close().await;
        count
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.base.join(path).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        self.post(routes::REGISTER).json(&json!({ "email": email, "password": PASSWORD })).answer().await
    }

    pub(crate) async fn try_login(&self, email: &str, password: &str) -> Answer {
        self.post(routes::LOGIN).json(&json!({ "email": email, "password": password })).answer().await
    }

    /// Registers somebody and logs them in.
    pub(crate) async fn newcomer(&self, email: &str) -> Visitor {
        self.register(email).await.expect(StatusCode::OK);
        self.login(email).await
    }

    pub(crate) async fn login(&self, email: &str) -> Visitor {
        let answer = self.try_login(email, PASSWORD).await.expect(StatusCode::OK);
        let cookie = answer.session_cookie();
        let body: LoginResponse = answer.json();
        Visitor { id: body.user.id, session_token: body.token, access_token: body.access_token, cookie }
    }

    pub(crate) async fn admin(&self) -> Visitor {
        self.login(ADMIN_EMAIL).await
    }

    /// Makes a persona and gives its id.
    pub(crate) async fn persona(&self, admin: &Visitor, name: &str, cadence: &str) -> String {
        let mut body = persona(name);
        body["tickCadence"] = json!(cadence);
        let answer = self.post(routes::ADMIN_PERSONAS).bearer_auth(&admin.access_token).json(&body).answer().await;
        answer.expect(StatusCode::OK).body["userId"].as_str().unwrap().to_owned()
    }
}

/// Somebody who has logged in.
pub(crate) struct Visitor {
    pub(crate) id: String,
    pub(crate) session_token: String,
    pub(crate) access_token: String,
    /// `mana.session_token=…`, as a browser sends it back.
    pub(crate) cookie: String,
}

/// The body of a good upsert.
pub(crate) fn persona(name: &str) -> Value {
    json!({
        "email": format!("persona.{name}@mana.test"),
        "name": name,
        "password": PASSWORD,
        "archetype": "adhd-student",
        "systemPrompt": "Du bist eine Person, die vieles anfängt.",
        "moduleMix": { "todo": 0.75, "notes": 0.25 },
        "tickCadence": "daily",
    })
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.body.clone()).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The one `Set-Cookie`, as it came.
    pub(crate) fn set_cookie(&self) -> &str {
        let all: Vec<_> = self.headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].to_str().unwrap()
    }

    /// The session cookie as a browser sends it back.
    pub(crate) fn session_cookie(&self) -> String {
        let pair = self.set_cookie().split(';').next().unwrap().to_owned();
        assert!(pair.starts_with(&format!("{SESSION_COOKIE}=")), "{pair}");
        pair
    }

    /// `{"error":CODE,"message":…,"status":n}` and nothing else.
    pub(crate) fn expect_coded(self, status: StatusCode, code: &str) -> Self {
        let answer = self.expect(status);
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "{}", answer.body);
        assert_eq!(answer.body, json!({ "error": code, "message": message, "status": status.as_u16() }));
        answer
    }

    /// As [`Answer::expect_coded`], with the code a second time where the original's clients of spaces and vault look.
    pub(crate) fn expect_coded_twice(self, status: StatusCode, code: &str) -> Self {
        let mut answer = self.expect(status);
        assert_eq!(answer.body.as_object_mut().unwrap().remove("code"), Some(json!(code)), "{}", answer.body);
        answer.expect_coded(status, code)
    }

    /// `{"statusCode":401,"message":…}` and nothing else.
    pub(crate) fn expect_bad_token(self) -> Self {
        let answer = self.expect(StatusCode::UNAUTHORIZED);
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "{}", answer.body);
        assert_eq!(answer.body, json!({ "statusCode": 401, "message": message }));
        answer
    }
}

/// What a request builder lacks.
pub(crate) trait RequestExt {
    fn cookie(self, cookie: &str) -> Self;
    fn service_key(self) -> Self;
    async fn answer(self) -> Answer;
}

impl RequestExt for RequestBuilder {
    fn cookie(self, cookie: &str) -> Self {
        self.header(header::COOKIE, cookie)
    }

    fn service_key(self) -> Self {
        self.header(SERVICE_KEY_HEADER, SERVICE_KEY)
    }

    async fn answer(self) -> Answer {
        let answer = self.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(json!(text)) };
        Answer { status, headers, body }
    }
}

pub(crate) async fn listen() -> (TcpListener, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    (listener, url)
}

pub(crate) fn serve(listener: TcpListener, router: Router) -> JoinHandle<()> {
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}
