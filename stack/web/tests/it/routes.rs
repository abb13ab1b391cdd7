//! What is at which path.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use stack_api::{collections, pages};

use crate::app::{every_file, get, send};

#[tokio::test]
async fn every_page_answers_with_the_app() {
    for page in pages::ALL {
        let answer = get(page.path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", page.path);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.text().contains("src=\"/main.js\""), "{}", page.path);
    }
}

#[tokio::test]
async fn any_other_path_answers_with_a_styled_page_that_says_so() {
    let check = async |path: &str| {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.text().contains("Hier ist nichts"), "{path}");
        assert!(answer.text().contains("/styles/sign-in.css"), "{path}");
    };
    check("/nirgends").await;
    check("/todo/1").await;
    check("/data/nothing.js").await;
    check("/styles").await;
    check("/../Cargo.toml").await;
    check("/%2e%2e/Cargo.toml").await;
    check("/index.html").await;
    check("/not-found.html").await;
}

#[tokio::test]
async fn other_methods_are_refused() {
    for path in ["/", "/nirgends", "/main.js", "/config.json"] {
        let answer = send(Request::post(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(answer.header("allow").contains("GET"), "{path}");
    }
}

#[tokio::test]
async fn every_file_but_the_documents_is_served_with_its_type() {
    for path in every_file() {
        let expected = match path.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml; charset=utf-8",
            "txt" => "text/plain; charset=utf-8",
            "woff2" => "font/woff2",
            "html" => continue,
            other => panic!("{path}: which type has .{other}?"),
        };
        let answer = get(&path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, expected), "{path}");
    }
}

#[tokio::test]
async fn the_configuration_names_services_collections_and_pages() {
    let answer = get("/config.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let config: Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!(config["authUrl"], "http://localhost:3001");
    assert_eq!(config["syncUrl"], "http://localhost:3050");
    assert_eq!(config["collections"].as_array().unwrap().len(), collections::ALL.len());
    let tasks = json!({
        "module": "todo", "appId": "todo", "table": "tasks",
        "encryptedFields": ["title", "description", "subtasks", "metadata"],
    });
    assert_eq!(config["collections"][0], tasks);
    assert_eq!(config["pages"].as_array().unwrap().len(), pages::ALL.len());
    assert_eq!(
        config["pages"][1],
        json!({ "path": "/todo", "module": "todo", "title": "Aufgaben", "navigation": true, "adminsOnly": false })
    );
}

#[tokio::test]
async fn the_server_says_that_it_is_well() {
    let health: Value = serde_json::from_str(get("/health").await.text()).unwrap();
    assert_eq!(health, json!({ "status": "ok", "service": "web" }));
}
