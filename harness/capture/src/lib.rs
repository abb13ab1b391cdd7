//! Takes pictures of web pages: the only code of the harness that speaks to a browser.
//!
//! A [`Source`] is where browsers come from: a WebDriver server elsewhere, or a [`Driver`] of one's own.
//!
//! A [`Driver`] is one running ChromeDriver. It opens [`Browser`]s, each a context and a window of its own in one Chromium.
//! A browser looks at pages as one viewer after another ([`Browser::enter`]: a clean profile, a viewport, cookies)
//! and takes pictures ([`Browser::picture`]). Every page lives in a frozen [`World`], and a picture comes with the
//! proof that the page had come to rest, or with the reasons why it had not ([`Outcome`]).
//!
//! Nothing here knows who the viewers are or what the pages mean, and nothing is compared with a baseline.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use harness_capture::{Driver, PictureRequest, World};
//! use harness_model::Viewport;
//!
//! let driver = Driver::start(&harness_browser::Installation::find()?, World::default()).await?;
//! let mut browser = driver.open().await?;
//! browser.enter(&Viewport::mobile(), &[]).await?;
//! let picture = browser.picture(&PictureRequest::new("http://127.0.0.1:5173/")).await?;
//! std::fs::write("picture.png", picture.png)?;
//! browser.close().await;
//! # Ok(())
//! # }
//! ```

mod actions;
mod browser;
mod console;
mod cookie;
mod driver;
mod error;
mod keys;
mod line;
mod masks;
mod network;
mod outline;
mod picture;
mod remote;
mod settle;
mod sought;
mod source;
mod survey;
mod watch;
mod world;

pub use actions::Action;
pub use browser::Browser;
pub use cookie::{Cookie, SameSite};
pub use driver::{Driver, Invitation};
pub use error::CaptureError;
pub use masks::{MASK_COLOR, MASK_LIMIT, Mask, MaskForm};
pub use picture::{Outcome, Picture, PictureRequest, Target};
pub use remote::{SERVER_VARIABLE, end_remote_sessions};
pub use source::Source;
pub use survey::{LogInForm, Seen, Survey};
pub use world::{ColorScheme, World};
