//! A server that ends in time.

use std::{future::IntoFuture, io, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

/// How long open answers may take to end once the service is told to stop. Below the five seconds that `stack up`
/// promises, so that what follows the server has its time too.
const DRAIN: Duration = Duration::from_secs(3);

/// Serves `router` until `stop` is cancelled, then lets open answers end for a bounded time.
///
/// Streams never end by themselves: a handler that streams must watch `stop` too, or it is cut after the drain.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> io::Result<()> {
    let router = router.layer(CatchPanicLayer::new());
    let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned()).into_future();
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended,
        () = deadline => Ok(()),
    }
}
