//! What an agent writes through MCP appears on a persona's open page by itself: decrypted, within two seconds. And what is
//! for administrators is on no persona's page.
//!
//! Needs a seeded stack that may be written to: `cargo xtask test` starts one and runs this on it.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{collections::HashMap, time::Duration};

use fixtures::{
    Catalogue, LiveStack, Persona,
    pages::{PERSONAS, TODO},
    test_ids,
};
use harness_browser::Installation;
use harness_capture::{Browser, Cookie, Driver, Outcome, PictureRequest, World};
use harness_model::Viewport;
use rmcp::{
    ServiceExt as _,
    model::CallToolRequestParams,
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::json;

const APPEARS_WITHIN: Duration = Duration::from_secs(2);
/// The administrator that the stack's first start makes.
const ADMIN_EMAIL: &str = "admin@mana.test";

#[tokio::test]
async fn a_task_made_by_an_agent_appears_on_annas_open_page() {
    let mcp = std::env::var("PERSONAS_MCP_URL").unwrap_or_else(|_| "http://localhost:3069".to_owned());
    let stack = LiveStack::from_lookup(|name| std::env::var(name).ok()).unwrap();
    let catalogue = Catalogue::embedded();
    let anna = catalogue.find("anna").unwrap();
    let driver = Driver::start(&Installation::find().unwrap(), World::default()).await.unwrap();
    let mut browser = open(&driver, &stack, &persona_cookies(&stack, anna).await, TODO.path).await;

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

/// Administrators see who played and what they say; a persona that asks for the page is taken home and offered no way.
#[tokio::test]
async fn only_an_administrator_sees_the_page_of_the_personas() {
    let stack = LiveStack::from_lookup(|name| std::env::var(name).ok()).unwrap();
    let password =
        std::env::var("PERSONAS_ADMIN_PASSWORD").expect("PERSONAS_ADMIN_PASSWORD; `cargo xtask test` sets it");
    let driver = Driver::start(&Installation::find().unwrap(), World::default()).await.unwrap();
    let way_there = format!("a[href=\"{}\"]", PERSONAS.path);
    let persona = format!("[data-testid=\"{}\"]", test_ids::PERSONA);

    let auth = stack_client::AuthClient::new(stack.auth_url.clone(), reqwest::Client::new());
    let (_, set_cookies) = auth.login(ADMIN_EMAIL, &password).await.unwrap();
    let pair = |header: &String| {
        let (name, value) = header.split(';').next()?.split_once('=')?;
        Some(Cookie::new(name, value, &stack.cookie_domain))
    };
    let cookies: Vec<Cookie> = set_cookies.iter().filter_map(pair).collect();
    let mut browser = open(&driver, &stack, &cookies, PERSONAS.path).await;
    for shown in ["Anna", "adhd-student", "8 Aufrufe, ohne Fehler", "Aufgaben"] {
        assert!(browser.shows(&persona, shown, APPEARS_WITHIN).await.unwrap().is_some(), "the page lacks {shown}");
    }
    assert!(browser.shows(&way_there, PERSONAS.title, APPEARS_WITHIN).await.unwrap().is_some());
    browser.close().await;

    let catalogue = Catalogue::embedded();
    let ben = catalogue.find("ben").unwrap();
    let mut browser = open(&driver, &stack, &persona_cookies(&stack, ben).await, PERSONAS.path).await;
    let greeting = format!("[data-testid=\"{}\"]", test_ids::GREETING);
    assert!(browser.shows(&greeting, "Ben", APPEARS_WITHIN).await.unwrap().is_some(), "Ben is taken home");
    for absent in [&way_there, &persona] {
        assert!(browser.shows(absent, "", Duration::ZERO).await.unwrap().is_none(), "Ben is shown {absent}");
    }
    browser.close().await;
    let token = auth.login(&ben.email, &stack_password(&ben.email, &stack)).await.unwrap().0.access_token;
    let url = stack.auth_url.join("/api/v1/admin/personas").unwrap();
    let refused = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 403);
}

/// A browser on a page that has settled.
async fn open(driver: &Driver, stack: &LiveStack, cookies: &[Cookie], path: &str) -> Browser {
    let mut browser = driver.open().await.unwrap();
    browser.enter(&Viewport::desktop(), cookies).await.unwrap();
    let mut page = PictureRequest::new(stack.base_url.join(path).unwrap());
    page.ready = Some(format!("[data-testid=\"{}\"][data-ready=\"true\"]", test_ids::PAGE));
    let opened = browser.picture(&page).await.unwrap();
    assert_eq!(opened.outcome, Outcome::Settled);
    browser
}

async fn persona_cookies(stack: &LiveStack, persona: &Persona) -> Vec<Cookie> {
    let cookies = stack.log_in(persona).await.unwrap();
    cookies.into_iter().map(|cookie| Cookie::new(cookie.name, cookie.value, &stack.cookie_domain)).collect()
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
