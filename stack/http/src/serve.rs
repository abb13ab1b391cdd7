//! A server that ends in time.

use std::{future::IntoFuture, io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    serve::{Listener, ListenerExt as _},
};
use tokio::net::{TcpListener, TcpStream};
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
    let server =
        axum::serve(prompt(listener), router).with_graceful_shutdown(stop.clone().cancelled_owned()).into_future();
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended,
        () = deadline => Ok(()),
    }
}

/// Connections that send at once. An answer that goes out in pieces, as every stream does, would else wait some 40 ms
/// for the client to acknowledge its first piece.
fn prompt(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small packets back");
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_send_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let mut prompt = prompt(listener);
        let ((served, _), client) = tokio::join!(prompt.accept(), client);
        client.unwrap();
        assert!(served.nodelay().unwrap());
    }
}
