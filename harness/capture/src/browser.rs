//! One Chromium: it looks at pages as one viewer after another.

use std::{sync::Arc, time::Duration};

use harness_model::Viewport;

use crate::{CaptureError, Cookie, Picture, PictureRequest, World, driver::Reaper, line::Line, picture, watch};

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
}

impl Browser {
    pub(crate) fn new(line: Line, process: Option<u32>, reaper: Arc<Reaper>, world: World) -> Self {
        Self { line: Some(line), process, reaper, world }
    }

    /// Makes room for a new viewer: nothing of the one before is left (cookies, storage, databases, caches, history),
    /// the window is `viewport`, and the cookies are set before any page is loaded.
    ///
    /// # Errors
    /// When the browser refuses a cookie or a setting of the world, or is lost.
    pub async fn enter(&mut self, viewport: &Viewport, cookies: &[Cookie]) -> Result<(), CaptureError> {
        let entered = match &mut self.line {
            Some(line) => line.enter(&self.world, viewport, cookies).await,
            None => Err(closed("entering")),
        };
        self.kept(entered)
    }

    /// Opens a page, waits until it has come to rest, and pictures it.
    ///
    /// # Errors
    /// When there is nothing to picture (the page cannot be reached, a selector is none) or the browser is lost. That
    /// the page never settles is no error but an [`crate::Outcome`].
    pub async fn picture(&mut self, request: &PictureRequest) -> Result<Picture, CaptureError> {
        let taken = match &mut self.line {
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
        let cookies = match &self.line {
            Some(line) => line.cookies().await,
            None => Err(closed("logging in")),
        };
        self.kept(cookies)
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
