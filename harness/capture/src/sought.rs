//! Whether elements are in the document of the page that was pictured, seen or not.

use serde_json::json;

use crate::{
    CaptureError, PictureRequest,
    line::{COMMAND_LIMIT, Line},
};

/// Looks for what the request names; a selector that is none is an error. A page that has gone meanwhile holds nothing.
pub(crate) async fn look(line: &Line, request: &PictureRequest) -> Result<Vec<bool>, CaptureError> {
    if request.sought.is_empty() {
        return Ok(Vec::new());
    }
    let script = format!(
        "{}.map((selector) => {{ try {{ return document.querySelector(selector) !== null; }} catch {{ return null; }} }})",
        json!(request.sought)
    );
    let found: Option<Vec<Option<bool>>> = line.evaluate(&script, "looking for elements", COMMAND_LIMIT).await?;
    let found = found.unwrap_or_else(|| vec![Some(false); request.sought.len()]);
    let told = request.sought.iter().zip(found).map(|(selector, found)| {
        found.ok_or_else(|| CaptureError::Selector {
            selector: selector.clone(),
            role: "sought",
            url: request.url.clone(),
        })
    });
    told.collect()
}
