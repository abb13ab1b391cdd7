//! What every answer carries.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::app::{Answer, get, send};

/// The policy's directives by name.
fn policy(answer: &Answer) -> BTreeMap<&str, &str> {
    let directives = answer.header("content-security-policy").split("; ");
    directives.map(|directive| directive.split_once(' ').unwrap()).collect()
}

#[tokio::test]
async fn the_policy_allows_own_files_and_the_two_services_and_nothing_inline() {
    let expected = BTreeMap::from([
        ("base-uri", "'none'"),
        ("connect-src", "'self' http://localhost:3001 http://localhost:3050"),
        ("default-src", "'none'"),
        ("font-src", "'self'"),
        ("form-action", "'none'"),
        ("frame-ancestors", "'none'"),
        ("img-src", "'self' data:"),
        ("require-trusted-types-for", "'script'"),
        ("script-src", "'self'"),
        ("style-src", "'self'"),
        ("trusted-types", "'none'"),
    ]);
    assert_eq!(policy(&get("/").await), expected);
}

#[tokio::test]
async fn every_answer_carries_the_same_protection() {
    for path in ["/", "/sign-in", "/main.js", "/config.json", "/health", "/nirgends"] {
        let answer = get(path).await;
        assert_eq!(policy(&answer)["script-src"], "'self'", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn a_file_is_sent_again_only_when_it_changed() {
    for path in ["/", "/main.js", "/styles/tokens.css"] {
        let first = get(path).await;
        assert_eq!(first.header("cache-control"), "no-cache", "{path}");
        let etag = first.header("etag");
        let asked_with = async |tags: &str| {
            send(Request::get(path).header("if-none-match", tags).body(Body::empty()).unwrap()).await
        };
        let check = async |tags: &str, status: StatusCode| {
            let answer = asked_with(tags).await;
            assert_eq!(answer.status, status, "{path} {tags}");
            assert_eq!(answer.body.is_empty(), status == StatusCode::NOT_MODIFIED, "{path} {tags}");
            assert_eq!(answer.header("etag"), etag, "{path} {tags}");
        };
        check(etag, StatusCode::NOT_MODIFIED).await;
        check(&format!("\"other\", W/{etag}"), StatusCode::NOT_MODIFIED).await;
        check("*", StatusCode::NOT_MODIFIED).await;
        check("\"other\"", StatusCode::OK).await;
    }
    assert_ne!(get("/main.js").await.header("etag"), get("/dom.js").await.header("etag"));
}
