//! Watching a page come to rest.
//!
//! A tracker is put into each frame before its first script. It knows what is under way (requests, images, fonts, late
//! scripts) and what happens (mutations, animations), and it judges the page when asked to [`look`]. Nothing here waits
//! for an amount of time: the page waits for its own frames until nothing was under way and nothing happened for two
//! of them, and says what kept it when the deadline comes first.
//!
//! The tracker cannot see: requests of workers and of frames of other origins, and modules under way by `import()`. A
//! page that depends on them should say when it is ready, and the request should name that sign.

use std::time::Duration;

use harness_model::{MaskKind, MaskReport, Rect};
use serde::Deserialize;
use serde_json::json;

use crate::{
    CaptureError, MASK_COLOR, Mask, PictureRequest, Target,
    line::{COMMAND_LIMIT, Line},
};

/// How much longer than its budget a look may take to answer. A page that computes for that long without a pause is
/// not going to.
const GRACE: Duration = Duration::from_secs(10);

/// The script that has to run before any other in each frame.
pub(crate) fn tracker() -> String {
    const PARTS: [&str; 6] = [
        include_str!("settle/tracker.js"),
        include_str!("settle/target.js"),
        include_str!("settle/masks.js"),
        include_str!("settle/pins.js"),
        include_str!("settle/outline.js"),
        include_str!("settle/look.js"),
    ];
    // The window of an empty frame is used again for the first page loaded into it: only its document is new.
    format!(
        "(() => {{\n\"use strict\";\nconst KEY = Symbol.for(\"harness.capture\");\n\
         if (window[KEY]) return window[KEY].watchDocument();\n{}\n\
         watchDocument();\n\
         Object.defineProperty(window, KEY, {{ value: capture }});\n}})();",
        PARTS.concat()
    )
}

/// What a look found.
#[derive(Debug, Deserialize)]
pub(crate) struct Look {
    /// Whether the page was at rest.
    pub(crate) settled: bool,
    /// Equal for two looks between which nothing happened.
    pub(crate) mark: String,
    /// What kept the page from rest.
    pub(crate) reasons: Vec<String>,
    /// Whether the page was about to make way for another document.
    pub(crate) leaving: bool,
    /// The masks, now painted.
    pub(crate) masks: Vec<Covered>,
    /// Where the page ended up.
    pub(crate) url: String,
    /// The status that the page was answered with.
    pub(crate) status: Option<u16>,
    /// The size of what is pictured, in picture pixels.
    pub(crate) width: u64,
    pub(crate) height: u64,
    /// The part of the page that is pictured, in picture pixels; all of it or of the window where there is none.
    pub(crate) part: Option<Rect>,
    /// Picture pixels for one CSS pixel.
    pub(crate) scale: f64,
}

/// A mask's boxes as the page tells them. They may reach beyond the picture by a rounding.
#[derive(Debug, Deserialize)]
pub(crate) struct Covered {
    selector: String,
    kind: MaskKind,
    boxes: Vec<Rect>,
}

impl Covered {
    /// The boxes in which a picture may look as it likes.
    pub(crate) fn ignored(&self) -> &[Rect] {
        if self.kind == MaskKind::Ignored { &self.boxes } else { &[] }
    }

    pub(crate) fn clipped_to(self, size: harness_model::Size) -> MaskReport {
        let boxes = self.boxes.into_iter().filter_map(|found| found.clipped_to(size)).collect();
        MaskReport { selector: self.selector, kind: self.kind, boxes }
    }
}

/// What the page answers.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Answer {
    Seen(Look),
    /// Chromium's own page about an error.
    Unreachable {
        unreachable: String,
    },
    /// A selector of the request is none.
    Invalid {
        invalid: Invalid,
    },
    /// A document without a tracker.
    Unwatched {
        #[expect(dead_code, reason = "the word's presence is the answer")]
        unwatched: bool,
    },
}

#[derive(Debug, Deserialize)]
struct Invalid {
    role: String,
    selector: String,
}

/// Looks at the page within `budget`, and paints the masks. `known` is the mark of an earlier look. `None` when the
/// page was replaced by another while it was looked at.
pub(crate) async fn look(
    line: &Line,
    request: &PictureRequest,
    budget: Duration,
    known: Option<&str>,
) -> Result<Option<Look>, CaptureError> {
    let masks: Vec<_> = request.masks.iter().map(Mask::to_page).collect();
    let options = json!({
        "ready": request.ready, "masks": masks, "maskColor": MASK_COLOR, "target": request.target,
        "budget": budget.as_millis() as u64, "known": known,
    });
    let during = format!("watching {}", request.url);
    // A document without a tracker is one that Chromium shows on its own behalf; it may still make way for the page.
    let script = format!(
        "window[Symbol.for(\"harness.capture\")]?.look({options}) ?? \
         new Promise((resolve) => requestAnimationFrame(() => resolve({{ unwatched: true }})))"
    );
    let answer = line.evaluate(&script, &during, budget + GRACE).await.map_err(|error| match error {
        CaptureError::BrowserLost { during, why } => CaptureError::BrowserLost {
            why: format!(
                "{why}; a page does that which computes without a pause, or leaves for one that never answers"
            ),
            during,
        },
        error => error,
    })?;
    Ok(match answer {
        Some(Answer::Seen(look)) => Some(look),
        None | Some(Answer::Unwatched { .. }) => None,
        Some(Answer::Unreachable { unreachable }) => {
            return Err(CaptureError::Unreachable { url: request.url.clone(), why: unreachable, help: String::new() });
        }
        Some(Answer::Invalid { invalid }) => {
            let role = match invalid.role.as_str() {
                "mask" => "mask",
                "ready" => "ready",
                _ => "picture",
            };
            return Err(CaptureError::Selector { selector: invalid.selector, role, url: request.url.clone() });
        }
    })
}

/// What happened on the page in the last second, in words, where it can still tell.
pub(crate) async fn recent(line: &Line) -> Result<Vec<String>, CaptureError> {
    let script = "window[Symbol.for(\"harness.capture\")]?.recent() ?? []";
    Ok(line.evaluate(script, "asking what happened", COMMAND_LIMIT).await?.unwrap_or_default())
}

/// Says which element lies at a place of the picture, where the page can still tell.
pub(crate) async fn element_at(line: &Line, place: Rect, target: &Target) -> Result<Option<String>, CaptureError> {
    let script = format!(
        "window[Symbol.for(\"harness.capture\")]?.elementAt({}, {}, {}) ?? null",
        place.x + place.w / 2,
        place.y + place.h / 2,
        json!({ "target": target })
    );
    Ok(line.evaluate(&script, "finding an element", COMMAND_LIMIT).await?.flatten())
}
