//! The outline of the page that was pictured: which elements it has, where they lie, what paints them.
//!
//! It is taken in one evaluation (`settle/outline.js`) after the last picture of a settled page, and only kept when
//! nothing happened since that picture. It changes nothing in the page.

use harness_model::Outline;
use serde::Deserialize;
use serde_json::json;

use crate::{
    CaptureError, PictureRequest,
    line::{COMMAND_LIMIT, Line},
};

#[derive(Debug, Deserialize)]
struct Answer {
    mark: String,
    outline: Outline,
}

/// The outline of the page that had `mark` when it was pictured. `None` when the page is another one by now, has too many
/// elements, or tells nothing that makes sense: a picture is worth having without.
pub(crate) async fn take(line: &Line, request: &PictureRequest, mark: &str) -> Result<Option<Outline>, CaptureError> {
    let options = json!({ "target": request.target });
    let script = format!("window[Symbol.for(\"harness.capture\")]?.outline({options}) ?? null");
    let during = format!("outlining {}", request.url);
    match line.evaluate::<Option<Answer>>(&script, &during, COMMAND_LIMIT).await {
        Ok(answer) => Ok(answer
            .flatten()
            .filter(|answer| answer.mark == mark && answer.outline.is_sound())
            .map(|answer| answer.outline)),
        Err(CaptureError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
