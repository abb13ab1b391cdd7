//! Calls that take long: a client that asked for it hears that they are under way, and one that has had enough ends
//! them.

use std::time::Duration;

use rmcp::{ErrorData, RoleServer, model::ProgressNotificationParam, service::RequestContext};

/// Between two words about a call.
const EVERY: Duration = Duration::from_secs(1);

/// The call's outcome. While it lasts, its client is told each second how many have passed, if it gave a progress token;
/// a client that cancels ends it.
///
/// Half a call leaves nothing behind: what a tool writes is one push, which sync takes whole or not at all.
pub(crate) async fn under_way<T>(
    tool: &str,
    context: &RequestContext<RoleServer>,
    call: impl Future<Output = Result<T, ErrorData>>,
) -> Result<T, ErrorData> {
    let cancelled = || ErrorData::internal_error(format!("{tool} was cancelled by its client"), None);
    context.ct.run_until_cancelled(told(tool, context, call)).await.unwrap_or_else(|| Err(cancelled()))
}

async fn told<T>(tool: &str, context: &RequestContext<RoleServer>, call: impl Future<Output = T>) -> T {
    let Some(token) = context.meta.get_progress_token() else { return call.await };
    tokio::pin!(call);
    let mut seconds = 0.0;
    loop {
        if let Ok(outcome) = tokio::time::timeout(EVERY, &mut call).await {
            return outcome;
        }
        seconds += EVERY.as_secs_f64();
        let word = ProgressNotificationParam::new(token.clone(), seconds).with_message(format!("{tool} is under way"));
        if let Err(error) = context.peer.notify_progress(word).await {
            tracing::debug!(tool, %error, "nobody hears of the progress");
        }
    }
}
