//! Watching an open page for something that comes by itself, without a reload.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{CaptureError, line::Line};

/// How much longer than its budget the page may take to answer.
const GRACE: Duration = Duration::from_secs(10);

/// Waits until an element that matches `selector` holds `text`; `None` when it does not within `budget`.
pub(crate) async fn shows(
    line: &Line,
    selector: &str,
    text: &str,
    budget: Duration,
) -> Result<Option<Duration>, CaptureError> {
    let began = Instant::now();
    let options = json!({ "selector": selector, "text": text, "budget": budget.as_millis() as u64 });
    let script = format!("({})({options})", include_str!("watch.js"));
    let seen = line.evaluate::<bool>(&script, &format!("waiting for {text:?} in {selector}"), budget + GRACE).await?;
    Ok(seen.unwrap_or(false).then(|| began.elapsed()))
}
