//! A database that goes and comes back.

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use stack_api::routes;
use stack_client::{AuthClient, SyncClient};
use stack_test_database::{Line, TestDatabase};

use crate::{
    program::{Up, told, until},
    pushes::{SINCE, task},
};

/// What the tests call, as the administrator.
struct Caller {
    http: reqwest::Client,
    token: String,
    space: String,
}

impl Caller {
    async fn of(up: &Up) -> Self {
        let token = told(&up.verb(&["admin", "token"])).trim().to_owned();
        let auth = AuthClient::new(up.addresses.auth.parse().unwrap(), reqwest::Client::new());
        let space = auth.spaces(&token).await.unwrap().remove(0).id;
        Self { http: reqwest::Client::new(), token, space }
    }

    /// Writes a session.
    async fn log_in(&self, up: &Up) -> Response {
        let secrets = std::fs::read_to_string(up.data().join("secrets.json")).unwrap();
        let secrets: Value = serde_json::from_str(&secrets).unwrap();
        let body = json!({ "email": stack_cli::ADMIN_EMAIL, "password": secrets["admin_password"] });
        send(self.http.post(format!("{}{}", up.addresses.auth, routes::LOGIN)).json(&body)).await
    }

    /// Writes a task.
    async fn push(&self, up: &Up, id: &str) -> Response {
        let body = json!({ "clientId": "outage", "since": SINCE, "changes": [task(id, &self.space)] });
        send(self.http.post(format!("{}/sync/todo", up.addresses.sync)).bearer_auth(&self.token).json(&body)).await
    }

    /// Begins an MCP session, for which the gateway asks auth.
    async fn begin(&self, up: &Up) -> Response {
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello });
        let request = self.http.post(format!("{}/mcp", up.addresses.mcp)).bearer_auth(&self.token).json(&body);
        send(request.header("accept", "application/json, text/event-stream")).await
    }

    async fn stored(&self, up: &Up) -> Vec<String> {
        let sync = SyncClient::new(up.addresses.sync.parse().unwrap(), reqwest::Client::new(), "outage");
        let records = sync.records(&self.token, "todo", "tasks", &self.space).await.unwrap().records;
        records.into_iter().map(|record| record.id).collect()
    }
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

/// Status, seconds until another try, and what was said.
async fn refusal(answer: Response) -> (StatusCode, u64, String) {
    let after = answer.headers().get("retry-after").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    (answer.status(), after, answer.text().await.unwrap())
}

/// A stack, and the ways to its databases.
async fn start() -> (Up, Vec<Line>) {
    let database = TestDatabase::fresh();
    if database.is_postgres() {
        let line = Line::to_server(&database).await;
        let url = line.url();
        let up = Up::start_with(database, |command| {
            command.env("DATABASE_URL", url);
        });
        return (up, vec![line]);
    }
    let up = Up::start_on(database);
    let lines = ["auth", "sync"].map(|service| Line::to_file(up.data().join(format!("{service}.db"))));
    (up, lines.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_told_by_every_service_and_needs_no_restart_when_it_is_back() {
    let (mut up, mut lines) = start().await;
    let caller = Caller::of(&up).await;
    assert_eq!(caller.push(&up, "before").await.status(), StatusCode::OK);
    for line in &mut lines {
        line.cut().await;
    }

    let (login, push) = tokio::join!(caller.log_in(&up), caller.push(&up, "meanwhile"));
    let (status, after, text) = refusal(login).await;
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, after > 0), (StatusCode::SERVICE_UNAVAILABLE, true), "{text}");
    assert_eq!((&body["error"], &body["status"]), (&json!("UNAVAILABLE"), &json!(503)), "{text}");
    assert_eq!(body["retryAfterSec"], json!(after));
    let (status, after, text) = refusal(push).await;
    assert_eq!((status, after > 0), (StatusCode::SERVICE_UNAVAILABLE, true), "{text}");
    assert!(text.ends_with("does not answer; try again"), "{text}");
    // Of a SQLite file that another program holds, readers feel nothing.
    if up.database.is_postgres() {
        let (status, after, text) = refusal(caller.begin(&up).await).await;
        assert_eq!((status, after > 0), (StatusCode::SERVICE_UNAVAILABLE, true), "{text}");
        let ready = caller.http.get(format!("{}/health/ready", up.addresses.sync)).send().await.unwrap();
        assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    let live = caller.http.get(format!("{}/health/live", up.addresses.auth)).send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);

    for line in &mut lines {
        line.restore().await;
    }
    until("a log-in after the outage", async || caller.log_in(&up).await.status() == StatusCode::OK).await;
    until("a push after the outage", async || caller.push(&up, "after").await.status() == StatusCode::OK).await;
    assert_eq!(caller.begin(&up).await.status(), StatusCode::OK);
    let stored = caller.stored(&up).await;
    assert!(stored.contains(&"before".to_owned()) && stored.contains(&"after".to_owned()), "{stored:?}");
    assert!(!stored.contains(&"meanwhile".to_owned()), "what was refused is there: {stored:?}");
    assert!(up.process.try_wait().unwrap().is_none(), "the stack ended: {}", up.log());
}
