//! Ending what runs: a day is cut when the runner is told to stop, or when its time is over.
//!
//! A cut day ends as a person leaves: the call in progress may finish for a moment, no other begins, and what was done
//! is written down. The bounds add up to less than the three seconds that a server takes to drain.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long the call in progress may go on after the cut.
pub(crate) const CALL_GRACE: Duration = Duration::from_secs(1);
/// How long each write of the audit trail may take after the cut.
pub(crate) const PERSIST_GRACE: Duration = Duration::from_millis(700);
/// How long the goodbye to the gateway may take, cut or not.
pub(crate) const CLOSE: Duration = Duration::from_millis(500);

/// The future's value, or `None` once `cut` has come and `grace` has passed.
pub(crate) async fn unless_cut<T>(
    cut: &CancellationToken,
    grace: Duration,
    future: impl Future<Output = T>,
) -> Option<T> {
    let end = async {
        cut.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        biased;
        value = future => Some(value),
        () = end => None,
    }
}

/// The future's value; `cut` comes when `limit` has passed, and the future is trusted to end soon after.
pub(crate) async fn cut_after<T>(limit: Duration, cut: &CancellationToken, future: impl Future<Output = T>) -> T {
    tokio::pin!(future);
    tokio::select! {
        value = &mut future => value,
        () = tokio::time::sleep(limit) => {
            cut.cancel();
            future.await
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        time::Instant,
    };

    use super::*;

    const GRACE: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn a_future_goes_on_for_its_grace_and_no_longer() {
        let cut = CancellationToken::new();
        assert_eq!(unless_cut(&cut, GRACE, ready(1)).await, Some(1));
        cut.cancel();
        assert_eq!(unless_cut(&cut, GRACE, ready(2)).await, Some(2), "what is ready is not lost");
        let soon = tokio::time::sleep(GRACE / 10);
        assert_eq!(unless_cut(&cut, GRACE, soon).await, Some(()));
        let start = Instant::now();
        assert_eq!(unless_cut(&cut, GRACE, pending::<()>()).await, None);
        assert!(start.elapsed() >= GRACE);
    }

    #[tokio::test]
    async fn a_day_is_cut_when_its_time_is_over_and_not_before() {
        let cut = CancellationToken::new();
        assert_eq!(cut_after(GRACE, &cut, ready(1)).await, 1);
        assert!(!cut.is_cancelled());
        let day = async {
            cut.cancelled().await;
            "written down"
        };
        let start = Instant::now();
        assert_eq!(cut_after(GRACE, &cut, day).await, "written down");
        assert!(start.elapsed() >= GRACE);
    }
}
