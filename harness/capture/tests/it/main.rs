//! Pictures of real pages by a real Chromium, from a small server in this process.
//!
//! Run with `cargo test -p harness-capture`; one test with `cargo test -p harness-capture --test it masks`. Tests share
//! as many browsers as run at once, each used by one test at a time: that the next one finds a clean browser is what
//! `Browser::enter` promises. Tests of other worlds and of processes start their own.
#![expect(clippy::unwrap_used, reason = "a test stops at whatever it did not expect")]

mod actions;
mod console;
mod entering;
mod masks;
mod outlines;
mod parts;
mod pictures;
mod processes;
mod settling;
mod site;
mod stillness;
mod withstanding;
mod world;

use std::{
    ops::{Deref, DerefMut},
    sync::{LazyLock, Mutex},
    time::Duration,
};

use harness_browser::Installation;
use harness_capture::{Browser, Driver, Outcome, Picture, PictureRequest, World};
use harness_model::Viewport;
use tokio::{runtime::Runtime, sync::OnceCell};

/// Where the shared driver and the lines to its browsers live; a test's own runtime ends with the test.
static SHARED: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
/// Never dropped: that its browsers end with this process is the reaper's part.
static DRIVER: OnceCell<Driver> = OnceCell::const_new();
static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

/// A shared browser. A test that fails keeps it, lest it spoil the next one's.
struct Lent(Option<Browser>);

impl Deref for Lent {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        self.0.as_ref().unwrap()
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Browser {
        self.0.as_mut().unwrap()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            IDLE.lock().unwrap().extend(self.0.take());
        }
    }
}

/// A shared browser in the usual world, entered at `viewport`.
async fn looking_through(viewport: &Viewport) -> Lent {
    let idle = IDLE.lock().unwrap().pop();
    let browser = match idle {
        Some(browser) => browser,
        None => SHARED
            .spawn(async { DRIVER.get_or_init(|| started(World::default())).await.open().await })
            .await
            .unwrap()
            .unwrap(),
    };
    let mut lent = Lent(Some(browser));
    lent.enter(viewport, &[]).await.unwrap();
    lent
}

async fn started(world: World) -> Driver {
    Driver::start(&Installation::find().unwrap(), world).await.unwrap()
}

/// A driver and a browser of one's own, entered at a desk.
async fn alone_in(world: World) -> (Driver, Browser) {
    let driver = started(world).await;
    let mut browser = driver.open().await.unwrap();
    browser.enter(&Viewport::desktop(), &[]).await.unwrap();
    (driver, browser)
}

/// A request that gives up early: what it waits for never comes.
fn impatient(url: impl Into<String>) -> PictureRequest {
    PictureRequest { timeout: Duration::from_secs(2), ..PictureRequest::new(url) }
}

/// Takes a picture that has to settle, for which it has the time that a busy machine may need.
async fn settled(browser: &mut Browser, request: &PictureRequest) -> Picture {
    let usual = PictureRequest::new("").timeout;
    let request = &PictureRequest { timeout: request.timeout.max(usual), ..request.clone() };
    let picture = browser.picture(request).await.unwrap();
    assert_eq!(picture.outcome, Outcome::Settled, "{}", request.url);
    picture
}

/// Takes a picture that must not settle, and gives the reasons.
async fn reasons(browser: &mut Browser, request: &PictureRequest) -> String {
    match browser.picture(request).await.unwrap().outcome {
        Outcome::Settled => panic!("{} settled", request.url),
        Outcome::NeverSettled { reasons } => reasons.join("\n"),
    }
}

/// A decoded picture.
struct Pixels {
    width: usize,
    height: usize,
    depth: usize,
    bytes: Vec<u8>,
}

impl Pixels {
    fn of(picture: &Picture) -> Self {
        let mut reader = png::Decoder::new(std::io::Cursor::new(&picture.png)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let (width, height) = (info.width as usize, info.height as usize);
        Self { width, height, depth: info.buffer_size() / width / height, bytes }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        assert!(x < self.width && y < self.height, "{x},{y} lies outside of {}×{}", self.width, self.height);
        let start = (y * self.width + x) * self.depth;
        self.bytes[start..start + 3].try_into().unwrap()
    }

    /// How many pixels have this colour.
    fn count(&self, color: [u8; 3]) -> usize {
        self.bytes.chunks_exact(self.depth).filter(|pixel| pixel[..3] == color).count()
    }
}
