//! What is said to Chromium, in DevTools commands, however they travel.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::try_join_all;
use harness_model::Viewport;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{COMMAND_LIMIT, Clip, refused};
use crate::{CaptureError, Cookie, World, world::emulation_calls};

/// A way to a Chromium's window on which DevTools commands travel.
pub(super) trait DevTools {
    /// Carries out one command and gives its result. `during` says for an error message what it was for.
    async fn carry_out(
        &self,
        command: &'static str,
        params: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError>;

    /// Carries out a command. In the moment in which one document replaces another, DevTools serve neither; a command that
    /// falls into it was not carried out and is sent again.
    async fn devtools(&self, command: &'static str, params: Value) -> Result<Value, CaptureError> {
        let deadline = Instant::now() + COMMAND_LIMIT;
        loop {
            match self.carry_out(command, params.clone(), command, COMMAND_LIMIT).await {
                Err(CaptureError::Refused { why, .. }) if between_documents(&why) && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                answer => return answer,
            }
        }
    }

    async fn evaluate(&self, script: &str, during: &str, limit: Duration) -> Result<Option<Value>, CaptureError> {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let mut answer = match self.carry_out("Runtime.evaluate", params, during, limit).await {
            Err(CaptureError::Refused { why, .. }) if document_is_gone(&why) || between_documents(&why) => {
                return Ok(None);
            }
            answer => answer?,
        };
        if let Some(thrown) = answer.get("exceptionDetails") {
            let text = thrown["exception"]["description"].as_str().or(thrown["text"].as_str()).unwrap_or("it threw");
            return Err(refused(during, text));
        }
        Ok(Some(answer["result"]["value"].take()))
    }

    async fn capture(&self, full_page: bool, clip: Option<Clip>) -> Result<Vec<u8>, CaptureError> {
        const CAPTURE: &str = "Page.captureScreenshot";
        let mut params = json!({
            "format": "png", "optimizeForSpeed": true, "fromSurface": true, "captureBeyondViewport": full_page,
        });
        if let Some(Clip { top, width, height }) = clip {
            params["clip"] = json!({ "x": 0, "y": top, "width": width, "height": height, "scale": 1 });
        }
        let answer = self.devtools(CAPTURE, params).await?;
        let text = answer["data"].as_str().ok_or_else(|| refused(CAPTURE, "there is no data"))?;
        STANDARD.decode(text).map_err(|e| refused(CAPTURE, &e.to_string()))
    }

    async fn page_size(&self) -> Result<(f64, f64), CaptureError> {
        const METRICS: &str = "Page.getLayoutMetrics";
        let metrics = self.devtools(METRICS, json!({})).await?;
        let length = |name: &str| metrics["cssContentSize"][name].as_f64();
        match (length("width"), length("height")) {
            (Some(width), Some(height)) => Ok((width, height)),
            _ => Err(refused(METRICS, "the browser does not tell the page's size")),
        }
    }

    async fn type_text(&self, text: &str) -> Result<(), CaptureError> {
        self.devtools("Input.insertText", json!({ "text": text })).await.map(drop)
    }

    async fn stop_loading(&self) -> Result<(), CaptureError> {
        self.devtools("Page.stopLoading", json!({})).await.map(drop)
    }

    /// The cookies that the viewer holds, as DevTools list them.
    async fn stored_cookies(&self) -> Result<Value, CaptureError>;

    async fn cookies(&self) -> Result<Vec<Cookie>, CaptureError> {
        let stored = self.stored_cookies().await?;
        Ok(stored["cookies"].as_array().into_iter().flatten().filter_map(Cookie::of_devtools).collect())
    }

    /// Makes the window what the world and the viewport say.
    async fn emulate(&self, world: &World, viewport: &Viewport, chromium_major: u32) -> Result<(), CaptureError> {
        let calls = emulation_calls(world, viewport, chromium_major).into_iter();
        try_join_all(calls.map(|(command, params)| async move {
            self.devtools(command, params).await.map_err(|error| blamed_on_world(world, command, error))
        }))
        .await
        .map(drop)
    }

    /// Sets the cookies and asks which are there: the browser drops what breaks its rules without a word.
    async fn set_cookies(&self, cookies: &[Cookie]) -> Result<(), CaptureError> {
        if cookies.is_empty() {
            return Ok(());
        }
        let refused = |cookie: &Cookie, why: &str| CaptureError::Cookie {
            name: cookie.name.clone(),
            domain: cookie.domain.clone(),
            why: why.to_owned(),
        };
        try_join_all(cookies.iter().map(|cookie| async move {
            let set = self.devtools("Network.setCookies", json!({ "cookies": [cookie.to_devtools()] })).await;
            set.map_err(|error| match error {
                CaptureError::Refused { why, .. } => refused(cookie, &why),
                error => error,
            })
        }))
        .await?;
        let stored = self.stored_cookies().await?;
        let stored = stored["cookies"].as_array().cloned().unwrap_or_default();
        match cookies.iter().find(|cookie| !stored.iter().any(|stored| cookie.is(stored))) {
            Some(cookie) => Err(refused(cookie, "it is not there after being set; is it secure, and not expired?")),
            None => Ok(()),
        }
    }

    /// Where the window is in its history, which is the browser's and not the page's: it can be asked while a document is
    /// on its way.
    async fn history_entry(&self) -> Result<HistoryEntry, CaptureError> {
        const HISTORY: &str = "Page.getNavigationHistory";
        let mut history = self.devtools(HISTORY, json!({})).await?;
        let current = history["currentIndex"].as_u64().unwrap_or_default() as usize;
        serde_json::from_value(history["entries"][current].take()).map_err(|e| refused(HISTORY, &e.to_string()))
    }
}

/// Where a window is in its history.
#[derive(Debug, Deserialize)]
pub(super) struct HistoryEntry {
    pub(super) id: i64,
    pub(super) url: String,
}

/// Time zone and locale are checked by Chromium.
fn blamed_on_world(world: &World, command: &str, error: CaptureError) -> CaptureError {
    let (setting, value) = match command {
        "Emulation.setTimezoneOverride" => ("time zone", &world.time_zone),
        "Emulation.setLocaleOverride" => ("locale", &world.locale),
        _ => return error,
    };
    match error {
        CaptureError::Refused { why, .. } => CaptureError::World { setting, value: value.clone(), why },
        error => error,
    }
}

/// The words with which a command says that it met no document.
fn between_documents(why: &str) -> bool {
    why.contains("aborted by navigation") || why.contains("Not attached to an active page") || why == "timeout"
}

/// The words with which DevTools say that the document a script ran in has made way for another.
fn document_is_gone(why: &str) -> bool {
    ["navigated or closed", "context was destroyed", "Cannot find context", "Cannot find default execution context"]
        .iter()
        .any(|words| why.contains(words))
}

/// Whether two addresses differ at most in the place within the document.
pub(super) fn same_document(a: &str, b: &str) -> bool {
    let document = |address: &str| {
        let mut url = url::Url::parse(address).ok()?;
        url.set_fragment(None);
        Some(url)
    };
    document(a) == document(b)
}
