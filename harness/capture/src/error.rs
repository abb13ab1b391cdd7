//! What can keep a picture from being taken. A page that never comes to rest is not among it: that is an outcome, with
//! a picture and reasons.

use std::{path::PathBuf, time::Duration};

/// Why no picture could be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// Browser or driver is missing, or the two do not fit.
    #[error(transparent)]
    Find(#[from] harness_browser::FindError),
    /// ChromeDriver did not start.
    #[error("ChromeDriver does not start: {}: {why}\nhelp: {} --version", path.display(), path.display())]
    DriverStart {
        /// Its executable.
        path: PathBuf,
        /// What happened, with the end of its log.
        why: String,
    },
    /// Chromium did not start.
    #[error("Chromium does not start: {}: {why}\nhelp: {} --headless=new --dump-dom about:blank", path.display(), path.display())]
    BrowserStart {
        /// Its executable.
        path: PathBuf,
        /// What happened, with the end of the driver's log.
        why: String,
    },
    /// What the environment names as a WebDriver server is none, or cannot be reached.
    #[error(
        "no WebDriver server answers at {url}: {why}\nhelp: let WEBDRIVER_URL name one, such as a grid's \
         http://grid.example:4444/, or unset it to use a browser of this machine"
    )]
    RemoteServer {
        /// Its address.
        url: String,
        /// What came instead.
        why: String,
    },
    /// A grid has no Chromium at all.
    #[error("{url} has no Chromium; it offers {offered}\nhelp: add a node that has Chromium or Chrome")]
    RemoteLacks {
        /// The server.
        url: String,
        /// What it has, in WebDriver's words.
        offered: String,
    },
    /// No browser came free in time.
    #[error(
        "{url} gave no Chromium: {why}\nhelp: wait until others end their sessions, ask for fewer with VISUAL_WORKERS, or \
         add nodes"
    )]
    RemoteCapacity {
        /// The server.
        url: String,
        /// What it says.
        why: String,
    },
    /// The server would not start a browser.
    #[error("{url} does not start Chromium: {why}\nhelp: look into the server's log")]
    RemoteStart {
        /// The server.
        url: String,
        /// What it says.
        why: String,
    },
    /// The server's browser is too old, or another one than before.
    #[error("{url} gave {browser}: {why}\nhelp: let the server offer one version alone, of those that fit")]
    RemoteVersion {
        /// The server.
        url: String,
        /// What it gave.
        browser: String,
        /// Why that does not do.
        why: String,
    },
    /// The browser died, or gave no answer within its time limit and was ended. This [`crate::Browser`] is of no more
    /// use; another one may be opened in its place.
    #[error("the browser was lost during {during}: {why}")]
    BrowserLost {
        /// What it was asked to do.
        during: String,
        /// How it showed.
        why: String,
    },
    /// The browser refused a command.
    #[error("the browser refuses {during}: {why}")]
    Refused {
        /// What it was asked to do.
        during: String,
        /// Its words.
        why: String,
    },
    /// A setting of the frozen world is not valid.
    #[error("the frozen world's {setting} `{value}` is not valid: {why}")]
    World {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What is expected.
        why: String,
    },
    /// The browser did not take a cookie.
    #[error("the browser does not accept the cookie `{name}` for {domain}: {why}")]
    Cookie {
        /// The cookie's name; its value is a secret.
        name: String,
        /// Its domain.
        domain: String,
        /// What happened.
        why: String,
    },
    /// The page could not be fetched.
    #[error("{url} cannot be opened: {why}\nhelp: {help}")]
    Unreachable {
        /// The page.
        url: String,
        /// Chromium's word, such as `ERR_CONNECTION_REFUSED`.
        why: String,
        /// What to do next.
        help: String,
    },
    /// A CSS selector is not valid.
    #[error("`{selector}` is not a CSS selector ({role} of {url})")]
    Selector {
        /// The selector.
        selector: String,
        /// What it was for: `mask`, `ready` or `sought`.
        role: &'static str,
        /// The page.
        url: String,
    },
    /// An action before the picture could not be done.
    #[error("cannot {action} on {url}: {why}\nhelp: open the page by hand and see what it shows before this step")]
    Action {
        /// What was to be done.
        action: String,
        /// The page.
        url: String,
        /// What kept it.
        why: String,
    },
    /// The page is taller than pictures of its width may be: beyond that, comparing takes memory by the gigabyte.
    #[error(
        "{url} is {height} pixels tall; pictures end at {limit}\nhelp: picture only the viewport (`full-page = false`), an element or a box of it"
    )]
    TooTall {
        /// The page.
        url: String,
        /// Its height in picture pixels.
        height: u64,
        /// What is possible.
        limit: u64,
    },
    /// The browser sent something that is no picture.
    #[error("the browser's picture of {url} cannot be read: {why}")]
    BadPicture {
        /// The page.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// A temporary file could not be written.
    #[error("{}: {source}", path.display())]
    Files {
        /// Where.
        path: PathBuf,
        /// What happened.
        #[source]
        source: std::io::Error,
    },
}

impl CaptureError {
    /// Whether the browser is of no more use and another one should be opened before the picture is tried again.
    #[must_use]
    pub fn browser_is_lost(&self) -> bool {
        matches!(self, Self::BrowserLost { .. })
    }

    /// Whether a server elsewhere has no browser free now.
    #[must_use]
    pub fn is_of_capacity(&self) -> bool {
        matches!(self, Self::RemoteCapacity { .. })
    }

    pub(crate) fn no_answer(during: &str, limit: Duration) -> Self {
        Self::BrowserLost { during: during.to_owned(), why: format!("no answer within {:.1} s", limit.as_secs_f64()) }
    }
}
