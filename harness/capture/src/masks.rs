//! Masks: parts of a page that are painted over because they may differ from run to run.
//!
//! A mask is an opaque box over each visible element that its selector matches, painted in the page itself
//! (`settle/masks.js`) so that it lies in the encoded picture. It takes no room: what it covers keeps its place. Boxes
//! are rounded outwards to whole picture pixels; what is reported is exactly what is covered. Whether a mask that
//! covers nothing is a fault is for the caller to say.

/// The colour of masks, as CSS. Loud, and the same as in other tools, so that nobody takes it for a part of the page.
pub const MASK_COLOR: &str = "#ff00ff";

/// What to paint over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mask {
    /// A CSS selector. It is looked for in the page, its same-origin frames and open shadow roots.
    pub selector: String,
}

impl Mask {
    /// Masks every visible element that `selector` matches.
    pub fn new(selector: impl Into<String>) -> Self {
        Self { selector: selector.into() }
    }
}
