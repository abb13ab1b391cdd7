//! Where browsers come from: a driver that is started here, or a WebDriver server elsewhere.

use harness_browser::{Engine, FirefoxInstallation, Installation};
use url::Url;

use crate::{Browser, CaptureError, Driver, Firefox, REMOTE_VARIABLE, Remote, World};

/// Which browser pictures are taken with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserChoice {
    /// The engine.
    pub engine: Engine,
    /// The WebDriver server that keeps the browsers; this machine's when absent.
    pub remote: Option<Url>,
}

impl BrowserChoice {
    /// The address of a WebDriver server as the environment gives it.
    ///
    /// # Errors
    /// When it is no address that could be one's; the message says what is expected.
    pub fn server(value: &str) -> Result<Url, String> {
        let wrong = |why: &str| {
            format!(
                "{REMOTE_VARIABLE} is `{value}`: {why}\nhelp: give an address such as http://localhost:4444/, or unset it"
            )
        };
        let url = Url::parse(value).map_err(|e| wrong(&e.to_string()))?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(url),
            _ => Err(wrong("expected http:// or https:// and a host")),
        }
    }
}

/// Where browsers come from.
#[derive(Debug)]
pub enum Source {
    /// A driver of our own.
    Driver(Driver),
    /// Firefoxes, each with a driver of its own.
    Firefox(Firefox),
    /// A server elsewhere.
    Remote(Remote),
}

impl Source {
    /// Starts the driver, or asks the server whether it is there. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When there is none, or the world is not valid.
    pub async fn start(choice: &BrowserChoice, world: World) -> Result<Self, CaptureError> {
        match (&choice.remote, choice.engine) {
            (Some(url), engine) => Remote::connect(url, engine, world).await.map(Self::Remote),
            (None, Engine::Firefox) => Firefox::new(FirefoxInstallation::find()?, world).map(Self::Firefox),
            (None, Engine::Chromium) => Driver::start(&Installation::find()?, world).await.map(Self::Driver),
        }
    }

    /// Opens a browser.
    ///
    /// # Errors
    /// When none starts, or none is free in time.
    pub async fn open(&self) -> Result<Browser, CaptureError> {
        match self {
            Self::Driver(driver) => driver.open().await,
            Self::Firefox(firefox) => firefox.open().await,
            Self::Remote(remote) => remote.open().await,
        }
    }

    /// Opens a browser in a process that no other shares.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub async fn open_alone(&self) -> Result<Browser, CaptureError> {
        match self {
            Self::Driver(driver) => driver.open_alone().await,
            Self::Firefox(firefox) => firefox.open().await,
            Self::Remote(remote) => remote.open().await,
        }
    }

    /// Whether somebody else decides how many browsers there may be.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Remote(_))
    }

    /// Whether one more browser can be had without waiting for others to end theirs.
    pub async fn has_room(&self) -> bool {
        match self {
            Self::Driver(_) | Self::Firefox(_) => true,
            Self::Remote(remote) => remote.has_room().await,
        }
    }

    /// Whether the driver has ended by itself. A server elsewhere is not ours to start again: whether it is there shows
    /// when it is spoken to. A geckodriver goes with its browser.
    pub async fn has_ended(&self) -> bool {
        match self {
            Self::Driver(driver) => driver.has_ended().await,
            Self::Firefox(_) | Self::Remote(_) => false,
        }
    }

    /// Ends what nothing else would end: the sessions with a server elsewhere.
    pub async fn end(&self) {
        if let Self::Remote(remote) = self {
            remote.end().await;
        }
    }

    /// The browser and its version, for the report.
    #[must_use]
    pub fn describe_browser(&self) -> String {
        match self {
            Self::Driver(driver) => driver.describe_browser(),
            Self::Firefox(firefox) => firefox.describe_browser(),
            Self::Remote(remote) => remote.describe_browser(),
        }
    }

    /// The driver and its version, for the report.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Driver(driver) => driver.describe(),
            Self::Firefox(firefox) => firefox.describe(),
            Self::Remote(remote) => remote.describe(),
        }
    }

    /// What is frozen, one line each, for the report.
    #[must_use]
    pub fn frozen(&self) -> Vec<String> {
        match self {
            Self::Driver(driver) => driver.frozen(),
            Self::Firefox(firefox) => firefox.frozen(),
            Self::Remote(remote) => remote.frozen(),
        }
    }

    /// What could differ from machine to machine because this browser lets nobody freeze it, one line each.
    #[must_use]
    pub fn not_frozen(&self) -> Vec<String> {
        match self {
            Self::Driver(_) => Vec::new(),
            Self::Firefox(_) => World::not_frozen_in_firefox(),
            Self::Remote(remote) => remote.not_frozen(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_server_is_http() {
        for url in ["http://localhost:4444", "https://user:key@hub.example/wd/hub"] {
            assert!(BrowserChoice::server(url).is_ok(), "{url}");
        }
        for url in ["localhost:4444", "ws://localhost/", "grid", "file:///tmp"] {
            let error = BrowserChoice::server(url).unwrap_err();
            assert!(error.starts_with(&format!("WEBDRIVER_URL is `{url}`: ")) && error.contains("\nhelp: "), "{error}");
        }
    }
}
