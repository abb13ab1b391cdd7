//! What to picture, what comes of it, and how: open the page, look until it is at rest, capture, look and capture again
//! until two pictures in a row are equal and nothing happened between them. A picture that shows what was expected, to the
//! pixel, is the second of two equal ones by itself: the expected one was proven before.

mod pixels;
mod shoot;
mod target;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use harness_model::{MAX_PIXELS, MaskReport, Outline, PageErrors, Rect, Size};

use self::pixels::Difference;
pub use self::target::Target;
use crate::{
    Action, CaptureError, Mask, actions,
    line::{Line, Opened},
    network, outline,
    settle::{self, Look},
    sought,
    world::World,
};

/// What to picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRequest {
    /// The page.
    pub url: String,
    /// A CSS selector that must match something before the page can count as settled: the sign with which the app says
    /// that it is ready.
    pub ready: Option<String>,
    /// What is done on the page before, one after the other.
    pub actions: Vec<Action>,
    /// Addresses that do not answer while this picture is taken, as patterns such as `http://localhost:3001/*`.
    pub unreachable: Vec<String>,
    /// CSS selectors of which the picture is to tell whether they match anything in the document, seen or not.
    pub sought: Vec<String>,
    /// What to paint over, ignore or replace.
    pub masks: Vec<Mask>,
    /// What of the page is pictured.
    pub target: Target,
    /// How long the page may take to settle, from being opened to the second of two equal pictures.
    pub timeout: Duration,
    /// The encoded picture that the page is expected to show: a page at rest that shows it to the pixel needs no second
    /// picture, and its outline is not taken.
    pub expected: Option<Arc<[u8]>>,
}

impl PictureRequest {
    /// The whole page at `url`, without masks, within 15 s.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ready: None,
            actions: Vec::new(),
            unreachable: Vec::new(),
            sought: Vec::new(),
            masks: Vec::new(),
            target: Target::FullPage,
            timeout: Duration::from_secs(15),
            expected: None,
        }
    }
}

/// Whether the page came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was under way, and two pictures in a row were equal to the pixel.
    Settled,
    /// The time limit came first.
    NeverSettled {
        /// What kept the page from rest, each by name: a request, an element that changes, an animation …
        reasons: Vec<String>,
    },
}

/// A picture of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The encoded picture: of the settled page, or the last one taken of a page that never settled.
    pub png: Vec<u8>,
    /// Its size in pixels.
    pub size: Size,
    /// How many pictures were taken: 2 of a page that was at rest at the first look, 1 of one that showed the expected
    /// picture then.
    pub looks: u32,
    /// Whether a picture before this one looked different, or the page was no more the same when it was taken.
    pub late: bool,
    /// Whether the page came to rest.
    pub outcome: Outcome,
    /// What the page is made of, as pictured; of a settled page only, if nothing happened meanwhile, and not if it shows
    /// the expected picture.
    pub outline: Option<Outline>,
    /// How long telling the outline took, in ms; not part of `ms`.
    pub outline_ms: u64,
    /// What the masks covered, in the order they were asked for. A mask that covers nothing has no boxes.
    pub masks: Vec<MaskReport>,
    /// Whether what was sought is there, in the order it was asked for.
    pub found: Vec<bool>,
    /// What the page complained of, from before its first script on.
    pub errors: PageErrors,
    /// From opening the page to the last picture, in ms.
    pub ms: u64,
    /// Where the page ended up after redirections.
    pub final_url: String,
    /// The status that the page was answered with, where it came by HTTP.
    pub status: Option<u16>,
}

/// One picture of a page that was at rest, or was not by the deadline.
struct Shot {
    look: Look,
    png: Vec<u8>,
}

impl Shot {
    /// Whether this is the expected picture, but for what may change. One that cannot be read is not.
    fn shows(&self, expected: &[u8]) -> bool {
        let ignored: Vec<Rect> = self.ignored().collect();
        pixels::difference(expected, &self.png, &ignored) == Ok(Difference::None)
    }

    /// What may change from one picture to the next.
    fn ignored(&self) -> impl Iterator<Item = Rect> + '_ {
        self.look.masks.iter().flat_map(|covered| covered.ignored()).copied()
    }
}

/// Opens the page and takes its picture.
pub(crate) async fn take(line: &mut Line, world: &World, request: &PictureRequest) -> Result<Picture, CaptureError> {
    network::cut(line, request).await?;
    let taken = taken(line, world, request).await;
    if !taken.as_ref().is_err_and(CaptureError::browser_is_lost) {
        network::mend(line, request).await?;
    }
    taken
}

async fn taken(line: &mut Line, world: &World, request: &PictureRequest) -> Result<Picture, CaptureError> {
    let begun = Instant::now();
    let deadline = begun + request.timeout;
    open(line, world, request, deadline).await?;
    // What the page is to show in the end it may not show before.
    let before = PictureRequest { ready: None, ..request.clone() };
    for action in &request.actions {
        look_until_there(line, world, &before, deadline, None).await?;
        actions::perform(line, action, &request.url, deadline).await?;
    }

    let mut looks = 0;
    let mut differences = Vec::new();
    let mut previous: Option<Shot> = None;
    let (shot, outcome, as_expected) = loop {
        let look = look_until_there(line, world, request, deadline, previous.as_ref()).await?;
        refuse_too_tall(request, &look)?;
        let png = match shoot::shoot(line, request, &look).await {
            // A document that makes way in this moment has no size.
            Err(CaptureError::Refused { why, .. }) if why.contains("with 0 width") => {
                if Instant::now() < deadline {
                    previous = None;
                    continue;
                }
                return Err(unreachable_page(world, request, "what came is no page that can be watched".into()));
            }
            taken => taken?,
        };
        looks += 1;
        let shot = Shot { look, png };
        if !shot.look.settled {
            let reasons = with_differences(shot.look.reasons.clone(), differences);
            break (shot, Outcome::NeverSettled { reasons }, false);
        }
        if request.expected.as_deref().is_some_and(|expected| shot.shows(expected)) {
            break (shot, Outcome::Settled, true);
        }
        if let Some(previous) = previous.filter(|previous| previous.look.mark == shot.look.mark) {
            let ignored: Vec<Rect> = [&previous, &shot].iter().flat_map(|shot| shot.ignored()).collect();
            match pixels::difference(&previous.png, &shot.png, &ignored).map_err(|why| bad_picture(request, why))? {
                Difference::None => break (shot, Outcome::Settled, false),
                found => differences.push(found),
            }
        }
        if Instant::now() >= deadline {
            let reasons = unequal(line, request, differences).await?;
            break (shot, Outcome::NeverSettled { reasons }, false);
        }
        previous = Some(shot);
    };

    let fewest = if as_expected { 1 } else { 2 };
    let ms = begun.elapsed().as_millis() as u64;
    let outline_begun = Instant::now();
    let outline = match outcome {
        Outcome::Settled if !as_expected => outline::take(line, request, &shot.look.mark).await?,
        Outcome::Settled | Outcome::NeverSettled { .. } => None,
    };
    let outline_ms = outline_begun.elapsed().as_millis() as u64;
    let size = pixels::size(&shot.png).map_err(|why| bad_picture(request, why))?;
    let found = sought::look(line, request).await?;
    if shot.look.leaving {
        // Like scripts, the log is held back while another document is on its way.
        line.stop_loading().await?;
    }
    let errors = line.errors().await?;
    Ok(Picture {
        size,
        looks,
        late: looks > fewest,
        outcome,
        outline,
        outline_ms,
        masks: shot.look.masks.into_iter().map(|covered| covered.clipped_to(size)).collect(),
        found,
        errors,
        ms,
        final_url: shot.look.url,
        status: shot.look.status,
        png: shot.png,
    })
}

/// Opens the page and pictures it as soon as it has loaded.
pub(crate) async fn glance(line: &mut Line, world: &World, request: &PictureRequest) -> Result<Vec<u8>, CaptureError> {
    const LOADED: &str = "document.readyState === \"complete\" || \
                          new Promise((resolve) => addEventListener(\"load\", () => resolve(true)))";
    open(line, world, request, Instant::now() + request.timeout).await?;
    line.evaluate::<bool>(LOADED, "waiting for the page to load", request.timeout).await?;
    line.capture(request.target.is_of_page(), None).await
}

/// Opens the page and waits until it begins.
async fn open(line: &mut Line, world: &World, request: &PictureRequest, deadline: Instant) -> Result<(), CaptureError> {
    if let Err(e) = url::Url::parse(&request.url) {
        let help = "give a whole address, http:// included".into();
        return Err(CaptureError::Unreachable { url: request.url.clone(), why: e.to_string(), help });
    }
    match line.open(&request.url, deadline).await? {
        Opened::Begun => Ok(()),
        Opened::Silent => {
            let why = format!("no answer within {:.1} s", request.timeout.as_secs_f64());
            Err(unreachable_page(world, request, why))
        }
        Opened::Nothing(what) => Err(unreachable_page(world, request, format!("the answer is {what}"))),
    }
}

/// Looks at the page, again and again while it makes way for another.
async fn look_until_there(
    line: &Line,
    world: &World,
    request: &PictureRequest,
    deadline: Instant,
    previous: Option<&Shot>,
) -> Result<Look, CaptureError> {
    loop {
        let budget = deadline.saturating_duration_since(Instant::now());
        let known = previous.map(|shot| shot.look.mark.as_str());
        match settle::look(line, request, budget, known).await {
            Ok(Some(look)) => return Ok(look),
            Ok(None) if budget.is_zero() => {
                return Err(unreachable_page(world, request, "what came is no page that can be watched".into()));
            }
            Ok(None) => {}
            Err(CaptureError::Unreachable { why, .. }) => return Err(unreachable_page(world, request, why)),
            Err(error) => return Err(error),
        }
    }
}

fn unreachable_page(world: &World, request: &PictureRequest, why: String) -> CaptureError {
    let host = url::Url::parse(&request.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let help = match host {
        Some(host) if !world.reaches(&host) => format!("name {host} among the world's reachable hosts"),
        _ => format!("start the app, then: curl -sS {}", request.url),
    };
    CaptureError::Unreachable { url: request.url.clone(), why, help }
}

fn refuse_too_tall(request: &PictureRequest, look: &Look) -> Result<(), CaptureError> {
    let limit = MAX_PIXELS / look.width.max(1);
    if request.target.is_of_page() && look.height > limit {
        return Err(CaptureError::TooTall { url: request.url.clone(), height: look.height, limit });
    }
    Ok(())
}

fn bad_picture(request: &PictureRequest, why: String) -> CaptureError {
    CaptureError::BadPicture { url: request.url.clone(), why }
}

fn with_differences(mut reasons: Vec<String>, differences: Vec<Difference>) -> Vec<String> {
    if let Some(last) = differences.last() {
        reasons.push(format!("two pictures in a row differed: {last}"));
    }
    if reasons.is_empty() {
        reasons.push("the page changed again and again".into());
    }
    reasons
}

/// The reason of a page in which nothing happens and which still looks different each time: a canvas, a film.
async fn unequal(
    line: &Line,
    request: &PictureRequest,
    differences: Vec<Difference>,
) -> Result<Vec<String>, CaptureError> {
    let Some(Difference::Pixels { place, .. }) = differences.last() else {
        // Quiet for a moment now and then, and never from one picture to the next.
        let mut reasons = settle::recent(line).await?;
        if reasons.is_empty() {
            reasons.push("there was no time for a second picture".into());
        }
        return Ok(with_differences(reasons, differences));
    };
    let element = settle::element_at(line, *place, &request.target).await?;
    let element = element.map(|element| format!("pixels keep changing in {element}"));
    Ok(with_differences(element.into_iter().collect(), differences))
}
