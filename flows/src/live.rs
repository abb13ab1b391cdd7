//! What an agent writes through MCP appears on a persona's open page by itself: decrypted, within two seconds.
//!
//! Needs a seeded stack that may be written to: `cargo xtask test` starts one and runs this on it.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{collections::HashMap, time::Duration};

use fixtures::{Catalogue, LiveStack, pages::TODO, test_ids};
use harness_browser::Installation;
use harness_capture::{Cookie, Driver, Outcome, PictureRequest, World};
use harness_model::Viewport;
use rmcp::{
    ServiceExt as _,
    model::CallToolRequestParams,
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::json;

const APPEARS_WITHIN: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_task_made_by_an_agent_appears_on_annas_open_page() {
    let mcp = std::env::var("PERSONAS_MCP_URL").unwrap_or_else(|_| "http://localhost:3069".to_owned());
    let stack = LiveStack::from_lookup(|name| std::env::var(name).ok()).unwrap();
    let catalogue = Catalogue::embedded();
    let anna = catalogue.find("anna").unwrap();
    let cookies = stack.log_in(anna).await.unwrap();
    let cookies: Vec<Cookie> =
        cookies.into_iter().map(|cookie| Cookie::new(cookie.name, cookie.value, &stack.cookie_domain)).collect();

    let driver = Driver::start(&Installation::find().unwrap(), World::default()).await.unwrap();
    let mut browser = driver.open().await.unwrap();
    browser.enter(&Viewport::desktop(), &cookies).await.unwrap();
    let mut page = PictureRequest::new(stack.base_url.join(TODO.path).unwrap());
    page.ready = Some(format!("[data-testid=\"{}\"][data-ready=\"true\"]", test_ids::PAGE));
    let opened = browser.picture(&page).await.unwrap();
    assert_eq!(opened.outcome, Outcome::Settled);

    let title = "Regenschirm aus der Mensa holen";
    let email = &anna.email;
    let password = stack_password(email, &stack);
    let auth = stack_client::AuthClient::new(stack.auth_url.clone(), reqwest::Client::new());
    let token = auth.login(email, &password).await.unwrap().0.access_token;
    call(&mcp, &token, "todo.create", json!({ "title": title })).await;
    let task = format!("[data-testid=\"{}\"]", test_ids::TASK);
    let appeared = browser.shows(&task, title, APPEARS_WITHIN).await.unwrap();
    assert!(appeared.is_some(), "the task is not on the page within {APPEARS_WITHIN:?}");
    browser.close().await;
}

fn stack_password(email: &str, stack: &LiveStack) -> String {
    use secrecy::ExposeSecret as _;
    fixtures::persona_password(email, stack.seed_secret.expose_secret())
}

/// One tool call by the official client.
async fn call(mcp: &str, token: &str, tool: &'static str, arguments: serde_json::Value) {
    let headers = HashMap::from([(http::header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap())]);
    let config = StreamableHttpClientTransportConfig::with_uri(format!("{mcp}/mcp")).custom_headers(headers);
    let client = ().serve(StreamableHttpClientTransport::from_config(config)).await.unwrap();
    let request = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    let result = client.call_tool(request).await.unwrap();
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.cancel().await.unwrap();
}
