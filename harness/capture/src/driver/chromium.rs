//! One running Chromium, and the ways into it.

use std::sync::Arc;

use fantoccini::Client;

use super::Reaper;
use crate::{
    CaptureError, World,
    line::{Endpoint, Line, WebDriver, Window},
};

/// A running Chromium. It ends when the last who holds it lets go.
#[derive(Debug)]
pub(crate) struct Chromium {
    client: Client,
    process: Option<u32>,
    /// `None` where its DevTools cannot be reached.
    endpoint: Option<Endpoint>,
    major: u32,
    reaper: Arc<Reaper>,
}

impl Chromium {
    /// Of a session that has begun.
    pub(super) fn new(client: Client, endpoint: Option<Endpoint>, major: u32, reaper: Arc<Reaper>) -> Self {
        let told = client.capabilities().and_then(|told| told.get("goog:processID")?.as_u64());
        Self { client, process: told.and_then(|id| u32::try_from(id).ok()), endpoint, major, reaper }
    }

    /// Its process, as ChromeDriver tells it.
    pub(crate) fn process(&self) -> Option<u32> {
        self.process
    }

    /// Where its DevTools listen, and its release.
    pub(crate) fn door(&self) -> Option<(&Endpoint, u32)> {
        Some((self.endpoint.as_ref()?, self.major))
    }

    /// Whether several can look into it at the same time.
    pub(super) fn can_be_shared(&self) -> bool {
        self.endpoint.is_some()
    }

    /// A line to a window of it: of one's own by its DevTools, else to the one that it has.
    pub(super) async fn line(&self, world: &World) -> Result<Line, CaptureError> {
        match &self.endpoint {
            Some(endpoint) => Window::connect(endpoint, self.major).await.map(Line::Window),
            None => WebDriver::new(self.client.clone(), world, self.major).await.map(Line::WebDriver),
        }
    }

    /// Ends it at once, whoever uses it.
    pub(super) fn end(&self) {
        if let Some(process) = self.process {
            self.reaper.end(process);
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.end();
    }
}
