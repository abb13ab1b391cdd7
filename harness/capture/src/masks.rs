//! Masks: parts of a page that may differ from run to run.
//!
//! A mask stands for each visible element that its selector matches. Painted over, it is an opaque box in the page itself
//! (`settle/masks.js`), so that it lies in the encoded picture; it takes no room, and what it covers keeps its place.
//! Ignored, its content stays visible and its boxes are left out of comparisons. As a placeholder, each element gets a
//! fixed size first, so that what is in it cannot push what is around it. What happens behind a mask never keeps a page
//! from rest. Boxes are rounded outwards to whole picture pixels; what is reported is exactly what is covered. Whether a
//! mask that covers nothing, or too much, is a fault is for the caller to say: [`Mask::optional`] and [`Mask::limit`] are
//! its means.

use harness_model::MaskKind;
use serde_json::{Value, json};

/// The colour of masks, as CSS. Loud, and the same as in other tools, so that nobody takes it for a part of the page.
pub const MASK_COLOR: &str = "#ff00ff";

/// The percentage of a picture that a mask may cover when it says nothing else.
pub const MASK_LIMIT: u32 = 25;

/// What is masked, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mask {
    /// A CSS selector. It is looked for in the page, its same-origin frames and open shadow roots.
    pub selector: String,
    /// What happens to what it matches.
    pub form: MaskForm,
    /// Whether it may match nothing.
    pub optional: bool,
    /// The percentage of a picture that it may cover.
    pub limit: u32,
}

/// What happens to what a mask matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MaskForm {
    /// It is painted over.
    Painted,
    /// It stays visible and is not compared.
    Ignored,
    /// Each match becomes a box of this size, in CSS pixels.
    Placeholder {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
}

impl Mask {
    /// Paints over every visible element that `selector` matches.
    pub fn new(selector: impl Into<String>) -> Self {
        Self { selector: selector.into(), form: MaskForm::Painted, optional: false, limit: MASK_LIMIT }
    }

    /// Leaves them visible and does not compare them.
    pub fn ignoring(selector: impl Into<String>) -> Self {
        Self { form: MaskForm::Ignored, ..Self::new(selector) }
    }

    /// Puts a box of this size, in CSS pixels, in the place of each of them.
    pub fn placeholder(selector: impl Into<String>, width: u32, height: u32) -> Self {
        Self { form: MaskForm::Placeholder { width, height }, ..Self::new(selector) }
    }

    /// Lets it match nothing: for what only some pages have.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Lets it cover this percentage of a picture instead of [`MASK_LIMIT`].
    #[must_use]
    pub fn at_most(mut self, percent: u32) -> Self {
        self.limit = percent;
        self
    }

    /// The word for it in reports.
    #[must_use]
    pub fn kind(&self) -> MaskKind {
        match self.form {
            MaskForm::Painted => MaskKind::Painted,
            MaskForm::Ignored => MaskKind::Ignored,
            MaskForm::Placeholder { .. } => MaskKind::Placeholder,
        }
    }

    /// The mask as the page is told of it.
    pub(crate) fn to_page(&self) -> Value {
        let size = match self.form {
            MaskForm::Placeholder { width, height } => json!([width, height]),
            MaskForm::Painted | MaskForm::Ignored => Value::Null,
        };
        json!({ "selector": self.selector, "kind": self.kind(), "size": size })
    }
}
