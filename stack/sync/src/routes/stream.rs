//! `GET /sync/{appId}/stream?collections=a,b&since=`: changes as they come, as server-sent events.
//!
//! Events are `changes`, whose data is a [`stack_api::sync::StreamEvent`] and whose id is a cursor, and `heartbeat` when
//! nothing else was sent for a while. A client that comes back sends its last id as `Last-Event-ID` or as `since`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use stack_api::sync::StreamQuery;

use super::parameters;
use crate::{
    cursor::Cursor,
    feed::{Delivery, Feed},
    refusal::Refusal,
    service::Service,
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells nginx, which would collect events otherwise.
pub(super) const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");
/// Silence after which a heartbeat is sent.
const HEARTBEAT: Duration = Duration::from_secs(30);

pub(super) async fn stream(
    State(service): State<Arc<Service>>,
    Path(app_id): Path<String>,
    Query(StreamQuery { collections, since }): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = service.caller(&headers).await?;
    let app_id = parameters::name("appId", app_id)?;
    let tables = parameters::collections(&collections)?;
    let last_id = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cursor = match (last_id, since.as_str()) {
        ("", "") => Cursor::START,
        ("", since) => parameters::cursor("since", since)?,
        (last_id, _) => parameters::cursor("Last-Event-ID", last_id)?,
    };
    let stop = service.stop.clone();
    let feed = Feed::open(service, caller, app_id, tables, cursor).await?;
    let deliveries = stream::unfold(feed, |mut feed| async { Some((feed.next().await?, feed)) });
    Ok(([UNBUFFERED], events(deliveries.take_until(stop.cancelled_owned()))).into_response())
}

pub(super) fn events(deliveries: impl Stream<Item = Delivery> + Send + 'static) -> impl IntoResponse {
    let events = deliveries.map(|Delivery { json, resume }| {
        let event = Event::default().event("changes").data(json);
        Ok::<_, Infallible>(match resume {
            Some(cursor) => event.id(cursor.to_string()),
            None => event,
        })
    });
    let heartbeat = Event::default().event("heartbeat").data("{}");
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).event(heartbeat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_quiet_stream_beats_every_thirty_seconds() {
        let response = events(stream::pending()).into_response();
        let mut frames = response.into_body().into_data_stream();
        let begun = tokio::time::Instant::now();
        for beat in 1..=3 {
            let frame = frames.next().await.unwrap().unwrap();
            assert_eq!(frame, "event: heartbeat\ndata: {}\n\n");
            assert_eq!(begun.elapsed().as_secs(), 30 * beat);
        }
    }

    #[tokio::test]
    async fn a_delivery_is_one_line_of_data_with_its_cursor_as_id() {
        let resume = Some(Cursor::from_nanos(1));
        let delivery = Delivery { json: "{}".to_owned(), resume };
        let response = events(stream::iter([delivery])).into_response();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let frame = response.into_body().into_data_stream().next().await.unwrap().unwrap();
        assert_eq!(frame, "event: changes\ndata: {}\nid: 1970-01-01T00:00:00.000000001Z\n\n");
    }
}
