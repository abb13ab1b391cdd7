//! `GET /sync/stream?follow=todo/tasks@CURSOR,notes/notes@CURSOR`: collections of several apps on one connection.
//!
//! A browser keeps six connections to a host open at most, so a page that followed each of its apps by a stream of its own
//! could soon send nothing more. Events are those of an app's own stream, without an id: each collection stands at a
//! cursor of its own, and a client that comes back names them again.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, future, stream};
use stack_api::sync::SharedStreamQuery;

use super::{
    parameters,
    stream::{UNBUFFERED, events},
};
use crate::{
    feed::{Delivery, Feed},
    refusal::Refusal,
    service::Service,
};

pub(super) async fn shared_stream(
    State(service): State<Arc<Service>>,
    Query(SharedStreamQuery { follow }): Query<SharedStreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = service.caller(&headers).await?;
    let mut feeds = Vec::new();
    for place in parameters::followed(&follow)? {
        let tables = vec![place.collection];
        let feed = Feed::open(service.clone(), caller.clone(), place.app_id, tables, place.cursor).await?;
        let deliveries = stream::unfold(feed, |mut feed| async { Some((feed.next().await?, feed)) });
        // Where one ends, the whole has to: a client cannot see that one of several fell silent.
        feeds.push(deliveries.map(Some).chain(stream::iter([None])).boxed());
    }
    let deliveries = stream::select_all(feeds)
        .take_while(|delivery| future::ready(delivery.is_some()))
        .filter_map(future::ready)
        .map(|delivery| Delivery { resume: None, ..delivery });
    let stop = service.stop.clone();
    Ok(([UNBUFFERED], events(deliveries.take_until(stop.cancelled_owned()))).into_response())
}
