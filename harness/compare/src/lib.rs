//! Compares two pictures and says what differs.
//!
//! [`compare_png`] takes two PNG files as bytes and returns an [`Outcome`]: the exact count of differing pixels, the
//! regions in which they stand together, and the masks from which [`diff_picture`] and [`sweep`] are made without
//! comparing anew. [`verdict`] turns the numbers into a word under a [`Gate`]. [`explain`] names the elements behind them,
//! where the outlines of both pages are known.
//!
//! A pixel differs by the rule of pixelmatch 7.2, to the bit: a perceptual distance in YIQ beyond a threshold, and not
//! explained by anti-aliasing. People know those numbers and can check them with other tools. What changed by less, but over
//! an area and everywhere alike, is told beside them: see [`FAINT_THRESHOLD`].
//!
//! It is quick by not doing: equal files are not unpacked, equal rows not looked at, and no picture is ever held decoded.
//! The rows of two files are unpacked side by side and compared on the way; see [`MAX_PIXELS`] for the one bound.
//!
//! The crate is pure: it reads and writes no file, no clock, no environment, and starts no thread; only [`similarity`], which
//! is asked of failed pictures alone, is found by several.

mod align;
mod antialias;
mod delta;
mod diff_picture;
mod engine;
mod error;
mod explain;
mod faint;
mod gate;
mod grid;
mod mask;
mod options;
mod outcome;
mod packed;
mod picture;
mod regions;
mod row_keys;
mod row_match;
mod rows;
mod similarity;
mod stream;
mod sweep;
mod unfilter;

pub use diff_picture::{
    COLOUR_ADDED, COLOUR_ANTI_ALIASED, COLOUR_DIFFERING, COLOUR_FAINT, COLOUR_NEITHER, COLOUR_REMOVED, diff_picture,
};
pub use error::{CompareError, Side};
pub use explain::explain;
pub use faint::{FAINT_PIXELS, FAINT_THRESHOLD};
pub use gate::{CHANGE_PIXELS, Gate, GateKind, verdict};
pub use harness_model::MAX_PIXELS;
pub use options::Options;
pub use outcome::{Outcome, compare, compare_png, compare_png_outside};
pub use picture::Picture;
pub use regions::MERGE_DISTANCE;
pub use similarity::similarity;
pub use sweep::{SWEEP_THRESHOLDS, SweepStep, sweep};
