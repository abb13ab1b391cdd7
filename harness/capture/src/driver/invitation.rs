//! The way for other processes into the Chromium that this one's browsers share.

use harness_model::Environment;
use serde::{Deserialize, Serialize};

use super::Driver;
use crate::{
    Browser, CaptureError, World,
    line::{Endpoint, Line, Window},
};

/// The way into a Chromium that another process started and will end. Whoever has it can do there what they like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    endpoint: Endpoint,
    chromium_major: u32,
    environment: Environment,
}

impl Invitation {
    /// Opens a browser of one's own in it. It ends with this process, if not before.
    ///
    /// # Errors
    /// When that Chromium has ended or hangs.
    pub async fn open(&self, world: &World) -> Result<Browser, CaptureError> {
        let window = Window::connect(&self.endpoint, self.chromium_major).await?;
        Ok(Browser::guest(Line::Window(window), world.clone()))
    }

    /// What pictures are taken in there, for the report.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}

impl Driver {
    /// Invites other processes into the Chromium of this browser; `None` where nobody else can get into it.
    #[must_use]
    pub fn invitation(&self, browser: &Browser) -> Option<Invitation> {
        let (endpoint, chromium_major) = browser.chromium()?.door()?;
        Some(Invitation { endpoint: endpoint.clone(), chromium_major, environment: self.environment() })
    }
}
