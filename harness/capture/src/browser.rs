//! One browser as its pages see it: they look at it as one viewer after another.

use std::{sync::Arc, time::Duration};

use harness_model::Viewport;

use crate::{
    CaptureError, Cookie, Picture, PictureRequest, Survey, World, driver::Chromium, line::Line, picture, survey, watch,
};

/// A browser of its own as far as pages can tell, opened by [`crate::Driver::open`]: of cookies, storage, workers and caches
/// it shares nothing with the others in the same Chromium. Dropping it ends it; [`Browser::close`] does so politely.
///
/// After an error for which [`CaptureError::browser_is_lost`] holds it is of no more use. A page that crashes or hangs loses
/// its own browser; a Chromium that dies, all in it.
#[derive(Debug)]
pub struct Browser {
    // `None` once the browser is closed or lost.
    open: Option<(Line, Keeper)>,
    world: World,
}

/// What lives as long as a browser does.
#[derive(Debug)]
enum Keeper {
    /// The Chromium that it is a part of.
    Chromium(Arc<Chromium>),
    /// Another process, whose Chromium it is.
    Host,
    /// The address of the WebDriver server that has started it.
    Server(String),
}

impl Browser {
    pub(crate) fn new(line: Line, chromium: Arc<Chromium>, world: World) -> Self {
        Self { open: Some((line, Keeper::Chromium(chromium))), world }
    }

    /// A browser in a Chromium of another process.
    pub(crate) fn guest(line: Line, world: World) -> Self {
        Self { open: Some((line, Keeper::Host)), world }
    }

    /// One that a WebDriver server elsewhere keeps.
    pub(crate) fn at_server(line: Line, server: String, world: World) -> Self {
        Self { open: Some((line, Keeper::Server(server))), world }
    }

    /// Its Chromium, where it is this process's.
    pub(crate) fn chromium(&self) -> Option<&Chromium> {
        match &self.open.as_ref()?.1 {
            Keeper::Chromium(chromium) => Some(chromium),
            Keeper::Host | Keeper::Server(_) => None,
        }
    }

    /// Makes room for a new viewer: nothing of the one before is left (cookies, storage, databases, caches, history),
    /// the window is `viewport`, and the cookies are set before any page is loaded.
    ///
    /// # Errors
    /// When the browser refuses a cookie or a setting of the world, or is lost.
    pub async fn enter(&mut self, viewport: &Viewport, cookies: &[Cookie]) -> Result<(), CaptureError> {
        let entered = match &mut self.open {
            Some((line, _)) => line.enter(&self.world, viewport, cookies).await,
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
        let taken = match &mut self.open {
            Some((line, _)) => picture::take(line, &self.world, request).await,
            None => Err(closed("picturing")),
        };
        let taken = taken.map_err(|error| self.seen_from_server(error));
        self.kept(taken)
    }

    /// Opens a page and pictures the whole of it as soon as it has loaded, at rest or not: the least that a picture costs. For
    /// measuring.
    ///
    /// # Errors
    /// As [`Browser::picture`].
    pub async fn glance(&mut self, url: &str) -> Result<Vec<u8>, CaptureError> {
        let taken = match &mut self.open {
            Some((line, _)) => picture::glance(line, &self.world, &PictureRequest::new(url)).await,
            None => Err(closed("picturing")),
        };
        self.kept(taken)
    }

    /// A page that a browser elsewhere cannot reach may well be there for us.
    fn seen_from_server(&self, error: CaptureError) -> CaptureError {
        match (&self.open, error) {
            (Some((_, Keeper::Server(server))), CaptureError::Unreachable { url, why, .. }) => {
                let help = format!(
                    "the browser is one of {server}; name the app by an address that can be reached from there"
                );
                CaptureError::Unreachable { url, why, help }
            }
            (_, error) => error,
        }
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
        let cookies = match &self.open {
            Some((line, _)) => line.cookies().await,
            None => Err(closed("logging in")),
        };
        self.kept(cookies)
    }

    /// Looks through the page that was pictured last: its links, its elements and what they show. `None` when it makes way
    /// for another meanwhile.
    ///
    /// # Errors
    /// When the browser is lost.
    pub async fn survey(&mut self) -> Result<Option<Survey>, CaptureError> {
        let seen = match &self.open {
            Some((line, _)) => survey::take(line).await,
            None => Err(closed("surveying")),
        };
        self.kept(seen)
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
        let seen = match &self.open {
            Some((line, _)) => watch::shows(line, selector, text, within).await,
            None => Err(closed("watching")),
        };
        self.kept(seen)
    }

    /// Ends the browser and waits until it has ended. Its Chromium ends with the last browser in it, or with the driver.
    pub async fn close(mut self) {
        if let Some((line, _)) = self.open.take() {
            // What does not end politely ends with the connection or the process.
            let _gone = line.end().await;
        }
    }

    /// Whether it is known already that the browser is of no more use.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.open.as_ref().is_none_or(|(line, _)| line.is_lost())
    }

    /// The process of its Chromium, where this process started it.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.chromium()?.process()
    }

    /// Passes a result on; lets go of the browser if it says that the browser is lost.
    fn kept<T>(&mut self, result: Result<T, CaptureError>) -> Result<T, CaptureError> {
        if result.as_ref().is_err_and(CaptureError::browser_is_lost) {
            self.open = None;
        }
        result
    }
}

fn closed(during: &str) -> CaptureError {
    CaptureError::BrowserLost { during: during.to_owned(), why: "it was lost before".into() }
}
