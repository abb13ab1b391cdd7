//! The page's way to the network, cut for one picture: some addresses that do not answer, or none that does.
//!
//! Both are the browser's doing. To the page a cut address is a server that cannot be reached, and a lost connection is
//! what `navigator.onLine` and the `offline` event tell.

use crate::{CaptureError, PictureRequest, actions::Action, line::Line};

/// Lets the addresses of this request fail from before the page is opened.
pub(crate) async fn cut(line: &Line, request: &PictureRequest) -> Result<(), CaptureError> {
    if request.unreachable.is_empty() { Ok(()) } else { line.set_unreachable(&request.unreachable).await }
}

/// Takes the whole network away from the page that is open.
pub(crate) async fn take_away(line: &Line) -> Result<(), CaptureError> {
    line.set_offline(true).await
}

/// Gives back what the request took away.
pub(crate) async fn mend(line: &Line, request: &PictureRequest) -> Result<(), CaptureError> {
    if !request.unreachable.is_empty() {
        line.set_unreachable(&[]).await?;
    }
    if request.actions.contains(&Action::GoOffline) {
        line.set_offline(false).await?;
    }
    Ok(())
}
