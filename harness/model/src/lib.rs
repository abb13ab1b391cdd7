//! The words of the harness: what a picture is called, how a page was looked at, what was found.
//!
//! Pure data, no I/O. `run.json`, the report and the terminal all print these types, so a verdict cannot be told one
//! way here and another way there.

mod alignment;
mod cause;
mod exit_code;
mod geometry;
mod key;
mod outline;
mod page_errors;
mod progress;
mod report;
mod shard;
mod verdict;
mod viewport;

pub use alignment::{Alignment, RowBlock, RowChange};
pub use cause::{Cause, CauseKind, Explanation, PropertyChange};
pub use exit_code::ExitCode;
pub use geometry::{MAX_PIXELS, Rect, Region, Size, covered};
pub use key::{KeyError, SnapshotKey};
pub use outline::{Element, Outline, Place};
pub use page_errors::{PageError, PageErrors};
pub use progress::{Began, PROGRESS_FILE, Progress};
pub use report::{
    Attempt, Environment, Images, MaskKind, MaskReport, PictureReport, Provenance, REPORT_VERSION, RuleReport,
    RunReport, Settled, Summary,
};
pub use shard::{Shard, ShardError};
pub use verdict::{Comparison, GATE_RATIO, VerdictName};
pub use viewport::Viewport;
