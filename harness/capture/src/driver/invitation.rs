//! The way for other processes into the Chromium that this one's browsers share.

use serde::{Deserialize, Serialize};

use super::Driver;
use crate::{
    Browser, CaptureError, World,
    line::{Endpoint, Line, Window},
};

/// The way into a Chromium that another process started and will end. Whoever has it can do there what they like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    endpoint: Endpoint,
    chromium_major: u32,
    frozen: Vec<String>,
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

    /// What is frozen there, one line each, for the report.
    #[must_use]
    pub fn frozen(&self) -> &[String] {
        &self.frozen
    }
}

impl Driver {
    /// Invites other processes into the Chromium of this browser; `None` where nobody else can get into it.
    #[must_use]
    pub fn invitation(&self, browser: &Browser) -> Option<Invitation> {
        let (endpoint, chromium_major) = browser.chromium()?.door()?;
        Some(Invitation { endpoint: endpoint.clone(), chromium_major, frozen: self.frozen() })
    }
}
