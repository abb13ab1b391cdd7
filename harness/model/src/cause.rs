//! Why two pictures differ, in words and in boxes.

use serde::{Deserialize, Serialize};

use crate::Rect;

/// What is behind differing pixels, the causes that touch the most of them first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The causes.
    pub causes: Vec<Cause>,
}

/// One reason for differing pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// What kind of reason it is.
    pub kind: CauseKind,
    /// The reason on one line: `section.card "Tasks": padding-right 24px → 32px on 4 elements`.
    pub text: String,
    /// The element, as the text names it; empty where the cause is no single element's.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub element: String,
    /// The properties that changed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changes: Vec<PropertyChange>,
    /// Where the elements lie in the new picture, or lay in the baseline when they are gone.
    pub boxes: Vec<Rect>,
    /// The regions of differing pixels that it touches: places in the comparison's list, from 0.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub regions: Vec<usize>,
}

/// A property before and after.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PropertyChange {
    /// Its name in CSS.
    pub property: String,
    /// Its value in the baseline.
    pub from: String,
    /// Its value now.
    pub to: String,
}

/// What kind of reason it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// An element is new.
    Appeared,
    /// An element is gone.
    Vanished,
    /// An element says something else.
    Text,
    /// An element shows another image or drawing.
    Image,
    /// An element looks different by its properties.
    Style,
    /// Elements lie elsewhere or have another size, and nothing else about them changed.
    Moved,
    /// Pixels differ where the outline is equal: a canvas, an image's content, a font.
    Unexplained,
}
