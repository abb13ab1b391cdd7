//! What of a page a picture shows.

use harness_model::Rect;
use serde::Serialize;

/// What of a page a picture shows. Places are told from the page's upper left corner, in CSS pixels.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// All of it, however tall it is.
    #[default]
    FullPage,
    /// What the window shows without being scrolled.
    Viewport,
    /// The first visible element that this CSS selector matches, in the page, its same-origin frames and open shadow
    /// roots: what can be seen of it, with whatever lies upon it. A page without it never comes to rest.
    Element(String),
    /// This box.
    Clip(Rect),
}

impl Target {
    /// Whether it may lie anywhere on the page, rather than in the window alone.
    pub(crate) fn is_of_page(&self) -> bool {
        *self != Self::Viewport
    }
}
