//! One Chromium: it looks at pages as one viewer after another.

use std::{sync::Arc, time::Duration};

use harness_model::Viewport;
use serde_json::{Value, json};

use crate::{
    CaptureError, Cookie, Picture, PictureRequest, World, console,
    driver::Reaper,
    line::{COMMAND_LIMIT, Line},
    picture, settle, watch,
    world::emulation_calls,
};

/// A Chromium of its own, opened by [`crate::Driver::open`]. Dropping it ends it; [`Browser::close`] does so politely.
///
/// After an error for which [`CaptureError::browser_is_lost`] holds it is of no more use.
#[derive(Debug)]
pub struct Browser {
    // `None` once the browser is closed or lost.
    line: Option<Line>,
    process: Option<u32>,
    reaper: Arc<Reaper>,
    world: World,
    chromium_major: u32,
}

impl Browser {
    pub(crate) async fn new(
        line: Line,
        process: Option<u32>,
        reaper: Arc<Reaper>,
        world: World,
        chromium_major: u32,
    ) -> Result<Self, CaptureError> {
        let scripts = [world.script()?, settle::tracker()];
        let mut browser = Self { line: Some(line), process, reaper, world, chromium_major };
        for source in scripts {
            let made = browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
            browser.kept(made)?;
        }
        Ok(browser)
    }

    /// Makes room for a new viewer: nothing of the one before is left (cookies, storage, databases, caches, history),
    /// the window is `viewport`, and the cookies are set before any page is loaded.
    ///
    /// # Errors
    /// When the browser refuses a cookie or a setting of the world, or is lost.
    pub async fn enter(&mut self, viewport: &Viewport, cookies: &[Cookie]) -> Result<(), CaptureError> {
        let entered = self.try_enter(viewport, cookies).await;
        self.kept(entered)
    }

    /// Opens a page, waits until it has come to rest, and pictures it.
    ///
    /// # Errors
    /// When there is nothing to picture (the page cannot be reached, a selector is none) or the browser is lost. That
    /// the page never settles is no error but an [`crate::Outcome`].
    pub async fn picture(&mut self, request: &PictureRequest) -> Result<Picture, CaptureError> {
        let taken = match &self.line {
            Some(line) => picture::take(line, &self.world, request).await,
            None => Err(closed("picturing")),
        };
        self.kept(taken)
    }

    /// Opens a page, does what the request says, and gives the cookies that the browser holds once the page has come to
    /// rest: a log-in by form.
    ///
    /// # Errors
    /// As [`Browser::picture`]; also when the page never settles, for then nobody knows whether the log-in is done.
    pub async fn log_in(&mut self, request: &PictureRequest) -> Result<Vec<Cookie>, CaptureError> {
        let taken = self.picture(request).await?;
        if let crate::Outcome::NeverSettled { reasons } = taken.outcome {
            let why = format!("the page never came to rest: {}", reasons.join("; "));
            return Err(CaptureError::Action { action: "log in".into(), url: request.url.clone(), why });
        }
        let stored = self.devtools("Storage.getCookies", json!({})).await;
        let stored = self.kept(stored)?;
        Ok(stored["cookies"].as_array().into_iter().flatten().filter_map(Cookie::of_devtools).collect())
    }

    /// Waits until the page that was opened last shows `text` in an element that matches `selector`, without a reload;
    /// says how long that took, or `None` when it does not happen `within` the time.
    ///
    /// # Errors
    /// When the selector is none, or the browser is lost.
    pub async fn shows(
        &mut self,
        selector: &str,
        text: &str,
        within: Duration,
    ) -> Result<Option<Duration>, CaptureError> {
        let seen = match &self.line {
            Some(line) => watch::shows(line, selector, text, within).await,
            None => Err(closed("watching")),
        };
        self.kept(seen)
    }

    /// Ends the browser and waits until it has ended.
    pub async fn close(mut self) {
        if let Some(line) = self.line.take()
            && line.end().await.is_ok()
        {
            self.process = None;
        }
        // What did not end politely ends with the drop.
    }

    /// The browser's process, as ChromeDriver tells it.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process
    }

    async fn try_enter(&self, viewport: &Viewport, cookies: &[Cookie]) -> Result<(), CaptureError> {
        // First away from the old page, so that it cannot write anything back.
        self.devtools("Page.navigate", json!({ "url": "about:blank" })).await?;
        // A window keeps its name, whoever looks through it.
        self.line()?.evaluate::<Value>("window.name = ''", "clearing the window's name", COMMAND_LIMIT).await?;
        self.devtools("Storage.clearDataForOrigin", json!({ "origin": "*", "storageTypes": "all" })).await?;
        for command in ["Network.clearBrowserCookies", "Network.clearBrowserCache", "Page.resetNavigationHistory"] {
            self.devtools(command, json!({})).await?;
        }
        for (command, params) in emulation_calls(&self.world, viewport, self.chromium_major) {
            self.devtools(command, params).await.map_err(|error| self.blamed_on_world(command, error))?;
        }
        self.set_cookies(cookies).await?;
        // What the viewer before left in the log is not this one's.
        console::read(self.line()?).await.map(|_| ())
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
        for cookie in cookies {
            self.devtools("Network.setCookies", json!({ "cookies": [cookie.to_devtools()] })).await.map_err(
                |error| match error {
                    CaptureError::Refused { why, .. } => refused(cookie, &why),
                    error => error,
                },
            )?;
        }
        let stored = self.devtools("Storage.getCookies", json!({})).await?;
        let stored = stored["cookies"].as_array().cloned().unwrap_or_default();
        match cookies.iter().find(|cookie| !stored.iter().any(|stored| cookie.is(stored))) {
            Some(cookie) => Err(refused(cookie, "it is not there after being set; is it secure, and not expired?")),
            None => Ok(()),
        }
    }

    fn blamed_on_world(&self, command: &str, error: CaptureError) -> CaptureError {
        let (setting, value) = match command {
            "Emulation.setTimezoneOverride" => ("time zone", &self.world.time_zone),
            "Emulation.setLocaleOverride" => ("locale", &self.world.locale),
            _ => return error,
        };
        match error {
            CaptureError::Refused { why, .. } => CaptureError::World { setting, value: value.clone(), why },
            error => error,
        }
    }

    async fn devtools(&self, command: &'static str, params: Value) -> Result<Value, CaptureError> {
        self.line()?.devtools(command, params).await
    }

    fn line(&self) -> Result<&Line, CaptureError> {
        self.line.as_ref().ok_or_else(|| closed("a command"))
    }

    /// Passes a result on; ends the browser's process if it says that the browser is lost.
    fn kept<T>(&mut self, result: Result<T, CaptureError>) -> Result<T, CaptureError> {
        if result.as_ref().is_err_and(CaptureError::browser_is_lost) {
            self.line = None;
            self.end_process();
        }
        result
    }

    fn end_process(&mut self) {
        if let Some(process) = self.process.take() {
            self.reaper.end(process);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end_process();
    }
}

fn closed(during: &str) -> CaptureError {
    CaptureError::BrowserLost { during: during.to_owned(), why: "it was lost before".into() }
}
