//! What a stack writes about itself holds no secret, however much it is asked to write.

use serde_json::json;
use stack_api::{auth::SESSION_COOKIE, routes};
use stack_client::AuthClient;
use stack_crypto::{DEV_SEED_SECRET, persona_password};
use stack_test_database::TestDatabase;

use crate::{
    mcp::call,
    program::{Up, told},
};

const EMAIL: &str = "somebody@mana.test";
const PASSWORD: &str = "pass phrase of somebody alone";
/// What a user writes is nobody's to log either.
const WORDS: &str = "Geheimnis-des-Tagebuchs";

#[tokio::test]
async fn no_password_token_key_or_word_of_a_user_is_ever_logged() {
    let up = Up::start_with(TestDatabase::fresh(), |command| {
        command.env("RUST_LOG", "trace");
    });
    let mut said = String::new();
    for verb in [&["personas", "seed"][..], &["tick"], &["personas", "list"]] {
        let output = up.verb(verb);
        assert!(output.status.success(), "{}", told(&output));
        said += &told(&output);
    }
    let http = reqwest::Client::new();
    let base: url::Url = up.addresses.auth.parse().unwrap();
    let auth = AuthClient::new(base.clone(), http.clone());
    let account = json!({ "email": EMAIL, "password": PASSWORD });
    let registered = http.post(base.join(routes::REGISTER).unwrap()).json(&account).send().await.unwrap();
    assert!(registered.status().is_success());
    let (login, cookies) = auth.login(EMAIL, PASSWORD).await.unwrap();
    let cookie = cookies.iter().find_map(|cookie| cookie.strip_prefix(&format!("{SESSION_COOKIE}="))).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let key = auth.master_key(&login.access_token).await.unwrap().master_key;
    call(&up, &login.access_token, &[], "journal.add", json!({ "content": WORDS })).await;
    call(&up, &login.access_token, &[], "todo.list", json!({})).await;
    assert!(auth.login(EMAIL, &format!("{PASSWORD}, nearly")).await.is_err());
    call_with_a_wrong_field(&up, &login.access_token).await;

    let anna = "persona.anna@mana.test";
    let anna_password = persona_password(anna, DEV_SEED_SECRET);
    let (anna_login, _) = auth.login(anna, &anna_password).await.unwrap();
    let anna_key = auth.master_key(&anna_login.access_token).await.unwrap().master_key;
    let file = std::fs::read_to_string(up.data().join("secrets.json")).unwrap();
    let made: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&file).unwrap();

    let mut secrets = vec![
        ("a password", PASSWORD.to_owned()),
        ("a session's token", login.token.clone()),
        ("a session's cookie", cookie.to_owned()),
        ("an access token", login.access_token.clone()),
        ("a master key", key),
        ("a user's words", WORDS.to_owned()),
        ("a persona's password", anna_password),
        ("a persona's access token", anna_login.access_token),
        ("a persona's master key", anna_key),
    ];
    for (name, value) in &made {
        secrets.push((name, value.as_str().unwrap().to_owned()));
    }
    let log = up.log();
    assert!(log.contains("TRACE") && log.contains("DEBUG"), "not every level was on");
    let mut leaks = Vec::new();
    for (name, secret) in &secrets {
        assert!(secret.len() > 10, "{name} is too short to look for");
        let lines = log.lines().chain(said.lines()).filter(|line| line.contains(secret.as_str()));
        leaks.extend(lines.map(|line| format!("{name} in {}", line.replace(secret.as_str(), "***"))));
    }
    assert!(leaks.is_empty(), "{} leaks, the first of them:\n{}", leaks.len(), leaks[..leaks.len().min(20)].join("\n"));
}

/// A refusal repeats nothing of what was given.
async fn call_with_a_wrong_field(up: &Up, token: &str) {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "journal.add", "arguments": {"content": WORDS, "mood": WORDS}}});
    let call = reqwest::Client::new().post(format!("{}/mcp", up.addresses.mcp)).bearer_auth(token);
    let call = call.header("accept", "application/json, text/event-stream").json(&request);
    // Refused before or behind the protocol: what is asked here is what the log says of it.
    call.send().await.unwrap();
}
