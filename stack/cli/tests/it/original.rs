//! Programs of the original system, as they call: what they send is written out here, byte for byte as far as the
//! contract tells it, and none of our own clients is used. Each has to find what it looks for.

use fixtures::Catalogue;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use stack_crypto::{DEV_SEED_SECRET, persona_password};

use crate::program::{Up, stack, told};

const ANNA: &str = "persona.anna@mana.test";

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

async fn json_of(request: RequestBuilder) -> Value {
    let answer = send(request).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn http() -> reqwest::Client {
    reqwest::Client::new()
}

fn seeded() -> Up {
    let up = Up::start();
    let output = up.verb(&["personas", "seed"]);
    assert!(output.status.success(), "{}", told(&output));
    up
}

/// The persona runner: derived password, the JWT from `accessToken`, the personal space by the token.
async fn log_in_as_the_runner(up: &Up) -> (String, String) {
    let body = json!({ "email": ANNA, "password": persona_password(ANNA, DEV_SEED_SECRET) });
    let login = json_of(http().post(format!("{}/api/v1/auth/login", up.addresses.auth)).json(&body)).await;
    let token = login["accessToken"].as_str().unwrap().to_owned();
    let list = http().get(format!("{}/api/auth/organization/list", up.addresses.auth)).bearer_auth(&token);
    let spaces = json_of(list).await;
    let personal = spaces.as_array().unwrap().iter().find(|space| space["metadata"]["type"] == "personal").unwrap();
    (token, personal["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn its_sync_client_pushes_pulls_and_goes_on_from_its_cursor() {
    let up = seeded();
    let (token, space) = log_in_as_the_runner(&up).await;
    let url = format!("{}/sync/todo", up.addresses.sync);
    let push = async |client: &str, since: &str, changes: Value| {
        let body = json!({ "clientId": client, "since": since, "schemaVersion": 1, "changes": changes });
        json_of(http().post(&url).bearer_auth(&token).header("X-Client-Id", client).json(&body)).await
    };
    let pull = async |client: Option<&str>, since: &str| {
        let request = http().get(format!("{url}/pull?collection=tasks&since={since}"));
        let request = client.iter().fold(request.bearer_auth(&token), |request, id| request.header("X-Client-Id", *id));
        json_of(request).await
    };
    let actor = json!({ "kind": "user", "principalId": "anna" });
    let insert = json!({ "table": "tasks", "id": "t1", "op": "insert", "spaceId": space, "actor": actor,
        "data": { "id": "t1", "spaceId": space, "title": "enc:1:AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "isCompleted": false, "order": 0, "createdAt": "2026-03-02T07:30:00.000Z",
            "updatedAt": "2026-03-02T07:30:00.000Z" } });
    // The older client's word for a field's time.
    let update = json!({ "table": "tasks", "id": "t1", "op": "update", "spaceId": space,
        "fields": { "isCompleted": { "value": true, "updatedAt": "2026-03-02T08:00:00.000Z" } } });
    let first = push("phone", "1970-01-01T00:00:00.000Z", json!([insert])).await;
    let second = push("phone", first["syncedUntil"].as_str().unwrap(), json!([update])).await;
    assert_eq!(
        (&second["serverChanges"], &second["conflicts"]),
        (&json!([]), &json!([])),
        "its own writes are left out"
    );

    let laptop = pull(Some("laptop"), "1970-01-01T00:00:00.000Z").await;
    let [one, two] = laptop["serverChanges"].as_array().unwrap().as_slice() else { panic!("{laptop}") };
    assert_eq!((&one["op"], &one["data"], &one["actor"]), (&json!("insert"), &insert["data"], &actor));
    assert_eq!(two["fields"], json!({ "isCompleted": { "value": true, "at": "2026-03-02T08:00:00.000Z" } }));
    for change in [one, two] {
        assert_eq!((&change["schemaVersion"], &change["spaceId"]), (&json!(1), &json!(space)));
        assert!(change["eventId"].is_string(), "{change}");
    }
    assert_eq!(pull(Some("phone"), "1970-01-01T00:00:00.000Z").await["serverChanges"], json!([]));
    let cursor = laptop["syncedUntil"].as_str().unwrap();
    assert_eq!(pull(Some("laptop"), cursor).await["serverChanges"], json!([]));
    // Its tool registry reads `changes`, and its own writes too.
    assert_eq!(pull(None, "1970-01-01T00:00:00.000Z").await["changes"], laptop["serverChanges"]);

    for (body, status, text) in [
        (
            json!({ "clientId": "c", "since": "", "changes": [{ "table": "tasks", "id": "t", "op": "upsert" }] }),
            400,
            r#"invalid op "upsert" in change 0"#,
        ),
        (
            json!({ "clientId": "c", "since": "", "changes": [{ "id": "t", "op": "insert" }] }),
            400,
            "missing table or id in change 0",
        ),
    ] {
        let answer = send(http().post(&url).bearer_auth(&token).json(&body)).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (status, text));
    }
    let answer = send(http().get(format!("{url}/pull?collection=tasks")).bearer_auth(&token)).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.text().await.unwrap(), "missing collection or since parameter");
}

#[tokio::test]
async fn its_runner_logs_in_and_its_mcp_client_plays() {
    let up = seeded();
    let (token, space) = log_in_as_the_runner(&up).await;
    let url = format!("{}/mcp", up.addresses.mcp);
    let post = |session: Option<&str>, body: &Value| {
        let request = http().post(&url).bearer_auth(&token).header("X-Mana-Space", &space).json(body);
        let request = request.header(header::ACCEPT, "application/json, text/event-stream");
        session.iter().fold(request, |request, id| {
            request.header("mcp-session-id", *id).header("mcp-protocol-version", "2025-11-25")
        })
    };
    let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "persona-runner", "version": "0" } } });
    let answer = send(post(None, &hello)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let session = answer.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    assert_eq!(message(answer).await["result"]["protocolVersion"], "2025-11-25");
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(send(post(Some(&session), &ready)).await.status(), StatusCode::ACCEPTED);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let listed = message(send(post(Some(&session), &list)).await).await;
    let names: Vec<_> = listed["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
    for name in [
        "habits.create",
        "habits.list",
        "habits.update",
        "habits.archive",
        "spaces.list",
        "todo.create",
        "todo.list",
        "todo.complete",
        "notes.create",
        "notes.search",
        "journal.add",
    ] {
        assert!(names.contains(&json!(name)), "{name} in {names:?}");
    }
    let call = async |id: u32, name: &str, arguments: Value| {
        let params = json!({ "name": name, "arguments": arguments });
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        let result = message(send(post(Some(&session), &body)).await).await["result"].take();
        // It reads the text, where the answer is JSON.
        let text = result["content"][0]["text"].as_str().unwrap().to_owned();
        (result["isError"] == true, text)
    };
    let (failed, text) = call(2, "todo.create", json!({ "title": "Milch" })).await;
    assert!(!failed, "{text}");
    let (_, text) = call(3, "todo.list", json!({})).await;
    let listed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(listed["tasks"][0]["title"], "Milch");
    let (failed, text) = call(4, "todo.create", json!({ "title": "" })).await;
    assert!(failed && text.contains("todo.create") && text.contains("title"), "{text}");
    // What a page of the original shows of it has the space in the record too.
    let pull = format!("{}/sync/todo/pull?collection=tasks&since=1970-01-01T00:00:00.000Z", up.addresses.sync);
    let pulled = json_of(http().get(pull).bearer_auth(&token)).await;
    let change = &pulled["serverChanges"][0];
    assert_eq!((&change["spaceId"], &change["data"]["spaceId"]), (&json!(space), &json!(space)));
    assert_eq!(change["origin"], "agent");
    let ended = http().delete(&url).bearer_auth(&token).header("mcp-session-id", &session);
    assert!(send(ended).await.status().is_success());
}

async fn message(answer: Response) -> Value {
    let text = answer.text().await.unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim).find(|data| !data.is_empty());
    serde_json::from_str(data.unwrap_or(&text)).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn its_screenshot_suite_gets_its_cookie_either_way() {
    let up = seeded();
    let body = json!({ "email": ANNA, "password": persona_password(ANNA, DEV_SEED_SECRET) });
    let by_login = http().post(format!("{}/api/v1/auth/login", up.addresses.auth)).json(&body);
    let sign_in = http().post(format!("{}/api/auth/sign-in/email", up.addresses.auth)).json(&body);
    let by_page = sign_in.header(header::ORIGIN, &up.addresses.web).header("sec-fetch-mode", "cors");
    for request in [by_login, by_page] {
        let answer = send(request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let set = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(set.ends_with("; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"), "{set}");
        let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
        assert_eq!(name, "mana.session_token");
        let cookie = format!("{name}={value}");
        let request = http().get(format!("{}/api/auth/get-session", up.addresses.auth)).header(header::COOKIE, &cookie);
        let answer = send(request).await;
        assert!(answer.headers().contains_key("set-auth-jwt"));
        let seen: Value = answer.json().await.unwrap();
        assert_eq!((&seen["user"]["email"], &seen["user"]["kind"]), (&json!(ANNA), &json!("persona")));
        let token = http().get(format!("{}/api/auth/token", up.addresses.auth)).header(header::COOKIE, &cookie);
        assert_eq!(json_of(token).await["token"].as_str().unwrap().split('.').count(), 3);
    }
}

#[tokio::test]
async fn its_seeding_scripts_find_their_flags_and_their_answers() {
    let up = Up::start();
    let jwt = told(&up.verb(&["admin", "token"])).trim().to_owned();
    let run = |verb: &str, more: &[&str]| {
        let mut command = stack(&["personas", verb, "--auth", &up.addresses.auth]);
        command.args(more);
        command
    };
    let succeeds = |mut command: std::process::Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        told(&output)
    };
    let emails: Vec<_> = Catalogue::embedded().personas().iter().map(|persona| persona.email.clone()).collect();
    let lines =
        |output: &str| emails.iter().all(|email| output.lines().filter(|line| line.contains(email)).count() == 1);
    let dry = succeeds(run("seed", &["--jwt", &jwt, "--dry-run"]));
    assert!(lines(&dry), "one line a persona: {dry}");
    let list = || http().get(format!("{}/api/v1/admin/personas", up.addresses.auth)).bearer_auth(&jwt);
    assert_eq!(json_of(list()).await, json!({ "personas": [] }));
    assert!(lines(&succeeds(run("seed", &["--jwt", &jwt]))));
    let mut by_environment = run("seed", &[]);
    by_environment.env("MANA_ADMIN_JWT", &jwt);
    assert!(lines(&succeeds(by_environment)), "a second time is as good");
    assert_eq!(json_of(list()).await["personas"].as_array().unwrap().len(), 10);

    // What its script itself posts, for a persona that is in nobody's catalogue.
    let eva = json!({ "email": "persona.eva@mana.test", "name": "Eva", "password": "a password of eva's",
        "archetype": "solo-dev", "systemPrompt": "Du bist Eva und schreibst gern Programme.",
        "moduleMix": { "todo": 1.0 }, "tickCadence": "daily" });
    let upsert = http().post(format!("{}/api/v1/admin/personas", up.addresses.auth)).bearer_auth(&jwt);
    let made = json_of(upsert.json(&eva)).await;
    assert_eq!((&made["ok"], &made["email"]), (&json!(true), &json!("persona.eva@mana.test")));
    let cleaned = succeeds(run("cleanup", &["--jwt", &jwt]));
    assert!(lines(&cleaned) && cleaned.contains("persona.eva@mana.test"), "who is left over is named: {cleaned}");
    let id = made["userId"].as_str().unwrap();
    let delete = http().delete(format!("{}/api/v1/admin/personas/{id}", up.addresses.auth)).bearer_auth(&jwt);
    assert_eq!(json_of(delete).await, json!({ "ok": true, "deleted": id }));

    let refused = run("seed", &["--jwt", "no.such.token"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
}
