//! A window of a Chromium that others use at the same time, in a context of its own: cookies, storage, databases, service
//! workers and caches of one context are never those of another.
//!
//! A viewer who enters gets a new context and a new window in it, and the old one goes with everything it knew. A window,
//! not a tab: of several tabs in one window only one is in front, and captures of the others hang.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use harness_model::{PageErrors, Viewport};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    COMMAND_LIMIT, Opened,
    chromium::{DevTools, same_document},
    lost, refused,
    socket::Socket,
};
use crate::{CaptureError, Cookie, World, settle};

/// Where a Chromium's DevTools listen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    /// Host and port.
    pub(crate) address: String,
    /// The path of the whole browser's socket.
    pub(crate) path: String,
}

impl Endpoint {
    /// Of a Chromium that has started with this profile, which tells there.
    pub(crate) fn of_profile(profile: &Path) -> Option<Self> {
        let told = fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
        let (port, path) = told.trim().split_once('\n')?;
        Some(Self { address: format!("127.0.0.1:{}", port.parse::<u16>().ok()?), path: path.to_owned() })
    }
}

/// A connection to a Chromium, with at most one window.
#[derive(Debug)]
pub(crate) struct Window {
    socket: Socket,
    chromium_major: u32,
    open: Option<Open>,
}

/// The window that is open.
#[derive(Debug)]
struct Open {
    context: String,
    session: String,
}

impl DevTools for Window {
    async fn carry_out(
        &self,
        command: &'static str,
        params: Value,
        during: &str,
        limit: Duration,
    ) -> Result<Value, CaptureError> {
        let Some(open) = &self.open else { return Err(refused(during, "nobody has entered")) };
        self.socket.call(Some(&open.session), command, params, during, limit).await
    }

    /// A window would tell those of the context that has no name.
    async fn stored_cookies(&self) -> Result<Value, CaptureError> {
        let context = self.open.as_ref().map(|open| &open.context);
        self.of_browser("Storage.getCookies", json!({ "browserContextId": context })).await
    }
}

impl Window {
    pub(crate) async fn connect(endpoint: &Endpoint, chromium_major: u32) -> Result<Self, CaptureError> {
        const CONNECTING: &str = "connecting to its DevTools";
        let connecting = Socket::connect(&endpoint.address, &endpoint.path);
        match tokio::time::timeout(COMMAND_LIMIT, connecting).await {
            Ok(socket) => {
                let window = Self { socket: socket?, chromium_major, open: None };
                // One that takes connections may hang all the same.
                window.of_browser("Browser.getVersion", json!({})).await?;
                Ok(window)
            }
            Err(_) => Err(CaptureError::no_answer(CONNECTING, COMMAND_LIMIT)),
        }
    }

    /// Whether the browser has ended.
    pub(super) fn is_lost(&self) -> bool {
        self.socket.is_lost()
    }

    pub(super) async fn enter(
        &mut self,
        world: &World,
        viewport: &Viewport,
        cookies: &[Cookie],
    ) -> Result<(), CaptureError> {
        if let Some(open) = self.open.take() {
            self.of_browser("Target.disposeBrowserContext", json!({ "browserContextId": open.context })).await?;
        }
        let context = self.made("Target.createBrowserContext", json!({ "disposeOnDetach": true }), "browserContextId");
        let context = context.await?;
        // Headless, a window's size is not the viewport's; what is drawn is the viewport.
        let window = json!({
            "url": "about:blank", "newWindow": true, "browserContextId": context,
            "width": viewport.width, "height": viewport.height,
        });
        let target = self.made("Target.createTarget", window, "targetId").await?;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = self.made("Target.attachToTarget", attach, "sessionId").await?;
        self.socket.watch(&session);
        self.open = Some(Open { context, session });

        let scripts = [world.script()?, settle::tracker()]
            .map(|source| ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })));
        let enable =
            ["Inspector.enable", "Page.enable", "Runtime.enable", "Log.enable"].map(|command| (command, json!({})));
        // All at once: they are carried out in their order.
        try_join_all(enable.into_iter().chain(scripts).map(|(command, params)| self.devtools(command, params))).await?;
        self.emulate(world, viewport, self.chromium_major).await?;
        // The first document takes the place of the window's empty one in its history. Each later one is the second.
        self.devtools("Page.navigate", json!({ "url": "about:blank" })).await?;
        self.set_cookies(cookies).await
    }

    /// Chromium's answer comes when the document begins, or when it is sure that none will.
    pub(super) async fn open(&self, url: &str, deadline: Instant) -> Result<Opened, CaptureError> {
        if same_document(&self.history_entry().await?.url, url) {
            // To the browser that would be a step within the page at hand, or a reload of it.
            self.devtools("Page.navigate", json!({ "url": "about:blank" })).await?;
        }
        self.devtools("Page.resetNavigationHistory", json!({})).await?;
        self.socket.take_errors();
        let during = format!("opening {url}");
        let begins = self.carry_out("Page.navigate", json!({ "url": url }), &during, Duration::MAX);
        let Ok(begun) = tokio::time::timeout_at(deadline.into(), begins).await else {
            self.stop_loading().await?;
            return Ok(Opened::Silent);
        };
        let begun = begun?;
        match begun["errorText"].as_str() {
            // A page that kills its process is told by the process's end, which this waits for.
            Some("net::ERR_ABORTED") => {
                self.evaluate("0", &during, COMMAND_LIMIT).await?;
                let what = if begun["isDownload"] == true { "a download" } else { "no document" };
                Ok(Opened::Nothing(what))
            }
            // Chromium shows a page of its own about everything else.
            _ => Ok(Opened::Begun),
        }
    }

    pub(super) fn errors(&self) -> PageErrors {
        self.socket.take_errors()
    }

    /// Ends the window. Its context would end with the connection too.
    pub(super) async fn end(mut self) -> Result<(), CaptureError> {
        match self.open.take() {
            Some(open) => {
                let context = json!({ "browserContextId": open.context });
                self.of_browser("Target.disposeBrowserContext", context).await.map(drop)
            }
            None => Ok(()),
        }
    }

    async fn of_browser(&self, command: &'static str, params: Value) -> Result<Value, CaptureError> {
        self.socket.call(None, command, params, command, COMMAND_LIMIT).await
    }

    /// Makes something, and gives what it is called.
    async fn made(&self, command: &'static str, params: Value, name: &str) -> Result<String, CaptureError> {
        let made = self.of_browser(command, params).await?;
        made[name].as_str().map(str::to_owned).ok_or_else(|| lost(command, "its answer has no name"))
    }
}
