//! The line to one window of a browser: what a picture needs of it, whatever the engine and however it is spoken to.
//!
//! Each variant is one way to speak. Everything beyond this file asks for deeds (open this page, picture it, enter as
//! somebody), never for commands of a protocol; a deed's failures are sorted here as well. An answer that never comes and a
//! browser that died are the same error, [`CaptureError::BrowserLost`]: whoever gives up on an answer can no longer use
//! that line.

mod bidi;
mod chromium;
mod socket;
mod webdriver;
mod window;

use std::time::{Duration, Instant};

use harness_model::{PageErrors, Viewport};
use serde::de::DeserializeOwned;

use self::chromium::DevTools as _;
pub(crate) use self::{
    bidi::Bidi,
    webdriver::WebDriver,
    window::{Endpoint, Window},
};
use crate::{CaptureError, Cookie, World};

/// How long an ordinary command may take. They take milliseconds; a busy machine may need a hundred times that.
pub(crate) const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// The line to one window.
#[derive(Debug)]
pub(crate) enum Line {
    /// Chromium by DevTools' own socket.
    Window(Window),
    /// Chromium through a WebDriver server.
    WebDriver(WebDriver),
    /// Firefox by WebDriver BiDi.
    Bidi(Bidi),
}

/// What came of opening a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// Its document has begun, or the browser's own about an error.
    Begun,
    /// No answer came in time; the browser waits for it no longer.
    Silent,
    /// The answer is no document but this, and the page before stays.
    Nothing(&'static str),
}

/// A part of the page, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clip {
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Line {
    /// Makes room for a new viewer: nothing of the one before is left (cookies, storage, databases, caches, history), and
    /// world, viewport and cookies are set before any page is loaded.
    pub(crate) async fn enter(
        &mut self,
        world: &World,
        viewport: &Viewport,
        cookies: &[Cookie],
    ) -> Result<(), CaptureError> {
        match self {
            Self::Window(line) => line.enter(world, viewport, cookies).await,
            Self::WebDriver(line) => line.enter(world, viewport, cookies).await,
            Self::Bidi(line) => line.enter(world, viewport, cookies).await,
        }
    }

    /// Sends the window to a page and waits until the page begins: until its answer has come and its document replaces the
    /// one before. From there on the page can be watched. To the page its history is this document and the one before.
    pub(crate) async fn open(&mut self, url: &str, deadline: Instant) -> Result<Opened, CaptureError> {
        match self {
            Self::Window(line) => line.open(url, deadline).await,
            Self::WebDriver(line) => line.open(url, deadline).await,
            Self::Bidi(line) => line.open(url, deadline).await,
        }
    }

    /// Evaluates a script in the page and waits for the promise that it gives. `None` when the document was replaced
    /// by another one meanwhile. `during` says for an error message what it was for.
    pub(crate) async fn evaluate<T: DeserializeOwned>(
        &self,
        script: &str,
        during: &str,
        limit: Duration,
    ) -> Result<Option<T>, CaptureError> {
        let value = match self {
            Self::Window(line) => line.evaluate(script, during, limit).await,
            Self::WebDriver(line) => line.evaluate(script, during, limit).await,
            Self::Bidi(line) => line.evaluate(script, during, limit).await,
        };
        value?.map(serde_json::from_value).transpose().map_err(|e| refused(during, &e.to_string()))
    }

    /// Pictures the page as it is now: the whole of it, what its window shows, or a part. The file is written for speed.
    pub(crate) async fn capture(&self, full_page: bool, clip: Option<Clip>) -> Result<Vec<u8>, CaptureError> {
        match self {
            Self::Window(line) => line.capture(full_page, clip).await,
            Self::WebDriver(line) => line.capture(full_page, clip).await,
            Self::Bidi(line) => line.capture(full_page, clip).await,
        }
    }

    /// Width and height of the whole page in CSS pixels, parts of them included.
    pub(crate) async fn page_size(&self) -> Result<(f64, f64), CaptureError> {
        match self {
            Self::Window(line) => line.page_size().await,
            Self::WebDriver(line) => line.page_size().await,
            Self::Bidi(line) => line.page_size().await,
        }
    }

    /// Types a text into the element that has the focus.
    pub(crate) async fn type_text(&self, text: &str) -> Result<(), CaptureError> {
        match self {
            Self::Window(line) => line.type_text(text).await,
            Self::WebDriver(line) => line.type_text(text).await,
            Self::Bidi(line) => line.type_text(text).await,
        }
    }

    /// Gives up whatever document is on its way.
    pub(crate) async fn stop_loading(&self) -> Result<(), CaptureError> {
        match self {
            Self::Window(line) => line.stop_loading().await,
            Self::WebDriver(line) => line.stop_loading().await,
            Self::Bidi(line) => line.stop_loading().await,
        }
    }

    /// What the page complained of since this was last asked, or a viewer entered.
    pub(crate) async fn errors(&self) -> Result<PageErrors, CaptureError> {
        match self {
            Self::Window(line) => Ok(line.errors()),
            Self::WebDriver(line) => line.errors().await,
            Self::Bidi(line) => Ok(line.errors()),
        }
    }

    /// The cookies that the viewer holds.
    pub(crate) async fn cookies(&self) -> Result<Vec<Cookie>, CaptureError> {
        match self {
            Self::Window(line) => line.cookies().await,
            Self::WebDriver(line) => line.cookies().await,
            Self::Bidi(line) => line.cookies().await,
        }
    }

    /// Whether it is known already that this line leads nowhere any more.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Window(line) => line.is_lost(),
            Self::WebDriver(_) => false,
            Self::Bidi(line) => line.is_lost(),
        }
    }

    /// Ends what this line leads to.
    pub(crate) async fn end(self) -> Result<(), CaptureError> {
        match self {
            Self::Window(line) => line.end().await,
            Self::WebDriver(line) => line.end().await,
            Self::Bidi(line) => line.end().await,
        }
    }
}

fn refused(during: &str, why: &str) -> CaptureError {
    CaptureError::Refused { during: during.to_owned(), why: why.to_owned() }
}

fn lost(during: &str, why: impl Into<String>) -> CaptureError {
    CaptureError::BrowserLost { during: during.to_owned(), why: why.into() }
}
