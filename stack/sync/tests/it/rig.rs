//! A running sync service, the auth service it asks, and the people who use it.

mod auth;
mod changes;
mod events;
mod person;
mod socket;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::Router;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use stack_api::auth::Claims;
use stack_http::{Clock, ServiceKey};
use stack_test_database::TestDatabase;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use self::auth::{Auth, KEY_ID, space};
pub(crate) use self::{
    auth::signing_key,
    changes::{delete, ids, in_space, retitle, task, titles},
    events::Events,
    person::{Answer, Person, answer},
    socket::Socket,
};

pub(crate) const SERVICE_KEY: &str = "test-service-key";
pub(crate) const WEB: &str = "http://web.test:5173";
/// How long anything may take that should happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) struct Rig {
    pub(crate) url: Url,
    pub(crate) stop: CancellationToken,
    auth: Arc<Auth>,
    /// Ends auth, which outlives a restart of sync.
    auth_stop: CancellationToken,
    pub(crate) database: TestDatabase,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.cancel();
        self.auth_stop.cancel();
    }
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let database = TestDatabase::fresh();
        let (auth, auth_stop) = Auth::start().await;
        let (url, stop) = serve_sync(&auth, &database.url(), Clock::system()).await;
        Self { url, stop, auth, auth_stop, database }
    }

    /// Ends the service and starts it anew on the same database, its clock showing another time.
    pub(crate) async fn restart(&mut self, moment: DateTime<Utc>) {
        self.stop.cancel();
        (self.url, self.stop) = serve_sync(&self.auth, &self.database.url(), Clock::starting_at(moment)).await;
    }

    /// Somebody with an hour's token and no spaces.
    pub(crate) fn person(&self, name: &str) -> Person {
        self.person_for(name, 3600)
    }

    /// Somebody whose token ends in so many seconds.
    pub(crate) fn person_for(&self, name: &str, seconds: i64) -> Person {
        let token = self.auth.token(name, seconds);
        Person { name: name.to_owned(), token, url: self.url.clone(), client: None, http: reqwest::Client::new() }
    }

    /// A token like auth's own, but for what `change` does to its claims, key id and signing key.
    pub(crate) fn odd_token(&self, change: impl FnOnce(&mut Claims, &mut Header, &mut EncodingKey)) -> String {
        let mut claims = self.auth.claims("anna", 3600);
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(KEY_ID.to_owned());
        let mut key = self.auth.key.clone();
        change(&mut claims, &mut header, &mut key);
        jsonwebtoken::encode(&header, &claims, &key).unwrap()
    }

    /// A token like auth's own, but for what `change` does to its claims as they are written.
    pub(crate) fn token_with(&self, change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut claims = serde_json::to_value(self.auth.claims("anna", 3600)).unwrap();
        change(&mut claims);
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &self.auth.key).unwrap()
    }

    /// Lets auth know a token that it did not make.
    pub(crate) fn admit(&self, person: &Person) {
        self.auth.users.lock().unwrap().insert(person.token.clone(), person.name.clone());
    }

    /// Makes people members of a space.
    pub(crate) fn share(&self, space_id: &str, members: &[&Person]) {
        let mut spaces = self.auth.spaces.lock().unwrap();
        for member in members {
            spaces.entry(member.name.clone()).or_default().push(space(space_id));
        }
    }

    /// Takes somebody out of a space.
    pub(crate) fn remove(&self, space_id: &str, member: &Person) {
        let mut spaces = self.auth.spaces.lock().unwrap();
        spaces.entry(member.name.clone()).or_default().retain(|space| space.id != space_id);
    }

    /// Ends somebody's session.
    pub(crate) fn log_out(&self, person: &Person) {
        self.auth.users.lock().unwrap().remove(&person.token);
    }

    /// Lets the service take out what nobody needs any more; how many changes that were.
    pub(crate) async fn compact(&self) -> u64 {
        let request = reqwest::Client::new().post(self.url.join("/internal/compact").unwrap());
        answer(request.header("X-Service-Key", SERVICE_KEY)).await.json()["changes"].as_u64().unwrap()
    }

    /// Lets auth answer nothing but 503.
    pub(crate) fn break_auth(&self) {
        self.auth.down.store(true, Ordering::SeqCst);
    }
}

async fn serve_sync(auth: &Auth, database_url: &str, clock: Clock) -> (Url, CancellationToken) {
    let stop = CancellationToken::new();
    let router = stack_sync::router(stack_sync::Config {
        database_url: database_url.to_owned(),
        auth_url: auth.url.clone(),
        web_origins: vec![WEB.parse().unwrap()],
        service_key: ServiceKey::new(SERVICE_KEY.into()),
        clock,
        stop: stop.clone(),
    });
    (serve(router.await.unwrap(), &stop).await, stop)
}

async fn serve(router: Router, stop: &CancellationToken) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(stack_http::serve::serve(listener, router, stop.clone()));
    url
}
