//! Where browsers come from: the one place that decides between this machine's Chromium and a WebDriver server elsewhere.

use harness_browser::Installation;
use harness_model::Environment;
use url::Url;

use crate::{Browser, CaptureError, Driver, SERVER_VARIABLE, World, remote::Remote};

/// Where browsers come from.
#[derive(Debug)]
pub struct Source(Kind);

#[derive(Debug)]
enum Kind {
    /// A driver of our own.
    Driver(Driver),
    /// A server elsewhere.
    Remote(Remote),
}

impl Source {
    /// The address of a WebDriver server, as a person gives it.
    ///
    /// # Errors
    /// When it is no address that could be one's; the message says what is expected.
    pub fn address(given: &str) -> Result<Url, String> {
        let wrong = |why: &str| {
            format!(
                "{SERVER_VARIABLE} is `{given}`: {why}\nhelp: give an address such as http://localhost:4444/, or unset it"
            )
        };
        let url = Url::parse(given).map_err(|e| wrong(&e.to_string()))?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(url),
            _ => Err(wrong("expected http:// or https:// and a host")),
        }
    }

    /// Asks the server whether it is there; without one, starts a driver here. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When there is none, or the world is not valid.
    pub async fn start(server: Option<&Url>, world: World) -> Result<Self, CaptureError> {
        Ok(Self(match server {
            Some(url) => Kind::Remote(Remote::connect(url, world).await?),
            None => Kind::Driver(Driver::start(&Installation::find()?, world).await?),
        }))
    }

    /// Opens a browser.
    ///
    /// # Errors
    /// When none starts, or none is free in time.
    pub async fn open(&self) -> Result<Browser, CaptureError> {
        match &self.0 {
            Kind::Driver(driver) => driver.open().await,
            Kind::Remote(remote) => remote.open().await,
        }
    }

    /// Opens a browser in a process that no other shares.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub async fn open_alone(&self) -> Result<Browser, CaptureError> {
        match &self.0 {
            Kind::Driver(driver) => driver.open_alone().await,
            // Each of a server's has a process of its own.
            Kind::Remote(remote) => remote.open().await,
        }
    }

    /// Whether somebody else decides how many browsers there may be.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self.0, Kind::Remote(_))
    }

    /// Whether one more browser can be had without waiting for others to end theirs.
    pub async fn has_room(&self) -> bool {
        match &self.0 {
            Kind::Driver(_) => true,
            Kind::Remote(remote) => remote.has_room().await,
        }
    }

    /// Whether the driver has ended by itself. A server elsewhere is not ours to start again: whether it is there shows
    /// when it is spoken to.
    pub async fn has_ended(&self) -> bool {
        match &self.0 {
            Kind::Driver(driver) => driver.has_ended().await,
            Kind::Remote(_) => false,
        }
    }

    /// What pictures are taken in, for the report: the browser, its driver, what is frozen and what is not. Of a server's
    /// browsers the version is known once one was opened.
    #[must_use]
    pub fn environment(&self) -> Environment {
        match &self.0 {
            Kind::Driver(driver) => driver.environment(),
            Kind::Remote(remote) => remote.environment(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_server_is_http() {
        for url in ["http://localhost:4444", "https://user:key@hub.example/wd/hub"] {
            assert!(Source::address(url).is_ok(), "{url}");
        }
        for url in ["localhost:4444", "ws://localhost/", "grid", "file:///tmp"] {
            let error = Source::address(url).unwrap_err();
            assert!(error.starts_with(&format!("WEBDRIVER_URL is `{url}`: ")) && error.contains("\nhelp: "), "{error}");
        }
    }
}
