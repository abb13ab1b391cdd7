//! Calls that take long, and clients that do not wait for their end.

use std::sync::Arc;

use futures::StreamExt;
use reqwest::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stack_mcp::SessionLimits;
use stack_registry::{Effect, Registry, ToolSpec, modules};
use tokio::sync::Semaphore;

use crate::rig::{PATIENCE, Rig, list_tools, rig_with};

#[derive(Serialize, Deserialize, JsonSchema)]
struct Nothing {}

/// The states of a tool that waits to be let go.
#[derive(Clone)]
struct Slow {
    begun: Arc<Semaphore>,
    let_go: Arc<Semaphore>,
    ended: Arc<Semaphore>,
}

impl Slow {
    fn new() -> Self {
        let none = || Arc::new(Semaphore::new(0));
        Self { begun: none(), let_go: none(), ended: none() }
    }

    fn tool(&self) -> ToolSpec {
        let slow = self.clone();
        ToolSpec::new("test.slow", Effect::Read, "For the test.", move |Nothing {}: Nothing, _| {
            let slow = slow.clone();
            async move {
                /// Told also when the work is dropped on its way.
                struct Ends(Arc<Semaphore>);
                impl Drop for Ends {
                    fn drop(&mut self) {
                        self.0.add_permits(1);
                    }
                }
                let _ends = Ends(Arc::clone(&slow.ended));
                slow.begun.add_permits(1);
                slow.let_go.acquire().await.expect("it is never closed").forget();
                Ok(Nothing {})
            }
        })
    }

    async fn rig(&self) -> Rig {
        let tools = modules::all().into_iter().chain([self.tool()]);
        rig_with(Registry::new(tools).unwrap(), SessionLimits::default()).await
    }
}

async fn wait(what: &str, of: &Semaphore) {
    let permit = tokio::time::timeout(PATIENCE, of.acquire()).await.unwrap_or_else(|_| panic!("never: {what}"));
    permit.unwrap().forget();
}

/// A call whose answer has begun.
async fn call(rig: &Rig, session: &str) -> Response {
    let body = json!({"jsonrpc": "2.0", "id": 5, "method": "tools/call",
        "params": {"name": "test.slow", "arguments": {}, "_meta": {"progressToken": "p1"}}});
    let anna = rig.bearer("anna");
    rig.post(&[("authorization", anna.as_str()), ("mcp-session-id", session)], body).await
}

async fn is_usable(rig: &Rig, session: &str) {
    let anna = rig.bearer("anna");
    let headers = [("authorization", anna.as_str()), ("mcp-session-id", session)];
    assert_eq!(rig.post(&headers, list_tools()).await.status(), 200);
}

#[tokio::test]
async fn a_client_that_asked_hears_that_its_call_is_under_way() {
    let slow = Slow::new();
    let rig = slow.rig().await;
    let session = rig.open_session("anna").await;
    let mut stream = call(&rig, &session).await.bytes_stream();
    let mut heard = String::new();
    let mut hear = async |until: &str| {
        let listen = async {
            while !heard.contains(until) {
                heard += &String::from_utf8_lossy(&stream.next().await.expect("there is more").unwrap());
            }
        };
        tokio::time::timeout(PATIENCE, listen).await.unwrap_or_else(|_| panic!("{until} never comes"));
        heard.clone()
    };
    let progress = hear("notifications/progress").await;
    assert!(progress.contains("\"progressToken\":\"p1\"") && progress.contains("test.slow is under way"), "{progress}");
    slow.let_go.add_permits(1);
    hear("\"id\":5").await;
}

#[tokio::test]
async fn a_client_that_is_gone_in_the_middle_harms_neither_its_call_nor_its_session() {
    let slow = Slow::new();
    let rig = slow.rig().await;
    let session = rig.open_session("anna").await;
    let answer = call(&rig, &session).await;
    wait("the call begins", &slow.begun).await;
    drop(answer);
    is_usable(&rig, &session).await;
    slow.let_go.add_permits(1);
    wait("the call ends", &slow.ended).await;
    is_usable(&rig, &session).await;
}

#[tokio::test]
async fn a_call_that_its_client_cancels_ends_at_once() {
    let slow = Slow::new();
    let rig = slow.rig().await;
    let session = rig.open_session("anna").await;
    let _answer = call(&rig, &session).await;
    wait("the call begins", &slow.begun).await;
    let anna = rig.bearer("anna");
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}});
    let headers = [("authorization", anna.as_str()), ("mcp-session-id", session.as_str())];
    assert_eq!(rig.post(&headers, cancel).await.status(), 202);
    wait("the call ends, though nobody let it go", &slow.ended).await;
    is_usable(&rig, &session).await;
}
