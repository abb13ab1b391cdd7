//! The windows through which a page is looked at.

use serde::{Deserialize, Serialize};

/// A window: its size in CSS pixels, its scale, and whether it is a touch device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Viewport {
    /// The word in a picture's name.
    pub name: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Device pixels for one CSS pixel.
    pub scale: f64,
    /// Whether the page is laid out as on a phone (viewport tag, overlay scroll bars) and pointed at by finger.
    pub mobile: bool,
    /// The user agent it claims; the browser's own when absent.
    pub user_agent: Option<String>,
}

impl Viewport {
    /// A laptop: 1440×900.
    #[must_use]
    pub fn desktop() -> Self {
        Self { name: "desktop".into(), width: 1440, height: 900, scale: 1.0, mobile: false, user_agent: None }
    }

    /// A Pixel 5: 393×727 below the address bar, 2.75 device pixels each, touch.
    #[must_use]
    pub fn mobile() -> Self {
        Self {
            name: "mobile".into(),
            width: 393,
            height: 727,
            scale: 2.75,
            mobile: true,
            user_agent: Some(
                "Mozilla/5.0 (Linux; Android 11; Pixel 5) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/140.0.0.0 Mobile Safari/537.36"
                    .into(),
            ),
        }
    }

    /// A tablet held upright: 768×1024, touch.
    #[must_use]
    pub fn tablet() -> Self {
        Self { name: "tablet".into(), width: 768, height: 1024, scale: 1.0, mobile: true, user_agent: None }
    }
}
