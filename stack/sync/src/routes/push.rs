//! `POST /sync/{appId}`: stores changes, all or none, and answers with what others wrote.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use futures::StreamExt;
use stack_api::sync::BODY_MAX;

use super::{answer, parameters};
use crate::{
    incoming::Push,
    refusal::Refusal,
    service::Service,
    shelf::Job,
    store::{Author, PageQuery},
};

/// How much of a body that is too large is still taken in, and thrown away. A client that is cut off while it sends sees a
/// broken connection instead of the answer.
const DRAINED: usize = 8 * BODY_MAX;

pub(super) async fn push(
    State(service): State<Arc<Service>>,
    Path(app_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let caller = service.caller(&headers).await?;
    let app_id = parameters::name("appId", app_id)?;
    let push = Push::read(&whole(body).await?, service.clock.now()).map_err(Refusal::Push)?;
    let named = push.changes.iter().filter_map(|change| change.named_space.as_deref());
    let reach = service.reach_naming(&caller, named).await?;

    let client_id = caller.client_id.or(push.client_id);
    let mut until = None;
    if !push.changes.is_empty() {
        let job = Job {
            app_id: app_id.clone(),
            user_id: caller.user_id.clone(),
            client_id: client_id.clone().unwrap_or_default(),
            reach: reach.clone(),
            changes: push.changes,
        };
        until = Some(service.writer.write(job).await?);
    }
    let author = client_id.map(|client_id| Author { user_id: caller.user_id, client_id });
    let (scopes, since, except) = (reach.scopes(), push.since, author.as_ref());
    let query = PageQuery { app_id: &app_id, caller: reach.principal(), scopes, tables: &[], since, until, except };
    Ok(answer(&service.store.page(&query).await?))
}

/// The body, up to what a push may have.
async fn whole(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let (mut whole, mut size) = (Vec::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::CutShort)?;
        size += chunk.len();
        if size <= BODY_MAX {
            whole.extend_from_slice(&chunk);
        } else {
            whole = Vec::new();
            if size > DRAINED {
                break;
            }
        }
    }
    if size > BODY_MAX { Err(Refusal::TooLarge) } else { Ok(whole) }
}
